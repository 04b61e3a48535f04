import { onServers } from '../support/servers.ts';
import { ifUnchangedSuite } from '../support/suites/if-unchanged.ts';
import { lockedTransactionSuite } from '../support/suites/locked-transactions.ts';

const features = { transactions: true, strict: true, faithful: true };
onServers(
  'ifUnchanged',
  (name, connect) => {
    ifUnchangedSuite({ name, connect, features });
    lockedTransactionSuite({ name, connect, features });
  },
  ['DynamoDB Local'],
);
