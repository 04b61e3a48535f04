import { testDatabase } from '../support/database.ts';
import { updateFaultSuite } from '../support/suites/update-faults.ts';

updateFaultSuite('dynalite', testDatabase);
