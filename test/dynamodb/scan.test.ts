import { DYNALITE } from '../support/suites/dynalite.ts';
import { scanSuite } from '../support/suites/scan.ts';

scanSuite(DYNALITE);
