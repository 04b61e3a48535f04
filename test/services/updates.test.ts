import { onServers } from '../support/servers.ts';
import { updateFaultSuite } from '../support/suites/update-faults.ts';
import { updateSuite } from '../support/suites/updates.ts';

onServers('updates', (name, connect) => {
  updateSuite(name, connect);
  updateFaultSuite(name, connect);
});
