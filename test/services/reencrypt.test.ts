import { onServers } from '../support/servers.ts';
import { reencryptSuite } from '../support/suites/reencrypt.ts';

onServers('re-encryption', reencryptSuite);
