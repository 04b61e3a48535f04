import { inspect } from 'node:util';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table } from 'fieldseal';
import { encryptedClient, encryptedDocumentClient, itemEncryptor } from 'fieldseal/dynamodb';
import { freezeContext, serializeContext } from 'fieldseal/format';
import { hierarchical, kmsDiscovery, multi } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../src/keys/leaf.ts';
import { capturing } from '../support/capturing.ts';
import { aesKeyring, ann, codeOf, encryptor, flipped, S, SIGNED, tenantUsers, withBytes } from './support.ts';

const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>(), blob: signed<Uint8Array>().optional() });
const SECRET = 'SECRET-078-05-1120';
const Item = { id: { S: '1' }, ssn: { S: SECRET } };

const wrap = (client: DynamoDBClient) => encryptedClient(client, { tables: [users.at('users-prod')], keyring: aesKeyring() });

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}

describe('plaintext does not get past the client', () => {
  it.each(['initialize', 'serialize', 'build'] as const)('when middleware in step %s renames the table', async step => {
    const { client, sent } = capturing();
    const wrapped = wrap(client);
    const rename = (next: (args: object) => unknown) => async (args: { input: object }) =>
      next({ ...args, input: { ...args.input, TableName: 'users-prod' } });
    wrapped.middlewareStack.add(rename as never, { step: step as 'initialize', name: 'prefix' }); // the SDK's types know one step at a time
    const result = await outcome(wrapped.send(new PutItemCommand({ TableName: 'users', Item })));
    if (step === 'initialize') expect(result).toBe('OPERATION_REFUSED');
    expect(sent.filter(body => body.includes(SECRET) && body.includes('users-prod'))).toEqual([]);
  });

  it('when the caller changes an input that is on its way', async () => {
    const { client, sent } = capturing();
    const input = { TableName: 'plain', Item };
    const sending = wrap(client).send(new PutItemCommand(input));
    input.TableName = 'users-prod';
    await outcome(sending);
    expect(sent.filter(body => body.includes(SECRET) && body.includes('users-prod'))).toEqual([]);
  });

  it('when a condition is changed after it was checked', async () => {
    const { client, sent } = capturing();
    const input = {
      TableName: 'users-prod',
      Key: { id: { S: '1' } },
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: { ':v': { S: SECRET } },
    };
    const sending = wrap(client).send(new DeleteItemCommand(input));
    input.ConditionExpression = 'ssn = :v';
    await outcome(sending);
    expect(sent.filter(body => body.includes('ssn = :v'))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a String object', new String('users-prod')],
    ['an object with toJSON', { toJSON: () => 'users-prod' }],
  ])('when the table is named by %s', async (_, TableName) => {
    const { client, sent } = capturing();
    expect(await outcome(wrap(client).send(new PutItemCommand({ TableName: TableName as string, Item })))).toBe('OPERATION_REFUSED');
    expect(sent).toEqual([]);
  });

  it('when a transaction hides its action behind a getter', async () => {
    class Action {
      get Put(): { TableName: string; Item: typeof Item } {
        return { TableName: 'users-prod', Item };
      }
    }
    const { client, sent } = capturing();
    expect(await outcome(wrap(client).send(new TransactWriteItemsCommand({ TransactItems: [new Action()] })))).toBe('OPERATION_REFUSED');
    expect(sent).toEqual([]);
  });

  it('when a condition is a String object', async () => {
    const ConditionExpression = new String('ssn = :v') as string;
    const put = new PutItemCommand({
      TableName: 'users-prod',
      Item,
      ConditionExpression,
      ExpressionAttributeValues: { ':v': { S: SECRET } },
    });
    expect(await outcome(wrap(capturing().client).send(put))).toBe('OPERATION_REFUSED');
  });

  it('when a key names an encrypted attribute', async () => {
    const { client, sent } = capturing();
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { tables: [users.at('users-prod')], keyring: aesKeyring() });
    expect(await outcome(db.send(new GetCommand({ TableName: 'users-prod', Key: { id: '1', ssn: SECRET } })))).toBe('OPERATION_REFUSED');
    expect(sent).toEqual([]);
  });

  it.each([' users-prod', 'users prod', 'arn:aws:s3:::x', 'x'.repeat(256)])(
    'when a schema is bound to the impossible name %j',
    async name => {
      expect(await codeOf(() => users.at(name))).toBe('CONFIG_INVALID');
    },
  );

  it('when the SDK logs', async () => {
    const lines: string[] = [];
    const log = (line: unknown): unknown => lines.push(inspect(line, { depth: 10 }));
    const { client } = capturing({ logger: { trace: log, debug: log, info: log, warn: log, error: log } });
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { tables: [users.at('users-prod')], keyring: aesKeyring() });
    await outcome(db.send(new PutCommand({ TableName: 'users-prod', Item: { id: '1', ssn: SECRET } })));
    await outcome(wrap(client).send(new PutItemCommand({ TableName: 'users-prod', Item })));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join()).toContain('users-prod');
    expect(lines.join()).not.toContain(SECRET);
  });
});

describe('errors of others stay what they are', () => {
  it('a raw client without a region says so', async () => {
    const { client } = capturing({ region: async () => Promise.reject(new Error('Region is missing')) });
    expect(await outcome(wrap(client).send(new PutItemCommand({ TableName: 'users-prod', Item })))).toContain('Region is missing');
  });
});

