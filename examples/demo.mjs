// npm run demo
//
// What fieldseal does, on real parts: clients of the AWS SDK talk over HTTP to a DynamoDB (dynalite) and a KMS (FakeKms, real AES-256-GCM),
// both in this process and on 127.0.0.1. It takes a few seconds, needs no network and leaves nothing behind.
import './support/quiet.mjs';
import assert from 'node:assert/strict';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { dynamoDbKeyStore, hierarchical, kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { createBranchKey } from './support/branch-keys.mjs';
import { localDynamoDb } from './support/local-dynamodb.mjs';
import { bold, columns, dim, green, heading, line, paragraph, red, yellow } from './support/print.mjs';

const ITEMS_TO_MEASURE = 25;
const WARM_UP_ITEMS = 8;
const WITHOUT_SIGNATURE = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';

const patients = table('patients', {
  id: key.partition(),
  tenant: signed({ context: true }),
  email: encrypted(),
  ssn: encrypted(),
  born: encrypted(),
  allergies: encrypted().optional(),
  status: signed(),
  seenAt: unsigned(),
});

const ANN = {
  id: 'p-1001',
  tenant: 'clinic-a',
  email: 'ann@example.com',
  ssn: '123-45-6789',
  born: 1987,
  allergies: ['nuts', 'pollen'],
  status: 'active',
  seenAt: 1790000000,
};
const BEN = {
  id: 'p-1002',
  tenant: 'clinic-b',
  email: 'ben@example.org',
  ssn: '987-65-4321',
  born: 1962,
  status: 'moved',
  seenAt: 1790000300,
};

const fakeKms = new FakeKms();
const database = await localDynamoDb();
try {
  await demo();
} finally {
  await database.close();
  await fakeKms.close();
}

async function demo() {
  const { url } = await fakeKms.listen();
  const kmsClient = new KMSClient({ endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' } });
  const kmsKeyArn = fakeKms.createKey().arn;
  const strangersArn = fakeKms.createKey().arn;
  for (const name of ['patients-kms', 'patients-branch']) await database.createTable(name, 'id');
  await database.createTable('branch-keys', 'branch-key-id', 'type');

  const plain = DynamoDBDocumentClient.from(database.client);
  const wrapped = (tableName, keyring, options) =>
    encryptedDocumentClient(plain, { tables: [patients.at(tableName)], keyring, ...options });
  const kmsKeyring = kms({ kmsKeyId: kmsKeyArn, kmsClient });
  const db = wrapped('patients-kms', kmsKeyring);
  const strangersDb = wrapped('patients-kms', kms({ kmsKeyId: strangersArn, kmsClient }));

  const branchKeys = new Map();
  for (const tenant of ['clinic-a', 'clinic-b']) {
    branchKeys.set(tenant, await createBranchKey({ database: database.client, kmsClient, table: 'branch-keys', kmsKeyArn }));
  }
  const hierarchicalKeyring = () =>
    hierarchical({
      keyStore: dynamoDbKeyStore({ table: 'branch-keys', kmsKeyArn, dynamoDbClient: database.client, kmsClient }),
      branchKey: ({ context }) => branchKeys.get(context.tenant),
      ttlSeconds: 300,
    });
  const branchDb = wrapped('patients-branch', hierarchicalKeyring());

  line(bold('fieldseal: fields are encrypted before a write leaves the program, and opened after a read.'));
  line(dim('DynamoDB is dynalite and KMS is FakeKms, both in this process; the clients are those of the AWS SDK.'));

  heading('1  Two items, each under a data key of its own, wrapped by one KMS key');
  for (const item of [ANN, BEN]) await showItem({ plain, db, tableName: 'patients-kms', item });

  heading('2  The first of them again, wrapped by a branch key of its tenant (hierarchical keyring)');
  await showItem({ plain, db: branchDb, tableName: 'patients-branch', item: ANN });

  heading('3  Updates: the expressions of the program, on attributes that DynamoDB cannot read');
  await showUpdates({ plain, db });

  heading('4  Readers without the key');
  await showReaders({ db, strangersDb, kmsKeyArn });

  heading('5  Somebody who can write to the table changes an item there');
  await showTampering({ plain, db });

  heading('6  What the wrapped client refuses to send');
  await showRefusals(db);

  heading(`7  Figures: ${ITEMS_TO_MEASURE} items written, then read, one after the other`);
  await showFigures({
    plain,
    // Each makes a new client: a cache that is warm already would flatter the figures.
    cases: [
      ['not encrypted', () => plain, 'patients-kms'],
      ['KMS key', tableName => wrapped(tableName, kmsKeyring), 'patients-kms'],
      ['KMS key, no ECDSA', tableName => wrapped(tableName, kmsKeyring, { algorithmSuiteId: WITHOUT_SIGNATURE }), 'patients-kms'],
      ['branch keys', tableName => wrapped(tableName, hierarchicalKeyring()), 'patients-branch'],
      [
        'branch keys, no ECDSA',
        tableName => wrapped(tableName, hierarchicalKeyring(), { algorithmSuiteId: WITHOUT_SIGNATURE }),
        'patients-branch',
      ],
    ],
  });
  kmsClient.destroy();

  line();
  line(`Every claim above was checked when it was printed. Done in ${(performance.now() / 1000).toFixed(1)} s.`);
}

/** Writes an item and prints it as the program, the table and a reader with the key have it. */
async function showItem({ plain, db, tableName, item }) {
  await db.send(new PutCommand({ TableName: tableName, Item: item }));
  const stored = await getItem(plain, tableName, item.id);
  const opened = await getItem(db, tableName, item.id);
  assert.deepEqual(opened, item);

  line();
  columns(
    [
      { title: 'attribute', width: 12 },
      { title: 'declared', width: 9 },
      { title: 'the program sent', width: 19 },
      { title: 'the table holds', width: 33 },
      { title: 'a reader gets', width: 19 },
    ],
    Object.keys(stored)
      .sort((a, b) => rank(a) - rank(b))
      .map(name => [
        name,
        declarationOf(name),
        show(item[name]),
        stored[name] instanceof Uint8Array ? { text: show(stored[name]), paint: yellow } : show(stored[name]),
        stored[name] instanceof Uint8Array ? { text: show(opened[name]), paint: green } : show(opened[name]),
      ]),
  );
}

async function showReaders({ db, strangersDb, kmsKeyArn }) {
  await showRefusal('A program with another KMS key', () => getItem(strangersDb, 'patients-kms', ANN.id), 'KEY_NOT_FOUND');
  const denied = fakeKms.fail({ operation: 'Decrypt', error: 'access-denied', keyId: kmsKeyArn });
  await showRefusal('A program that IAM does not allow kms:Decrypt', () => getItem(db, 'patients-kms', ANN.id), 'KEY_ACCESS_DENIED');
  denied.remove();
}

async function showTampering({ plain, db }) {
  const TableName = 'patients-kms';
  const ann = await getItem(plain, TableName, ANN.id);
  const ben = await getItem(plain, TableName, BEN.id);
  const set = (name, value) => () =>
    plain.send(
      new UpdateCommand({
        TableName,
        Key: { id: ANN.id },
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  const put = item => () => plain.send(new PutCommand({ TableName, Item: item }));
  const { aws_dbe_head: _, aws_dbe_foot: __, ...bare } = { ...ann, ssn: '000-00-0000', email: ANN.email, born: 1987, allergies: [] };

  line();
  const rows = [];
  for (const [what, change, expected, id = ANN.id] of [
    ['status set to "deceased" (signed)', set('status', 'deceased'), 'NOT_AUTHENTIC'],
    ["p-1002's ssn copied into p-1001 (encrypted)", set('ssn', ben.ssn), 'NOT_AUTHENTIC'],
    ['tenant set to "clinic-b" (context)', set('tenant', 'clinic-b'), 'NOT_AUTHENTIC'],
    ['the item copied to the key p-6666', put({ ...ann, id: 'p-6666' }), 'NOT_AUTHENTIC', 'p-6666'],
    ['header and footer removed, plaintext planted', put(bare), 'NOT_ENCRYPTED'],
    ['seenAt set to 0 (unsigned)', set('seenAt', 0), undefined],
  ]) {
    await change();
    const outcome = await getItem(db, TableName, id).then(
      item => ({ item }),
      error => ({ code: error.code }),
    );
    assert.equal(outcome.code, expected);
    rows.push([
      what,
      outcome.code === undefined
        ? { text: `opens, seenAt is ${outcome.item.seenAt}: unsigned is unprotected`, paint: yellow }
        : { text: outcome.code, paint: red },
    ]);
    await put(ann)();
  }
  columns(
    [
      { title: 'done with the plain client, past the encryption', width: 48 },
      { title: 'what the next read gets', width: 50 },
    ],
    rows,
  );
  assert.equal((await getItem(db, TableName, ANN.id)).ssn, ANN.ssn);
}

/** Updates an unsigned, and an encrypted attribute, and prints what that took and did. */
async function showUpdates({ plain, db }) {
  const TableName = 'patients-kms';
  const updates = [
    ['SET seenAt = :now', { ':now': 1790000900 }],
    ['SET allergies = list_append(allergies, :a)', { ':a': ['dust'] }],
  ];
  const rows = [];
  for (const [UpdateExpression, ExpressionAttributeValues] of updates) {
    const before = { stored: await getItem(plain, TableName, ANN.id), calls: fakeKms.calls.length };
    const { Attributes } = await db.send(
      new UpdateCommand({ TableName, Key: { id: ANN.id }, UpdateExpression, ExpressionAttributeValues, ReturnValues: 'UPDATED_NEW' }),
    );
    const stored = await getItem(plain, TableName, ANN.id);
    const isRewritten = !Buffer.from(stored.aws_dbe_foot).equals(before.stored.aws_dbe_foot);
    rows.push([UpdateExpression, isRewritten ? 'rewritten' : 'in place', String(fakeKms.calls.length - before.calls), show(Attributes)]);
  }
  assert.deepEqual(
    rows.map(([, how]) => how),
    ['in place', 'rewritten'],
  );
  const opened = await getItem(db, TableName, ANN.id);
  assert.deepEqual(opened, { ...ANN, seenAt: 1790000900, allergies: ['nuts', 'pollen', 'dust'] });
  line();
  columns(
    [
      { title: 'update', width: 44 },
      { title: 'done', width: 9 },
      { title: 'KMS', width: 3, right: true },
      { title: 'UPDATED_NEW', width: 38 },
    ],
    rows,
  );
  line();
  paragraph('An encrypted attribute is read, verified, changed in the program, and written back if nobody rewrote the item meanwhile.', {
    paint: dim,
  });
}

async function showRefusals(db) {
  const TableName = 'patients-kms';
  const filter = { FilterExpression: 'ssn = :ssn', ExpressionAttributeValues: { ':ssn': ANN.ssn } };
  const leak = { UpdateExpression: 'SET #s = ssn', ExpressionAttributeNames: { '#s': 'status' } };
  const condition = { ConditionExpression: 'ssn = :ssn', ExpressionAttributeValues: { ':ssn': ANN.ssn } };
  await showRefusal('Put, with an attribute that nobody declared', () =>
    db.send(new PutCommand({ TableName, Item: { ...ANN, isAdmin: true } })),
  );
  await showRefusal('Put, with a condition on an encrypted attribute', () =>
    db.send(new PutCommand({ TableName, Item: ANN, ...condition })),
  );
  await showRefusal('Scan, with a filter on an encrypted attribute', () => db.send(new ScanCommand({ TableName, ...filter })));
  await showRefusal('Update, that copies an encrypted value into the clear: SET status = ssn', () =>
    db.send(new UpdateCommand({ TableName, Key: { id: ANN.id }, ...leak })),
  );
}

async function showFigures({ plain, cases }) {
  const rows = [];
  for (const [name, makeClient, tableName] of cases) {
    await writeAndRead(makeClient(tableName), tableName, someItems(WARM_UP_ITEMS));
    const items = someItems(ITEMS_TO_MEASURE);
    const { writing, reading } = await writeAndRead(makeClient(tableName), tableName, items);
    const added = sizeOf(await getItem(plain, tableName, items[0].id)) - sizeOf(items[0]);
    rows.push([name, writing.milliseconds, reading.milliseconds, writing.kmsCalls, reading.kmsCalls, added === 0 ? '0' : `+${added}`]);
  }
  line();
  columns(
    [
      { title: 'wrapped by', width: 24 },
      { title: 'write, ms/item', width: 14, right: true },
      { title: 'read, ms/item', width: 13, right: true },
      { title: 'KMS, writing', width: 12, right: true },
      { title: 'KMS, reading', width: 12, right: true },
      { title: 'bytes/item', width: 10, right: true },
    ],
    rows,
  );
  line();
  paragraph(
    `One item has ${sizeOf(someItems(1)[0])} bytes in clear. Times are medians, and include DynamoDB and KMS, which share one thread with the program. ` +
      'A data key that AWS KMS wrapped is about 80 bytes longer than one of FakeKms. "No ECDSA" is the smaller of the two suites; ' +
      'docs/threat-model.md says what the signature adds.',
    { paint: dim },
  );
}

async function writeAndRead(db, tableName, items) {
  const writing = await measure(items, item => db.send(new PutCommand({ TableName: tableName, Item: item })));
  const reading = await measure(items, async item => assert.deepEqual(await getItem(db, tableName, item.id), item));
  return { writing, reading };
}

/** The median, because anything else that the machine does disturbs single items. */
async function measure(items, work) {
  fakeKms.reset();
  const times = [];
  for (const item of items) {
    const start = performance.now();
    await work(item);
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  return { milliseconds: median.toFixed(1), kmsCalls: String(fakeKms.count()) };
}

function someItems(count) {
  return Array.from({ length: count }, (_, i) => ({ ...ANN, id: `p-${i}`, tenant: i % 2 === 0 ? 'clinic-a' : 'clinic-b' }));
}

async function showRefusal(what, work, expected) {
  const error = await work().then(
    () => assert.fail(`${what} was not refused`),
    refusal => refusal,
  );
  assert.equal(error.name, 'FieldsealError');
  if (expected !== undefined) assert.equal(error.code, expected);
  line();
  line(what);
  const label = `  ${error.code}`;
  if (label.length > 20) line(red(label));
  paragraph(error.message, { indent: 21, label: label.length > 20 ? '' : label, paint: red });
}

async function getItem(client, TableName, id) {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }));
  return Item;
}

function declarationOf(name) {
  const field = patients.fields[name];
  if (field === undefined) return '';
  if (field.settings.context) return 'context';
  return field.kind === 'partition' ? 'key' : field.kind;
}

/** Declared attributes in the order of the schema, then the header and the footer. */
function rank(name) {
  return [...Object.keys(patients.fields), 'aws_dbe_head', 'aws_dbe_foot'].indexOf(name);
}

function show(value) {
  if (value === undefined) return '';
  if (!(value instanceof Uint8Array)) return JSON.stringify(value);
  return `${String(value.length).padStart(3)} bytes: ${Buffer.from(value).toString('base64').slice(0, 20)}…`;
}

/** What DynamoDB counts for an item of strings, small integers, lists of strings and bytes. */
function sizeOf(item) {
  return Object.entries(item).reduce((bytes, [name, value]) => bytes + name.length + sizeOfValue(value), 0);
}

function sizeOfValue(value) {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value === 'number') return 1 + Math.ceil(String(value).replace(/0+$/, '').length / 2);
  return value.reduce((bytes, element) => bytes + 1 + sizeOfValue(element), 3);
}
