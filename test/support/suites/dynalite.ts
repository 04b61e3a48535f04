import { testDatabase } from '../database.ts';
import type { Server } from './reading.ts';

/** The DynamoDB in this process. */
export const DYNALITE: Server = {
  name: 'dynalite',
  connect: testDatabase,
  features: { transactions: false, strict: true, faithful: true },
};
