import { testDatabase } from '../../support/database.ts';
import { toolboxSuite } from './suites/toolbox.ts';

toolboxSuite({ name: 'dynalite', connect: testDatabase, transactions: false, wrapped: true });
