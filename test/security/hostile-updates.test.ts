/** Ways in which updates once went wrong, found by attack. */
import { inspect } from 'node:util';
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  type TranslateConfig,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, type Table, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient, itemEncryptor } from 'fieldseal/dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type Fault, type FaultyNetwork, faultyNetwork } from '../support/faults.ts';
import { listening } from '../support/listening.ts';
import { aesKeyring, SYMMETRIC } from './support.ts';

const TableName = 'hostile-updates';
let database: TestDatabase;
let network: FaultyNetwork;
const options = (schema: Table, more: Partial<EncryptedClientOptions> = {}): EncryptedClientOptions => ({
  tables: [schema.at(TableName)],
  keyring: aesKeyring(),
  algorithmSuiteId: SYMMETRIC,
  ...more,
});
const documents = (schema: Table, more: Partial<EncryptedClientOptions> = {}, client = network.client()): DynamoDBDocumentClient =>
  encryptedDocumentClient(DynamoDBDocumentClient.from(client), options(schema, more));
const plain = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(database.client);
const stored = async (id: string) => (await plain().send(new GetCommand({ TableName, Key: { id } }))).Item;

beforeAll(async () => {
  database = await testDatabase();
  network = await faultyNetwork(database.endpoint);
  await database.createTable(TableName, 'id');
});
afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('an update whose answer was lost, and another writer since', () => {
  const things = table('things', {
    id: key.partition<string>(),
    a: encrypted<string>(),
    b: encrypted<string>(),
    l: encrypted<number[]>(),
    other: signed<number>().optional(),
    n: unsigned<number>().optional(),
  });
  const Item = { id: 'lost', a: 'A', b: 'B', l: [1, 2, 3, 4], n: 1 };
  type Expression = Omit<UpdateCommandInput, 'TableName' | 'Key'>;

  /** Applies the first sending, loses its answer, lets another writer in, and lets the rest pass. Or does with the first what `fault` says. */
  async function lose(
    db: DynamoDBDocumentClient,
    expression: Expression,
    between?: () => Promise<unknown>,
    fault: Fault = 'lost',
  ): Promise<unknown> {
    network.reset();
    await documents(things, {}, database.client).send(new PutCommand({ TableName, Item }));
    network.decide = async ({ operation, body }, nth): Promise<Fault> => {
      if (operation !== 'UpdateItem' || nth > 2) return 'pass';
      if (nth === 1) return fault;
      await between?.();
      await forge(body);
      return 'pass';
    };
    return db.send(new UpdateCommand({ TableName, Key: { id: 'lost' }, ...expression }));
  }
  /** What another process would write: the same item under another footer. */
  async function forge(_: string): Promise<void> {
    const { Item: now } = await documents(things, {}, database.client).send(
      new GetCommand({ TableName, Key: { id: 'lost' }, ConsistentRead: true }),
    );
    if (now !== undefined) await documents(things, {}, database.client).send(new PutCommand({ TableName, Item: { ...now, other: 1 } }));
  }

  it.each<[string, object | undefined]>([
    ['REMOVE l[0]', undefined],
    ['SET l[9] = :x', { ':x': 9 }],
    ['SET a = b, b = a', undefined],
    ['SET a = b, b = :x', { ':x': 'new' }],
    ['SET a = if_not_exists(b, :x), b = :x', { ':x': 'new' }],
  ])('%s is not done twice', async (UpdateExpression, values) => {
    const lost = lose(documents(things), {
      UpdateExpression,
      ...(values && { ExpressionAttributeValues: values as Record<string, unknown> }),
    });
    await expect(lost).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
  });

  it('nor when it was not the SDK that sent it again', async () => {
    const client = network.client({ maxAttempts: 1 });
    client.middlewareStack.add(next => async args => next(args).catch(() => next(args)), { step: 'finalizeRequest', priority: 'low' });
    const lost = lose(documents(things, {}, client), { UpdateExpression: 'SET l = list_append(l, l)' });
    await expect(lost).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
  });

  const append = { UpdateExpression: 'SET l = list_append(l, :x)', ExpressionAttributeValues: { ':x': [5] } };

  it('an answer that refused the first sending leaves nothing unknown', async () => {
    await lose(documents(things), append, undefined, 'throttled');
    expect(network.sent.filter(({ operation }) => operation === 'UpdateItem')).toHaveLength(3);
    const { Item: now } = await documents(things).send(new GetCommand({ TableName, Key: { id: 'lost' } }));
    expect(now).toMatchObject({ l: [1, 2, 3, 4, 5], other: 1 });
  });

  it('an answer of success that breaks off does', async () => {
    const client = network.client();
    let broken = false;
    const breakOff = async <R>(answer: Promise<R>): Promise<R> => {
      const whole = await answer;
      if (broken) return whole;
      broken = true;
      throw Object.assign(new Error('broken off'), { name: 'TimeoutError' });
    };
    client.middlewareStack.add(
      (next, { commandName }) =>
        args =>
          commandName === 'UpdateItemCommand' ? breakOff(next(args)) : next(args),
      {
        step: 'deserialize',
        priority: 'high',
      },
    );
    await expect(lose(documents(things, {}, client), append, undefined, 'pass')).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
  });

  it('an update that sets is done again; a time that runs out, or a condition that does not hold any more, leaves it unknown', async () => {
    const set = { UpdateExpression: 'SET a = :x', ExpressionAttributeValues: { ':x': 'new', ':was': 'A' } };
    const { ':was': _, ...only } = set.ExpressionAttributeValues;
    await lose(documents(things), { ...set, ExpressionAttributeValues: only });
    expect((await documents(things).send(new GetCommand({ TableName, Key: { id: 'lost' } }))).Item).toMatchObject({ a: 'new' });
    const conditional = lose(documents(things), { ...set, ConditionExpression: 'a = :was' });
    await expect(conditional).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
    const late = lose(documents(things, { updateTimeoutMs: 1 }), { ...set, ExpressionAttributeValues: only });
    await expect(late).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN', retryable: false });
  });

  it('a condition on unsigned attributes, which the server finds broken since, leaves it unknown', async () => {
    const set = {
      UpdateExpression: 'SET a = :x',
      ConditionExpression: 'n = :was',
      ExpressionAttributeValues: { ':x': 'new', ':was': 1 },
    };
    const change = { UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': 2 } };
    const lost = lose(documents(things), set, () => plain().send(new UpdateCommand({ TableName, Key: { id: 'lost' }, ...change })));
    await expect(lost).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
    expect((await documents(things).send(new GetCommand({ TableName, Key: { id: 'lost' } }))).Item).toMatchObject({ a: 'new', n: 2 });
  });

  it('an item that was deleted since is not made again', async () => {
    const set = { UpdateExpression: 'SET a = :x', ExpressionAttributeValues: { ':x': 'new' } };
    const { DeleteCommand } = await import('@aws-sdk/lib-dynamodb');
    const lost = lose(documents(things), set, () => plain().send(new DeleteCommand({ TableName, Key: { id: 'lost' } })));
    await expect(lost).rejects.toMatchObject({ code: 'UPDATE_OUTCOME_UNKNOWN' });
    expect(await stored('lost')).toBeUndefined();
  });

  it('what an earlier try wrote, and somebody restored, is not done once more', async () => {
    network.reset();
    await documents(things, {}, database.client).send(new PutCommand({ TableName, Item }));
    let written: Record<string, unknown> | undefined;
    network.decide = async ({ operation }, nth): Promise<Fault> => {
      if (operation !== 'UpdateItem') return 'pass';
      if (nth === 1) return 'lost';
      if (nth === 2) {
        written = await stored('lost');
        await documents(things, {}, database.client).send(new PutCommand({ TableName, Item: { ...Item, other: 1 } }));
      }
      if (nth === 3) await plain().send(new PutCommand({ TableName, Item: written }));
      return 'pass';
    };
    const set = { UpdateExpression: 'SET a = :x', ExpressionAttributeValues: { ':x': 'new' } };
    await documents(things).send(new UpdateCommand({ TableName, Key: { id: 'lost' }, ...set }));
    expect(network.sent.filter(({ operation }) => operation === 'UpdateItem')).toHaveLength(3);
    expect(await stored('lost')).toEqual(written);
  });

  it('our footer on what we did not write is no success', async () => {
    network.reset();
    await documents(things, {}, database.client).send(new PutCommand({ TableName, Item }));
    const before = await stored('lost');
    network.decide = async ({ operation }, nth): Promise<Fault> => {
      if (operation !== 'UpdateItem' || nth > 2) return 'pass';
      if (nth === 1) return 'lost';
      await plain().send(new PutCommand({ TableName, Item: { ...before, aws_dbe_foot: (await stored('lost'))?.aws_dbe_foot } }));
      return 'pass';
    };
    const update = documents(things).send(
      new UpdateCommand({ TableName, Key: { id: 'lost' }, UpdateExpression: 'SET a = :x', ExpressionAttributeValues: { ':x': 'new' } }),
    );
    await expect(update).rejects.toMatchObject({ code: 'NOT_AUTHENTIC', writeApplied: true });
  });
});

describe('keys and validators', () => {
  const users = table('users', {
    id: key.partition(z.string().toLowerCase()),
    email: encrypted(z.string()).optional(),
    tag: unsigned(z.string().transform(text => `${text}!`)).optional(),
    version: unsigned(z.number()).optional(),
  });

  it.each(['SET email = :v', 'SET tag = :v'])(
    '%s: an item is not made under a key that its validator would change',
    async UpdateExpression => {
      const update = { TableName, Key: { id: 'ABC' }, UpdateExpression, ExpressionAttributeValues: { ':v': 'x' } };
      await expect(documents(users).send(new UpdateCommand(update))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(await stored('ABC')).toBeUndefined();
    },
  );

  it('values of unsigned attributes are validated once, however they get there', async () => {
    const update = { TableName, Key: { id: 'once' }, UpdateExpression: 'SET tag = :v', ExpressionAttributeValues: { ':v': 'a' } };
    for (const _ of ['made', 'changed']) {
      await documents(users).send(new UpdateCommand(update));
      expect(await stored('once')).toMatchObject({ tag: 'a!' });
    }
  });

  it('required unsigned attributes are not removed', async () => {
    const required = table('required', { id: key.partition<string>(), version: unsigned<number>(), email: encrypted<string>().optional() });
    await documents(required).send(new PutCommand({ TableName, Item: { id: 'required', version: 1 } }));
    for (const UpdateExpression of ['REMOVE version', 'SET email = :e REMOVE version']) {
      const values = UpdateExpression.includes(':e') ? { ExpressionAttributeValues: { ':e': 'x' } } : {};
      const update = documents(required).send(new UpdateCommand({ TableName, Key: { id: 'required' }, UpdateExpression, ...values }));
      await expect(update).rejects.toMatchObject({ code: 'ATTRIBUTE_MISSING' });
    }
  });

  it('where plaintext is written, it is validated too', async () => {
    const forced = documents(users, { plaintextOverride: 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' });
    const wrong = { TableName, Key: { id: 'plaintext' }, UpdateExpression: 'SET email = :v', ExpressionAttributeValues: { ':v': 7 } };
    await expect(forced.send(new UpdateCommand(wrong))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('an item that the caller changes while a validator takes its time is stored as it was', async () => {
    const slow = table('slow', {
      id: key.partition<string>(),
      data: encrypted(z.object({ n: z.number() }).refine(async () => new Promise(resolve => setTimeout(resolve, 30, true)))),
    });
    const Item = { id: 'slow', data: { n: 1 as unknown } };
    const put = documents(slow).send(new PutCommand({ TableName, Item }));
    Item.data.n = 'not a number';
    await put;
    expect((await documents(slow).send(new GetCommand({ TableName, Key: { id: 'slow' } }))).Item).toEqual({ id: 'slow', data: { n: 1 } });
  });

  it('nor do bytes change that a Buffer shares with its slices, on clients and in encryptors', async () => {
    const isShort = z.instanceof(Uint8Array).refine(async ({ length }) => new Promise(resolve => setTimeout(resolve, 30, length < 9)));
    const slow = table('slow', { id: key.partition<string>(), data: encrypted(isShort), list: encrypted(z.array(isShort)).optional() });
    const bytes = Buffer.from('good');
    const Item = { id: 'slow', data: bytes, list: [bytes.subarray(1)] };
    const { encryptItem, decryptItem } = itemEncryptor({ table: slow, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
    const put = documents(slow).send(new PutCommand({ TableName, Item }));
    const sealed = encryptItem(Item);
    bytes.fill('!');
    await put;
    const { Item: now = {} } = await documents(slow).send(new GetCommand({ TableName, Key: { id: 'slow' } }));
    for (const read of [now, await decryptItem(await sealed)])
      expect(read).toEqual({ id: 'slow', data: Uint8Array.from(Buffer.from('good')), list: [Uint8Array.from(Buffer.from('ood'))] });
  });

  it('keys that JavaScript cannot hold do not stop raw clients', async () => {
    await database.client.send(
      new (await import('@aws-sdk/client-dynamodb')).CreateTableCommand({
        TableName: 'numbers',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const numbers = table('numbers', {
      id: key.partition<number>(),
      email: encrypted<string>().optional(),
      visits: unsigned<number>().optional(),
    });
    const client = encryptedClient(database.client, { ...options(numbers), tables: [numbers.at('numbers')] });
    const Key = { id: { N: '12345678901234567890.5' } };
    await client.send(new PutItemCommand({ TableName: 'numbers', Item: { ...Key, email: { S: 'x' } } }));
    for (const UpdateExpression of ['SET visits = :v', 'SET email = :v']) {
      const value = UpdateExpression.includes('email') ? { S: 'y' } : { N: '1' };
      await client.send(new UpdateItemCommand({ TableName: 'numbers', Key, UpdateExpression, ExpressionAttributeValues: { ':v': value } }));
    }
  });
});

describe('what an item holds encrypted', () => {
  const before = table('weaker', {
    id: key.partition<string>(),
    ssn: encrypted<string>(),
    team: signed<string>(),
    c: unsigned<string>().optional(),
  });
  const after = table('weaker', {
    id: key.partition<string>(),
    ssn: signed<string>(),
    team: signed<string>(),
    c: unsigned<string>().optional(),
  });
  const update = (UpdateExpression: string, more: Partial<EncryptedClientOptions> = {}, values?: Record<string, unknown>) =>
    documents(after, more).send(
      new UpdateCommand({ TableName, Key: { id: 'weaker' }, UpdateExpression, ...(values && { ExpressionAttributeValues: values }) }),
    );

  it('is not stored in clear because the schema changed, unless that is named', async () => {
    await documents(before).send(new PutCommand({ TableName, Item: { id: 'weaker', ssn: 'MARKER', team: 't' } }));
    await expect(update('SET team = :t', {}, { ':t': 'x' })).rejects.toMatchObject({ code: 'DECLASSIFICATION_REFUSED' });
    await expect(update('SET team = ssn, ssn = :t', {}, { ':t': 'x' })).rejects.toMatchObject({ code: 'DECLASSIFICATION_REFUSED' });
    expect(JSON.stringify(await stored('weaker'))).not.toContain('MARKER');
    await update('SET team = :t', { allowDeclassify: ['ssn'] }, { ':t': 'x' });
    expect(await stored('weaker')).toMatchObject({ ssn: 'MARKER' });
  });

  it('cannot be guessed at by means of the leak check', async () => {
    const people = table('leak', {
      id: key.partition<string>(),
      email: encrypted<string>(),
      team: signed<string>(),
      c: unsigned<string>().optional(),
    });
    const db = documents(people, { leakCheck: 'error' });
    await db.send(new PutCommand({ TableName, Item: { id: 'leak', email: 'ann@example.com', team: 't' } }));
    const plant = { UpdateExpression: 'SET c = :c', ExpressionAttributeValues: { ':c': 'is it ann@example.com?' } };
    await plain().send(new UpdateCommand({ TableName, Key: { id: 'leak' }, ...plant }));
    await db.send(
      new UpdateCommand({ TableName, Key: { id: 'leak' }, UpdateExpression: 'SET team = :t', ExpressionAttributeValues: { ':t': 'x' } }),
    );
    const own = {
      UpdateExpression: 'SET email = :e, c = :c',
      ExpressionAttributeValues: { ':e': 'bob@example.com', ':c': 'X#BOB@example.com' },
    };
    await expect(db.send(new UpdateCommand({ TableName, Key: { id: 'leak' }, ...own }))).rejects.toMatchObject({ code: 'LEAK_FOUND' });
  });
});

describe('what is told', () => {
  const users = table('told', { id: key.partition<string>(), email: encrypted<string>(), visits: unsigned<number>().optional() });

  it('the SDK’s logger hears no value when conditions fail', async () => {
    const { logger, heard } = listening();
    const client = new DynamoDBClient({
      endpoint: database.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      logger,
    });
    const db = documents(users, {}, client);
    await db.send(new PutCommand({ TableName, Item: { id: 'told', email: 'MARKER@example.com' } }));
    const failing = (ConditionExpression: string): UpdateCommandInput => ({
      TableName,
      Key: { id: 'told' },
      UpdateExpression: 'SET email = :x',
      ConditionExpression,
      ExpressionAttributeValues: { ':x': 'x' },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    for (const condition of ['email = :x', 'visits = :x']) {
      const error = await db.send(new UpdateCommand(failing(condition))).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
      if (condition.startsWith('email')) expect(error).toMatchObject({ Item: { email: { S: 'MARKER@example.com' } } });
      const transaction = { TransactItems: [{ Update: { ...failing(condition), UpdateExpression: 'SET email = :x' } }] };
      await db.send(new TransactWriteCommand(transaction)).catch(() => undefined); // dynalite has none; what is decided here does not reach it
    }
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.join()).not.toContain('MARKER');
    client.destroy();
  });

  describe('of what cannot be translated, neither to the logger nor to the caller', () => {
    const numbers = table('numbers', { id: key.partition<string>(), n: encrypted<number>(), more: encrypted<unknown>().optional() });
    type Unmarshalling = NonNullable<TranslateConfig['unmarshallOptions']>;
    const LARGE = '98765432109876543210.5';
    const Key = { id: 'large' };
    class Card {
      toString(): string {
        return 'MARKER';
      }
    }
    let heard: readonly string[];
    let client: DynamoDBClient;
    const translating = (unmarshallOptions: Unmarshalling): DynamoDBDocumentClient =>
      encryptedDocumentClient(DynamoDBDocumentClient.from(client, { unmarshallOptions }), options(numbers));
    async function unsaid(work: Promise<unknown>): Promise<unknown> {
      const error = await work.catch((failure: unknown) => failure);
      expect(inspect([error, heard], { depth: 12, showHidden: true })).not.toMatch(/98765|MARKER/);
      return error;
    }

    beforeEach(async () => {
      const { logger, ...listener } = listening();
      heard = listener.heard;
      client = network.client({ logger });
      await encryptedClient(database.client, options(numbers)).send(
        new PutItemCommand({ TableName, Item: { id: { S: 'large' }, n: { N: LARGE } } }),
      );
    });

    it.each<[string, Unmarshalling]>([
      ['a number that JavaScript cannot hold', {}],
      [
        'one at which wrapNumbers throws',
        {
          wrapNumbers: value => {
            throw new RangeError(`MARKER ${value}`);
          },
        },
      ],
    ])('%s', async (_, unmarshallOptions) => {
      const db = translating(unmarshallOptions);
      const update: Omit<UpdateCommandInput, 'ReturnValues'> = {
        TableName,
        Key,
        UpdateExpression: 'SET more = :x',
        ExpressionAttributeValues: { ':x': 'x' },
      };
      expect(await unsaid(db.send(new GetCommand({ TableName, Key })))).toMatchObject({ code: 'ATTRIBUTE_INVALID', writeApplied: false });
      const writes = [
        () => db.send(new UpdateCommand({ ...update, ReturnValues: 'ALL_NEW' })),
        () => db.send(new PutCommand({ TableName, Item: { ...Key, n: 1 }, ReturnValues: 'ALL_OLD' })),
      ];
      for (const write of writes)
        expect(await unsaid(write())).toMatchObject({ code: 'ATTRIBUTE_INVALID', writeApplied: true, retryable: false });
      expect(heard.join()).toContain('UpdateItemCommand');
      expect(await stored('large')).toMatchObject({ aws_dbe_head: expect.any(Uint8Array) });
    });

    it.each<[string, unknown]>([
      ['a number', Number(LARGE)],
      ['an object of a class', new Card()],
    ])('%s in an input', async (_, more) => {
      const db = translating({});
      const values = { UpdateExpression: 'SET more = :x', ExpressionAttributeValues: { ':x': more } };
      const inputs = [
        () => db.send(new PutCommand({ TableName, Item: { ...Key, n: 1, more } })),
        () => db.send(new UpdateCommand({ TableName, Key, ...values })),
        () => db.send(new TransactWriteCommand({ TransactItems: [{ Update: { TableName, Key, ...values } }] })),
      ];
      for (const send of inputs) expect(await unsaid(send())).toMatchObject({ code: 'ATTRIBUTE_INVALID', writeApplied: false });
    });

    it('a name that a schema has as a default or an example', async () => {
      const rates = z
        .record(z.string(), z.number())
        .default({ MARKER: 1 })
        .meta({ examples: [{ properties: { MARKER: 2 } }] });
      const rated = table('rated', { id: key.partition<string>(), rates: encrypted(rates) });
      const put = documents(rated).send(new PutCommand({ TableName, Item: { id: 'rated', rates: { MARKER: 'x' } } }));
      expect(await unsaid(put)).toMatchObject({ code: 'VALIDATION_FAILED', attributes: ['rates.*'] });
    });
  });

  it('errors of the caller’s own middleware come through', async () => {
    class NotToday extends Error {}
    const client = network.client();
    client.middlewareStack.add(() => async () => Promise.reject(new NotToday()), { step: 'initialize', priority: 'low' });
    const db = documents(users, {}, client);
    await expect(db.send(new GetCommand({ TableName, Key: { id: 'told' } }))).rejects.toBeInstanceOf(NotToday);
    await expect(db.send(new PutCommand({ TableName, Item: { id: 'told', email: new Date() } }))).rejects.toBeInstanceOf(NotToday);
  });

  it('unknown ReturnValues are refused, though a rewriting asks for others', async () => {
    const update = { TableName, Key: { id: 'told' }, UpdateExpression: 'SET email = :x', ExpressionAttributeValues: { ':x': 'x' } };
    for (const more of [{ ReturnValues: 'all_new' }, { ReturnValuesOnConditionCheckFailure: 'ALL_NEW' }])
      await expect(documents(users).send(new UpdateCommand({ ...update, ...more } as UpdateCommandInput))).rejects.toMatchObject({
        name: 'ValidationException',
      });
  });
});

it('an update that waits for another one ends when its caller gives up', async () => {
  const users = table('waits', { id: key.partition<string>(), email: encrypted<string>().optional() });
  const update = { TableName, Key: { id: 'waits' }, UpdateExpression: 'SET email = :x', ExpressionAttributeValues: { ':x': 'x' } };
  let release: (fault: Fault) => void = () => undefined;
  network.reset();
  network.decide = ({ operation }, nth) =>
    operation === 'GetItem' && nth === 1 ? new Promise<Fault>(resolve => (release = resolve)) : 'pass';
  const first = documents(users).send(new UpdateCommand(update));
  await vi.waitFor(() => expect(network.sent).toHaveLength(1), { timeout: 20_000 });
  const controller = new AbortController();
  const second = documents(users).send(new UpdateCommand(update), { abortSignal: controller.signal });
  const third = documents(users).send(new UpdateCommand(update));
  setTimeout(() => controller.abort(), 50);
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(network.sent).toHaveLength(1); // who waits behind one that gave up does not overtake the first
  release('pass');
  await Promise.all([first, third]);
  expect(network.sent.map(({ operation }) => operation)).toEqual(['GetItem', 'UpdateItem', 'GetItem', 'UpdateItem']);
  network.reset();
});
