import { testDatabase } from '../../support/database.ts';
import { electrodbSuite } from './suites/electrodb.ts';

electrodbSuite({ name: 'dynalite', connect: testDatabase, transactions: false, wrapped: true });
