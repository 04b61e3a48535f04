import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, multi } from 'fieldseal/kms';
import { FakeKms, fieldsealMatchers, memoryKeyStore } from 'fieldseal/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aesKeyring,
  ann,
  FORMS,
  fakeKms,
  keyring,
  kmsKey,
  otherTable,
  SSN,
  storedUser,
  storedVisit,
  users,
  visits,
} from './stored-items.ts';

expect.extend(fieldsealMatchers);
afterAll(() => fakeKms.close());

const $metadata = { httpStatusCode: 200 };
let stored: Record<string, unknown>;
beforeAll(async () => {
  stored = await storedUser();
});

/** The message a failed expectation has. */
function messageOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it did not fail');
}

describe.each(FORMS)('toBeEncrypted of %s', (_, form) => {
  it('an encrypted item, and one in clear', () => {
    expect(form(stored)).toBeEncrypted();
    expect(form(ann)).not.toBeEncrypted();
    expect(() => expect(form(ann)).toBeEncrypted()).toThrow('neither header nor footer');
    expect(() => expect(form(stored)).not.toBeEncrypted()).toThrow('the item is encrypted');
  });

  it.each<[string, (item: Record<string, unknown>) => unknown]>([
    ['the answer of GetItem', Item => ({ Item, $metadata })],
    ['the answer of an update', Attributes => ({ Attributes, $metadata })],
    ['the answer of a query', item => ({ Items: [item, item], Count: 2, $metadata })],
    ['the answer of BatchGetItem', item => ({ Responses: { users: [item], other: [item] }, UnprocessedKeys: {}, $metadata })],
    ['the answer of TransactGetItems', Item => ({ Responses: [{ Item }, {}], $metadata })],
    ['a list of items', item => [item, item]],
    ['the input of a put', Item => ({ TableName: 'users', Item })],
    ['the input of BatchWriteItem', Item => ({ RequestItems: { users: [{ PutRequest: { Item } }] } })],
    ['the input of TransactWriteItems', Item => ({ TransactItems: [{ Put: { TableName: 'users', Item } }] })],
  ])('%s', (_name, around) => {
    expect(around(form(stored))).toBeEncrypted({ attributes: ['ssn'] });
    expect(around(form(ann))).not.toBeEncrypted({ attributes: ['ssn'] });
    expect(() => expect(around(form(stored))).not.toBeEncrypted()).toThrow();
    expect(() => expect(around(form(ann))).toBeEncrypted()).toThrow();
  });

  it('a list of which one item is encrypted is neither', () => {
    const mixed = { Items: [form(stored), form(ann)] };
    expect(messageOf(() => expect(mixed).toBeEncrypted())).toContain('the item at Items[1] is not encrypted');
    expect(messageOf(() => expect(mixed).not.toBeEncrypted())).toContain('the item at Items[0] is encrypted');
  });

  it.each<[string, (item: Record<string, unknown>) => Record<string, unknown>, string]>([
    ['no footer', ({ aws_dbe_foot: _foot, ...item }) => item, 'its footer is missing or not binary'],
    ['no header', ({ aws_dbe_head: _head, ...item }) => item, 'its header is missing or not binary'],
    ['a header that is a text', item => ({ ...item, aws_dbe_head: 'x' }), 'its header is missing or not binary'],
    ['a header cut short', item => ({ ...item, aws_dbe_head: (item.aws_dbe_head as Uint8Array).subarray(1) }), 'is damaged'],
    ['a footer of another length', item => ({ ...item, aws_dbe_foot: new Uint8Array(47) }), 'its footer is not of this header'],
  ])('an item with %s is neither', (_name, damage, why) => {
    const item = form(damage(stored));
    expect(() => expect(item).toBeEncrypted()).toThrow(why);
    expect(() => expect(item).not.toBeEncrypted()).toThrow(why);
  });

  it('attributes that are and are not encrypted', () => {
    expect(form(stored)).toBeEncrypted({ attributes: ['ssn'] });
    expect(form(stored)).not.toBeEncrypted({ attributes: ['id'] });
    expect(() => expect(form(stored)).toBeEncrypted({ attributes: ['ssn', 'id'] })).toThrow('attribute "id" of the item is not encrypted');
    expect(() => expect(form(stored)).not.toBeEncrypted({ attributes: ['ssn', 'id'] })).toThrow('attribute "ssn" of the item is encrypted');
    for (const wrong of [
      { ...stored, ssn: SSN },
      { ...stored, ssn: 42 },
      { ...stored, ssn: Buffer.from(`${SSN} and more`) },
    ])
      expect(() => expect(form(wrong)).toBeEncrypted({ attributes: ['ssn'] })).toThrow('attribute "ssn" of the item is not encrypted');
  });

  it('an attribute that is not there is neither', () => {
    expect(() => expect(form(stored)).toBeEncrypted({ attributes: ['note'] })).toThrow('attribute "note" of the item is not there');
    expect(() => expect(form(stored)).not.toBeEncrypted({ attributes: ['note'] })).toThrow('attribute "note" of the item is not there');
  });

  it('items with unsigned attributes', async () => {
    const visit = form(await storedVisit({ id: 'v-1', ssn: SSN, seenAt: 1 }));
    expect(visit).toBeEncrypted({ attributes: ['ssn'] });
    expect(visit).not.toBeEncrypted({ attributes: ['seenAt'] });
  });

  it('unsigned bytes that look like encrypted ones, which the table tells apart', async () => {
    const visit = form(await storedVisit({ id: 'v-1', ssn: SSN, seenAt: 1, photo: new Uint8Array(40) }));
    for (const attributes of [['ssn'], ['photo']]) {
      expect(() => expect(visit).toBeEncrypted({ attributes })).toThrow('give `table`');
      expect(() => expect(visit).not.toBeEncrypted({ attributes })).toThrow('give `table`');
    }
    expect(visit).toBeEncrypted({ attributes: ['ssn'], table: visits });
    expect(visit).not.toBeEncrypted({ attributes: ['photo'], table: visits });
    expect(() => expect(form(stored)).toBeEncrypted({ attributes: ['ssn'], table: otherTable })).toThrow(
      'the table signs other attributes',
    );
  });

  it('an item whose attributes are called as members of answers are', () => {
    const order = { id: 'o-1', Items: [{ sku: '1' }], Item: { a: 1 } };
    expect(form(order)).not.toBeEncrypted();
    expect(() => expect(form(order)).toBeEncrypted()).toThrow();
    expect(form({ ...stored, Items: ['x'] })).toBeEncrypted();
  });
});

