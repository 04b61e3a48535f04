import { DYNALITE } from '../support/suites/dynalite.ts';
import { projectionSuite } from '../support/suites/projections.ts';

projectionSuite(DYNALITE);
