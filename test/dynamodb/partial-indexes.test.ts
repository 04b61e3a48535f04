import { DYNALITE } from '../support/suites/dynalite.ts';
import { partialIndexSuite } from '../support/suites/partial-indexes.ts';

partialIndexSuite(DYNALITE);
