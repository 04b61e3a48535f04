import { describe, it } from 'vitest';
import { databaseAt } from '../support/database.ts';
import { batchHelperSuite } from '../support/suites/batch-helpers.ts';
import { batchWriteSuite } from '../support/suites/batch-write.ts';

const SERVERS = {
  'DynamoDB Local': process.env.FIELDSEAL_DYNAMODB_LOCAL_URL,
  ministack: process.env.FIELDSEAL_MINISTACK_URL,
  moto: process.env.FIELDSEAL_MOTO_URL,
};

for (const [name, url] of Object.entries(SERVERS)) {
  if (url === undefined) describe(`batches on ${name}`, () => it.skip('skipped: start it with npm run test:services', () => undefined));
  else {
    batchWriteSuite(name, () => databaseAt(url));
    batchHelperSuite(name, () => databaseAt(url));
  }
}
