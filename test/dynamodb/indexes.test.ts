import { DYNALITE } from '../support/suites/dynalite.ts';
import { indexSuite } from '../support/suites/indexes.ts';

indexSuite(DYNALITE);
