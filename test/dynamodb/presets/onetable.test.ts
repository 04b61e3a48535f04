import { testDatabase } from '../../support/database.ts';
import { onetableSuite } from './suites/onetable.ts';

onetableSuite({ name: 'dynalite', connect: testDatabase, transactions: false, wrapped: true });