describe('bytes of the caller', () => {
  it('that change during a put do not make an item that cannot be read', async () => {
    const { encryptAttributes, decryptAttributes } = itemEncryptor({ table: users, keyring: aesKeyring(), algorithmSuiteId: SIGNED });
    const blob = new Uint8Array(1000).fill(1);
    const encrypting = encryptAttributes({ ...Item, blob: { B: blob } });
    for (let i = 0; i < 20; i++) {
      blob.fill(i);
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    expect((await decryptAttributes(await encrypting)).blob?.B).toEqual(new Uint8Array(1000).fill(1));
  });
});

describe('values that are made to hang or to vanish', () => {
  it('a text of letters e in an unsigned number is counted in linear time', { timeout: 15_000 }, async () => {
    const { encryptAttributes } = encryptor();
    await encryptAttributes({ ...ann, seenAt: { N: `${'e'.repeat(200_000)}\n` } });
  });

  it('values that contain themselves twice are refused', { timeout: 20_000 }, async () => {
    const list: unknown[] = [];
    list.push(list, list);
    const value: { L: unknown[] } = { L: [] };
    value.L.push(value, value);
    expect(await codeOf(() => encryptor().encryptItem({ id: '1', ssn: list }))).toBe('ATTRIBUTE_INVALID');
    expect(await codeOf(() => encryptor().encryptAttributes({ id: S('1'), ssn: value as never }))).toBe('ATTRIBUTE_INVALID');
  });

  it('a key __proto__ of a Map is refused', async () => {
    expect(await codeOf(() => encryptor().encryptItem({ id: '1', ssn: new Map([['__proto__', 'x']]) }))).toBe('ATTRIBUTE_INVALID');
  });

  it('a second type beside a first is refused', async () => {
    for (const value of [{ L: [], S: 'x' }, { SS: ['a'], S: 'x' }, { L: [{ M: {}, S: 'x' }] }]) {
      expect(await codeOf(() => encryptor().encryptAttributes({ ...ann, name: value as never }))).toBe('ATTRIBUTE_INVALID');
    }
  });
});

describe('readers', () => {
  it.each([{ tenantId: undefined }, new Map([['tenantId', 'a']]), null, 'tenantId', { tenantId: 5 }])(
    'requiredEncryptionContext cannot be %o',
    async required => {
      const requiredEncryptionContext = required as never;
      expect(await codeOf(() => itemEncryptor({ table: tenantUsers, keyring: aesKeyring(), requiredEncryptionContext }))).toBe(
        'CONFIG_INVALID',
      );
    },
  );

  it('a bad signature is noticed when nothing is to be decrypted', async () => {
    const signing = encryptor({ algorithmSuiteId: SIGNED });
    const altered = withBytes(await signing.encryptAttributes(ann), 'aws_dbe_foot', bytes => flipped(bytes, -1));
    expect(await codeOf(() => signing.decryptAttributes(altered, { only: [] }))).toBe('NOT_AUTHENTIC');
  });

  it('an error that is not authentic has no frames, which would tell the stage', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const stored = await encryptAttributes(ann);
    const failure = await decryptAttributes({ ...stored, name: S('Bob') }).catch((error: unknown) => error as Error);
    expect((failure as Error).stack).toBe(`FieldsealError: ${(failure as Error).message}`);
  });

  it.each(['cn-attacker-1', 'us-iso-x-1', 'eu-isoe-x-1', 'us-evil-1', 'x.attacker.example'])(
    'discovery asks nobody in the forged region %s',
    async region => {
      const fake = new FakeKms();
      const { arn } = fake.createKey();
      const leaf = multi({
        children: [kmsDiscovery({ discoveryFilter: { partition: 'aws', accountIDs: ['111122223333'] }, kmsClient: fake.client() })],
      }).leaves[0];
      const providerInfo = Buffer.from(arn.replace('us-east-1', region));
      const encryptedKey = { providerId: 'aws-kms', providerInfo, ciphertext: Buffer.alloc(100) };
      const context = freezeContext([['a', 'b']]);
      expect(await leaf?.unwrap(encryptedKey, context, serializeContext(context))).toBeUndefined();
      expect(fake.count()).toBe(0);
      await fake.close();
    },
  );
});

describe('keys', () => {
  const zeros: Keyring = new Keyring(
    [
      {
        name: 'zeros',
        generate: async () => ({
          key: new Uint8Array(32),
          encryptedKey: { providerId: 'z', providerInfo: Buffer.from('z'), ciphertext: Buffer.alloc(60) },
        }),
        unwrap: async () => new Uint8Array(32),
      },
    ],
    true,
  );

  it('an intermediate key of zeros wraps and opens nothing', async () => {
    expect(await codeOf(() => encryptor({ keyring: zeros }).encryptAttributes(ann))).toBe('KEY_INVALID');
    const stored = await encryptor().encryptAttributes(ann);
    expect(await codeOf(() => encryptor({ keyring: zeros }).decryptAttributes(stored))).toBe('KEY_INVALID');
  });

  it('a key store that throws at once, or answers nonsense, is a coded failure, and is asked again', async () => {
    const store = memoryKeyStore();
    await store.createKey('b');
    let answer: () => unknown = () => {
      throw new Error(SECRET);
    };
    const keyStore = {
      logicalName: 'k',
      getActiveBranchKey: () => answer() as never,
      getBranchKeyVersion: store.getBranchKeyVersion.bind(store),
    };
    const { encryptAttributes, decryptAttributes } = encryptor({ keyring: hierarchical({ keyStore, branchKey: 'b', ttlSeconds: 60 }) });
    expect(await codeOf(() => encryptAttributes(ann))).toBe('KEY_UNAVAILABLE');
    for (const nonsense of [undefined, {}, { branchKeyId: 'b', version: 'x' }]) {
      answer = async () => nonsense;
      expect(await codeOf(() => encryptAttributes(ann))).toBe('KEY_INVALID');
    }
    answer = () => store.getActiveBranchKey('b');
    expect(await decryptAttributes(await encryptAttributes(ann))).toEqual(ann);
  });
});
