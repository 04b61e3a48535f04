import { describe, it } from 'vitest';
import { databaseAt } from '../support/database.ts';
import { batchGetSuite } from '../support/suites/batch-get.ts';
import { indexSuite } from '../support/suites/indexes.ts';
import { itemErrorSuite } from '../support/suites/item-errors.ts';
import { partialIndexSuite } from '../support/suites/partial-indexes.ts';
import { projectionSuite } from '../support/suites/projections.ts';
import { querySuite } from '../support/suites/query.ts';
import type { Server } from '../support/suites/reading.ts';
import { scanSuite } from '../support/suites/scan.ts';
import { transactGetSuite } from '../support/suites/transact-get.ts';

const SERVERS = {
  'DynamoDB Local': process.env.FIELDSEAL_DYNAMODB_LOCAL_URL,
  ministack: process.env.FIELDSEAL_MINISTACK_URL,
  moto: process.env.FIELDSEAL_MOTO_URL,
};
const SUITES = [projectionSuite, querySuite, scanSuite, batchGetSuite, transactGetSuite, indexSuite, partialIndexSuite, itemErrorSuite];

for (const [name, url] of Object.entries(SERVERS)) {
  if (url === undefined) describe(`reads on ${name}`, () => it.skip('skipped: start it with npm run test:services', () => undefined));
  else {
    const server: Server = {
      name,
      connect: () => databaseAt(url),
      features: { transactions: true, strict: name === 'DynamoDB Local', faithful: name !== 'moto' },
    };
    for (const suite of SUITES) suite(server);
  }
}
