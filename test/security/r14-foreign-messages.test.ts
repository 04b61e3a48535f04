import { inspect } from 'node:util';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import { codec, encrypted, FieldsealError, key, signed, type Table, table } from 'fieldseal';
import { encryptedDocumentClient, itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, kms } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aesKeyring, encryptor, flipped, withBytes } from './support.ts';

const MARKER = 'MARKER-9f2c';
const tableOf = (ssn: StandardSchemaV1<string>): Table =>
  table('users', { id: key.partition<string>(), ssn: encrypted(ssn), name: signed<string>() });
const bomb = (): never => {
  throw Object.assign(new Error(`cannot take ${MARKER}`), { code: 'E_FOREIGN', values: [MARKER] });
};

const fake = new FakeKms();
const store = memoryKeyStore();
let database: TestDatabase;
let base: DynamoDBClient;

beforeAll(async () => {
  database = await testDatabase();
  base = database.client;
  await database.createTable('users', 'id');
});
afterAll(async () => {
  await fake.close();
  await database[Symbol.asyncDispose]();
});

/** Every way to fail with a plaintext, or with a foreign error that quotes one. */
const FAILURES: Readonly<Record<string, () => unknown>> = {
  'zod refuses': () =>
    itemEncryptor({ table: tableOf(z.string().max(3)), keyring: aesKeyring() }).encryptItem({ id: '1', ssn: MARKER, name: 'n' } as never),
  'zod refuses a key of the value': () =>
    itemEncryptor({ table: tableOf(z.strictObject({}) as never), keyring: aesKeyring() }).encryptItem({
      id: '1',
      ssn: { [MARKER]: 1 },
      name: 'n',
    } as never),
  'valibot refuses': () =>
    itemEncryptor({ table: tableOf(v.pipe(v.string(), v.email())), keyring: aesKeyring() }).encryptItem({
      id: '1',
      ssn: MARKER,
      name: 'n',
    } as never),
  'valibot echoes a picklist': () =>
    itemEncryptor({ table: tableOf(v.picklist(['a'])), keyring: aesKeyring() }).encryptItem({ id: '1', ssn: MARKER, name: 'n' } as never),
  'arktype refuses': () =>
    itemEncryptor({ table: tableOf(type('string.email')), keyring: aesKeyring() }).encryptItem({
      id: '1',
      ssn: MARKER,
      name: 'n',
    } as never),
  'a validator throws': () =>
    itemEncryptor({ table: tableOf(z.string().transform(bomb)), keyring: aesKeyring() }).encryptItem({
      id: '1',
      ssn: MARKER,
      name: 'n',
    } as never),
  'a codec throws': () =>
    itemEncryptor({
      table: tableOf(codec(z.string(), { encode: bomb, decode: value => value }) as never),
      keyring: aesKeyring(),
    }).encryptItem({ id: '1', ssn: MARKER, name: 'n' } as never),
  'an undeclared attribute': () => encryptor().encryptItem({ id: '1', other: MARKER }),
  'a class instance': () =>
    encryptor().encryptItem({
      id: '1',
      ssn: new (class Secret {
        value = MARKER;
      })(),
    }),
  'a date': () => encryptor().encryptItem({ id: '1', ssn: { at: new Date(), note: MARKER } }),
  'no number': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { N: MARKER } }),
  'a lone surrogate': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { S: `${MARKER}\ud800` } }),
  'a member twice': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { SS: [MARKER, MARKER] } }),
  'two types at once': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { S: MARKER, N: '1' } as unknown as AttributeValue }),
  'content of another type': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { S: [MARKER] } as unknown as AttributeValue }),
  'an unknown type': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { [MARKER]: MARKER } as unknown as AttributeValue }),
  'a missing key': () => encryptor().encryptAttributes({ ssn: { S: MARKER } }),
  'an item that is too large': () => encryptor().encryptAttributes({ id: { S: '1' }, ssn: { S: MARKER.repeat(40_000) } }),
  'a context that is too large': () => encryptor().encryptAttributes({ id: { S: MARKER.repeat(6_000) }, ssn: { S: 'x' } }),
  'an item that is no object': () => encryptor().encryptAttributes(MARKER as never),
  'an altered item': async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const stored = await encryptAttributes({ id: { S: MARKER }, name: { S: MARKER }, ssn: { S: MARKER } });
    return decryptAttributes(withBytes(stored, 'ssn', bytes => flipped(bytes, 5)));
  },
  'a plaintext item': () => encryptor().decryptAttributes({ id: { S: MARKER } }),
  'a supplier that throws': () =>
    encryptor({ keyring: hierarchical({ keyStore: store, branchKey: bomb, ttlSeconds: 60 }) }).encryptAttributes({ id: { S: MARKER } }),
  'a supplier that names no key': () =>
    encryptor({ keyring: hierarchical({ keyStore: store, branchKey: () => undefined as never, ttlSeconds: 60 }) }).encryptAttributes({
      id: { S: MARKER },
    }),
  'a key that KMS denies': async () => {
    const fault = fake.fail({ error: 'access-denied' });
    try {
      await encryptor({ keyring: kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client({ maxAttempts: 1 }) }) }).encryptAttributes({
        id: { S: MARKER },
      });
    } finally {
      fault.remove();
    }
  },
  'a refused condition': () =>
    documents().send(
      new PutCommand({
        TableName: 'users',
        Item: { id: '1', ssn: 'x' },
        ConditionExpression: 'ssn = :v',
        ExpressionAttributeValues: { ':v': MARKER },
      }),
    ),
  'a legacy parameter': () => documents().send(new GetCommand({ TableName: 'users', Key: { id: MARKER }, AttributesToGet: [MARKER] })),
  'a key __proto__': () =>
    documents().send(new PutCommand({ TableName: 'users', Item: { id: '1', ssn: JSON.parse(`{"__proto__": "${MARKER}"}`) } })),
};

function documents(): DynamoDBDocumentClient {
  const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>() });
  return encryptedDocumentClient(DynamoDBDocumentClient.from(base), { tables: [users.at('users')], keyring: aesKeyring() });
}

describe('requirement 14: no error holds a value', () => {
  it.each(Object.entries(FAILURES))('%s', async (_, work) => {
    let failure: unknown;
    try {
      await work();
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(FieldsealError);
    const error = failure as FieldsealError;
    const shown = [
      error.message,
      error.stack,
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 10, showHidden: true }),
      inspect(error.cause, { depth: 10, showHidden: true }),
    ];
    for (const text of shown) expect(text).not.toContain(MARKER);
  });

  it('the marker would be found: a plain error with it shows it everywhere', () => {
    const control = new Error(MARKER);
    expect([control.message, control.stack, String(control), inspect(control)].every(text => text?.includes(MARKER))).toBe(true);
  });

  it('a cause keeps the name, code, status and request id of a foreign error, and no more', () => {
    const foreign = Object.assign(new Error(MARKER), {
      name: 'AccessDeniedException',
      code: 'E1',
      $metadata: { httpStatusCode: 403, requestId: 'abc-1' },
      Item: MARKER,
    });
    const { cause } = new FieldsealError('KEY_ACCESS_DENIED', 'denied', { cause: foreign });
    expect(cause).toEqual({ name: 'AccessDeniedException', code: 'E1', status: 403, requestId: 'abc-1' });
    const odd = new FieldsealError('KEY_ACCESS_DENIED', 'denied', {
      cause: Object.assign(new Error(), { name: `a name with ${MARKER}`, code: `${MARKER}!` }),
    });
    expect(odd.cause).toEqual({ name: 'Error' });
  });
});
