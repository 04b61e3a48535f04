import { clientSuite } from '../support/client-suite.ts';
import { onServers } from '../support/servers.ts';

onServers('wrapped clients', (name, connect) => clientSuite(`wrapped clients on ${name}`, connect));
