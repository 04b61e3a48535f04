import { onServers } from '../support/servers.ts';
import { transactUpdateSuite } from '../support/suites/transact-update.ts';
import { transactWriteSuite } from '../support/suites/transact-write.ts';

onServers('transactions', (name, connect) => {
  transactWriteSuite(name, connect);
  transactUpdateSuite(name, connect);
});
