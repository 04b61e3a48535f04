import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encryptedClient, encryptedDocumentClient, explainCommand } from 'fieldseal/dynamodb';
import { hierarchical } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';
import { DYNALITE } from '../support/suites/dynalite.ts';
import { explainCommandSuite } from '../support/suites/explain-command.ts';
import { members } from '../support/suites/reading.ts';

explainCommandSuite(DYNALITE);

const TableName = 'members-prod';
const Key = { tenant: 't1', id: 'm1' };
const put = new PutCommand({ TableName, Item: { ...Key, email: 'ann@example.com' } });
const options = { tables: [members.at(TableName)], keyring: aesKeyring() };
/** Without region, credentials or network: whoever asks for one of them fails. */
const nowhere = (): DynamoDBClient =>
  new DynamoDBClient({
    region: 'us-east-1',
    credentials: () => Promise.reject(new Error('nobody may ask')),
    requestHandler: { handle: () => Promise.reject(new Error('nothing may be sent')) },
  });

describe('explainCommand', () => {
  it.each([
    ['a document client', () => encryptedDocumentClient(DynamoDBDocumentClient.from(nowhere()), options)],
    ['the aggregated document client', () => encryptedDocumentClient(DynamoDBDocument.from(nowhere()), options)],
    ['a document client over a wrapped one', () => DynamoDBDocumentClient.from(encryptedClient(nowhere(), options))],
  ])('asks nobody for credentials, and sends nothing: %s', async (_, client) => {
    expect(await explainCommand(client(), put)).toEqual({
      command: 'PutItemCommand',
      tables: [TableName],
      path: 'encrypted',
      requests: [{ operation: 'PutItem', why: 'the request itself' }],
      kmsCalls: [],
      notes: [],
    });
  });

  it('logs nothing, and leaves client and command as they are', async () => {
    const logged: unknown[] = [];
    const log = (...words: unknown[]) => logged.push(words);
    const base = new DynamoDBClient({ region: 'us-east-1', logger: { debug: log, info: log, warn: log, error: log, trace: log } as never });
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(base), options);
    const before = db.middlewareStack.identify();
    const first = await explainCommand(db, put);
    expect(await explainCommand(db, put)).toEqual(first);
    expect(db.middlewareStack.identify()).toEqual(before);
    expect(logged).toEqual([]);
  });

  it('tells of branch keys', async () => {
    const keyStore = memoryKeyStore();
    keyStore.put({ branchKeyId: 'b', version: '00000000-0000-4000-8000-000000000001', key: new Uint8Array(32).fill(7) });
    const keyring = hierarchical({ keyStore, branchKey: 'b', ttlSeconds: 60 });
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(nowhere()), { ...options, keyring });
    const once = [{ operation: 'Decrypt', calls: 1, per: 'branch key' }];
    expect((await explainCommand(db, put)).kmsCalls).toEqual(once);
    expect((await explainCommand(db, new GetCommand({ TableName, Key }))).kmsCalls).toEqual(once);
    expect(keyStore.reads).toEqual(memoryKeyStore().reads);
  });

  it('notes what else can happen', async () => {
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(nowhere()), options);
    const update = (attribute: string) =>
      new UpdateCommand({ TableName, Key, UpdateExpression: `SET ${attribute} = :v`, ExpressionAttributeValues: { ':v': 1 } });
    expect((await explainCommand(db, update('seenAt'))).notes).toEqual([expect.stringContaining('GetItem and UpdateItem follow')]);
    expect((await explainCommand(db, update('score'))).notes).toEqual([expect.stringContaining('for 5000 ms at most')]);
    const unknown = new QueryCommand({
      TableName,
      IndexName: 'undeclared',
      KeyConditionExpression: 'team = :t',
      ExpressionAttributeValues: { ':t': 'red' },
    });
    expect((await explainCommand(db, unknown)).requests.at(-1)).toMatchObject({ operation: 'BatchGetItem', when: expect.any(String) });
    expect((await explainCommand(db, new PutCommand({ TableName: 'other', Item: Key }))).notes).toEqual([
      expect.stringContaining('no encrypted table'),
    ]);
  });

  it('refuses clients that are not encrypted, and what is no command', async () => {
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(nowhere()), options);
    const untyped = explainCommand as (...args: unknown[]) => Promise<unknown>;
    const refused = { code: 'INPUT_INVALID' };
    await expect(explainCommand(nowhere(), put)).rejects.toMatchObject(refused);
    await expect(untyped(undefined, put)).rejects.toMatchObject(refused);
    for (const strange of [{ TableName }, undefined, { input: {} }, { input: put.input }, { ...put, input: undefined }])
      await expect(untyped(db, strange)).rejects.toMatchObject(refused);
  });
});
