import { DYNALITE } from '../support/suites/dynalite.ts';
import { itemErrorSuite } from '../support/suites/item-errors.ts';

itemErrorSuite(DYNALITE);
