import { describe, it } from 'vitest';
import { databaseAt } from '../support/database.ts';
import { transactUpdateSuite } from '../support/suites/transact-update.ts';
import { transactWriteSuite } from '../support/suites/transact-write.ts';

const SERVERS = {
  'DynamoDB Local': process.env.FIELDSEAL_DYNAMODB_LOCAL_URL,
  ministack: process.env.FIELDSEAL_MINISTACK_URL,
  moto: process.env.FIELDSEAL_MOTO_URL,
};

for (const [name, url] of Object.entries(SERVERS)) {
  if (url === undefined)
    describe(`transactions on ${name}`, () => it.skip('skipped: start it with npm run test:services', () => undefined));
  else {
    transactWriteSuite(name, () => databaseAt(url));
    transactUpdateSuite(name, () => databaseAt(url));
  }
}
