import { testDatabase } from '../support/database.ts';
import { reencryptSuite } from '../support/suites/reencrypt.ts';

reencryptSuite('dynalite', testDatabase);
