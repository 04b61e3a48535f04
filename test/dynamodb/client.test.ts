import { clientSuite } from '../support/client-suite.ts';
import { testDatabase } from '../support/database.ts';

clientSuite('wrapped clients on dynalite', testDatabase);
