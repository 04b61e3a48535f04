import { onServers } from '../support/servers.ts';
import { explainCommandSuite } from '../support/suites/explain-command.ts';

const features = { transactions: true, strict: true, faithful: true };
onServers('explainCommand', (name, connect) => explainCommandSuite({ name, connect, features }), ['DynamoDB Local']);
