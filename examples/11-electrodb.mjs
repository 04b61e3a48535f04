// ElectroDB over an encrypted client: entities, indexes and updates as before, and the address of a user that no index may copy.
//
//   node examples/11-electrodb.mjs
//
// dynamodb-toolbox and OneTable work the same way, with `toolbox` and `onetable`: see docs/orms.md.
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { CreateTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Entity } from 'electrodb';
import { encrypted, signed } from 'fieldseal';
import { electrodb, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { localDynamoDb } from './support/local-dynamodb.mjs';

const database = await localDynamoDb();
const key = (partition, sort) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];
await database.client.send(
  new CreateTableCommand({
    TableName: 'app-prod',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: key('pk', 'sk'),
    GlobalSecondaryIndexes: [{ IndexName: 'gsi1', KeySchema: key('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' } }],
  }),
);
const fakeKms = new FakeKms();
const keyring = kms({ kmsKeyId: fakeKms.createKey().arn, kmsClient: fakeKms.client() });

const model = {
  model: { entity: 'user', version: '1', service: 'app' },
  attributes: {
    id: { type: 'string', required: true },
    team: { type: 'string', required: true },
    email: { type: 'string', required: true },
  },
  indexes: {
    byId: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: [] } },
    byTeam: { index: 'gsi1', pk: { field: 'gsi1pk', composite: ['team'] }, sk: { field: 'gsi1sk', composite: ['id'] } },
  },
};

// The attributes of the model, each with its annotation. Keys, index keys, __edb_e__ and __edb_v__ are added, signed.
const app = electrodb('app', model, { id: signed(), team: signed(), email: encrypted() });
const client = encryptedDocumentClient(DynamoDBDocumentClient.from(database.client), { tables: [app.at('app-prod')], keyring });
const User = new Entity(model, { client, table: 'app-prod' });

await User.create({ id: 'u-1', team: 'red', email: 'ann@example.com' }).go();
await User.patch({ id: 'u-1' }).set({ email: 'ann@example.org' }).go();
const { data: red } = await User.query.byTeam({ team: 'red' }).go();
assert.deepEqual(red, [{ id: 'u-1', team: 'red', email: 'ann@example.org' }]);
console.log('The index gives:', red);

const { Items: stored } = await database.client.send(new ScanCommand({ TableName: 'app-prod' }));
assert.ok(!Buffer.from(stored[0].email.B).includes('ann@example'));
console.log('The table holds:', { pk: stored[0].pk.S, gsi1pk: stored[0].gsi1pk.S, email: `${stored[0].email.B.length} bytes` });

// An index on the address would put it into gsi2pk, for everybody to read.
const leaking = { ...model, indexes: { ...model.indexes, byEmail: { index: 'gsi2', pk: { field: 'gsi2pk', composite: ['email'] } } } };
assert.throws(
  () => electrodb('app', leaking, { id: signed(), team: signed(), email: encrypted() }),
  error => {
    console.log(`${error.code}: ${error.message}`);
    return error.code === 'SCHEMA_INVALID';
  },
);

await database.close();
await fakeKms.close();