describe('toBeEncrypted', () => {
  it.each([
    ['an answer without the item', { $metadata }],
    ['a query that found none', { Items: [], Count: 0, $metadata }],
    ['no list', []],
    ['nothing', undefined],
    ['an empty object', {}],
    ['a text', 'aws_dbe_head'],
  ])('%s is neither', (_, received) => {
    expect(() => expect(received).toBeEncrypted()).toThrow('there is no item');
    expect(() => expect(received).not.toBeEncrypted()).toThrow('there is no item');
    expect(() => expect(received).toBeEncryptedUnder(kmsKey.arn)).toThrow('there is no item');
    expect(() => expect(received).not.toBeEncryptedUnder(kmsKey.arn)).toThrow('there is no item');
  });

  it('takes commands', () => {
    expect(new PutCommand({ TableName: 'users', Item: stored })).toBeEncrypted();
    expect(new PutCommand({ TableName: 'users', Item: ann })).not.toBeEncrypted();
    expect(new PutItemCommand({ TableName: 'users', Item: marshall(stored) })).toBeEncrypted({ attributes: ['ssn'] });
    expect(new BatchWriteCommand({ RequestItems: { users: [{ PutRequest: { Item: stored } }] } })).toBeEncrypted();
    expect(new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 'users', Item: ann } }] })).not.toBeEncrypted();
    expect(() => expect(new GetItemCommand({ TableName: 'users', Key: { id: { S: '1' } } })).toBeEncrypted()).toThrow();
  });

  it('is an asymmetric matcher too', () => {
    const send = vi.fn();
    send({ TableName: 'users', Item: stored });
    expect(send).toHaveBeenCalledWith(expect.toBeEncrypted({ attributes: ['ssn'] }));
    expect(send).toHaveBeenCalledWith({ TableName: 'users', Item: expect.toBeEncrypted() });
    const { not } = expect as unknown as { not: typeof expect }; // vitest has them, its types do not
    expect(send).toHaveBeenCalledWith({ TableName: 'users', Item: not.toBeEncryptedUnder('another-key') });
    expect(send).not.toHaveBeenCalledWith({ TableName: 'users', Item: not.toBeEncrypted() });
  });

  it('says nothing of values', async () => {
    const item = await storedUser({ id: 'u-secret-id', ssn: SSN, note: 'a secret note' });
    const messages = [
      messageOf(() => expect(item).not.toBeEncrypted({ attributes: ['ssn', 'note', 'id'] })),
      messageOf(() => expect({ id: 'u-secret-id', ssn: SSN }).toBeEncrypted({ attributes: ['ssn'] })),
      messageOf(() => expect(item).toBeEncryptedUnder('other')),
    ];
    for (const message of messages) expect(message).toContainNoPlaintext('u-secret-id', SSN, 'secret note');
  });
});

