import { onServers } from '../support/servers.ts';
import { batchGetSuite } from '../support/suites/batch-get.ts';
import { indexSuite } from '../support/suites/indexes.ts';
import { itemErrorSuite } from '../support/suites/item-errors.ts';
import { partialIndexSuite } from '../support/suites/partial-indexes.ts';
import { projectionSuite } from '../support/suites/projections.ts';
import { querySuite } from '../support/suites/query.ts';
import { scanSuite } from '../support/suites/scan.ts';
import { transactGetSuite } from '../support/suites/transact-get.ts';

const SUITES = [projectionSuite, querySuite, scanSuite, batchGetSuite, transactGetSuite, indexSuite, partialIndexSuite, itemErrorSuite];

onServers('reads', (name, connect) => {
  const features = { transactions: true, strict: name === 'DynamoDB Local', faithful: name !== 'moto' };
  for (const suite of SUITES) suite({ name, connect, features });
});
