import { electrodbSuite } from '../dynamodb/presets/suites/electrodb.ts';
import { onetableSuite } from '../dynamodb/presets/suites/onetable.ts';
import { toolboxSuite } from '../dynamodb/presets/suites/toolbox.ts';
import { onServers } from '../support/servers.ts';

// Over the plain client too: what the suites expect is then seen to be the libraries' own behaviour.
onServers(
  'mappers',
  (name, connect) => {
    for (const suite of [electrodbSuite, toolboxSuite, onetableSuite]) {
      suite({ name, connect, transactions: true, wrapped: true });
      suite({ name: `${name}, plain`, connect, transactions: true, wrapped: false });
    }
  },
  ['DynamoDB Local', 'ministack'],
);