describe.each(FORMS)('toBeEncryptedUnder of %s', (_, form) => {
  it('KMS keys, by ARN and by id', () => {
    for (const id of [kmsKey.arn, kmsKey.keyId]) {
      expect(form(stored)).toBeEncryptedUnder(id);
      expect(() => expect(form(stored)).not.toBeEncryptedUnder(id)).toThrow(`is encrypted under "${id}"`);
    }
    const other = fakeKms.createKey();
    expect(form(stored)).not.toBeEncryptedUnder(other.arn);
    expect(() => expect(form(stored)).toBeEncryptedUnder(other.arn)).toThrow(
      `not encrypted under "${other.arn}", but under "${kmsKey.arn}"`,
    );
    expect(form(stored)).not.toBeEncryptedUnder(kmsKey.keyId.slice(1));
  });

  it('the keys of several recipients', async () => {
    const both = multi({ generator: keyring, children: [aesKeyring] });
    const item = form(await itemEncryptor({ table: users, keyring: both }).encryptItem(ann));
    expect(item).toBeEncryptedUnder(kmsKey.arn);
    expect(item).toBeEncryptedUnder('backup-2026');
    expect(item).not.toBeEncryptedUnder('backup-2025');
    expect(() => expect(item).toBeEncryptedUnder('backup')).toThrow('"backup-2026"');
  });

  it('branch keys', async () => {
    const keyStore = memoryKeyStore();
    const { branchKeyId } = await keyStore.createKey();
    const branch = hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 60 });
    const item = form(await itemEncryptor({ table: users, keyring: branch }).encryptItem(ann));
    expect(item).toBeEncryptedUnder(branchKeyId);
    expect(item).not.toBeEncryptedUnder('tenant-b');
  });

  it('an item in clear is under no key, nor is it under another one', () => {
    expect(() => expect(form(ann)).toBeEncryptedUnder(kmsKey.arn)).toThrow('neither header nor footer');
    expect(() => expect(form(ann)).not.toBeEncryptedUnder(kmsKey.arn)).toThrow('neither header nor footer');
  });
});

describe('toBeEncryptedUnder', () => {
  it('refuses what names no key of an item, under .not as well', () => {
    const refused = expect.objectContaining({ code: 'INPUT_INVALID' });
    for (const id of ['alias/app', new FakeKms().createKey().arn.replace(/key\/.*/, 'alias/app'), '']) {
      expect(() => expect(stored).toBeEncryptedUnder(id)).toThrow(refused);
      expect(() => expect(stored).not.toBeEncryptedUnder(id)).toThrow(refused);
    }
  });
});
