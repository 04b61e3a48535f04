import { describe, it } from 'vitest';
import { electrodbSuite } from '../dynamodb/presets/suites/electrodb.ts';
import { onetableSuite } from '../dynamodb/presets/suites/onetable.ts';
import { toolboxSuite } from '../dynamodb/presets/suites/toolbox.ts';
import { databaseAt } from '../support/database.ts';

const SERVERS = {
  'DynamoDB Local': process.env.FIELDSEAL_DYNAMODB_LOCAL_URL,
  ministack: process.env.FIELDSEAL_MINISTACK_URL,
};

for (const [name, url] of Object.entries(SERVERS)) {
  if (url === undefined) {
    describe(`mappers on ${name}`, () => it.skip('skipped: start it with npm run test:services', () => undefined));
    continue;
  }
  const connect = () => databaseAt(url);
  for (const suite of [electrodbSuite, toolboxSuite, onetableSuite]) {
    suite({ name, connect, transactions: true, wrapped: true });
    suite({ name: `${name}, plain`, connect, transactions: true, wrapped: false });
  }
}
