import { onServers } from '../support/servers.ts';
import { batchHelperSuite } from '../support/suites/batch-helpers.ts';
import { batchWriteSuite } from '../support/suites/batch-write.ts';

onServers('batches', (name, connect) => {
  batchWriteSuite(name, connect);
  batchHelperSuite(name, connect);
});
