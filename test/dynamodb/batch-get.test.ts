import { batchGetSuite } from '../support/suites/batch-get.ts';
import { DYNALITE } from '../support/suites/dynalite.ts';

batchGetSuite(DYNALITE);
