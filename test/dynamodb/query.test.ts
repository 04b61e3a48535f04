import { DYNALITE } from '../support/suites/dynalite.ts';
import { querySuite } from '../support/suites/query.ts';

querySuite(DYNALITE);
