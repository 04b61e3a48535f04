import { describe, it } from 'vitest';
import { databaseAt } from '../support/database.ts';
import { updateFaultSuite } from '../support/suites/update-faults.ts';
import { updateSuite } from '../support/suites/updates.ts';

const SERVERS = {
  'DynamoDB Local': process.env.FIELDSEAL_DYNAMODB_LOCAL_URL,
  ministack: process.env.FIELDSEAL_MINISTACK_URL,
  moto: process.env.FIELDSEAL_MOTO_URL,
};

for (const [name, url] of Object.entries(SERVERS)) {
  if (url === undefined) describe(`updates on ${name}`, () => it.skip('skipped: start it with npm run test:services', () => undefined));
  else {
    updateSuite(name, () => databaseAt(url));
    updateFaultSuite(name, () => databaseAt(url));
  }
}
