import { describe, it } from 'vitest';
import { databaseAt } from '../support/database.ts';
import { ifUnchangedSuite } from '../support/suites/if-unchanged.ts';
import { lockedTransactionSuite } from '../support/suites/locked-transactions.ts';
import type { Server } from '../support/suites/reading.ts';

const url = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;

if (url === undefined)
  describe('ifUnchanged on DynamoDB Local', () => it.skip('skipped: start it with npm run test:services', () => undefined));
else {
  const server: Server = {
    name: 'DynamoDB Local',
    connect: () => databaseAt(url),
    features: { transactions: true, strict: true, faithful: true },
  };
  ifUnchangedSuite(server);
  lockedTransactionSuite(server);
}
