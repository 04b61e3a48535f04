import { testDatabase } from '../support/database.ts';
import { updateSuite } from '../support/suites/updates.ts';

updateSuite('dynalite', testDatabase);
