import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, type ReencryptInput, reencrypt } from 'fieldseal/dynamodb';
import { multi } from 'fieldseal/kms';
import { describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';
import { oneItemTable } from './one-item-table.ts';

const TableName = 'reencrypted';
const fields = {
  id: key.partition(),
  email: encrypted<string>(),
  name: signed<string>(),
  seenAt: unsigned<number>().optional(),
};
const users = table('users', fields);
const Key = { id: 'ann' };
const ann = { ...Key, email: 'MARKER@example.com', name: 'Ann', seenAt: 1 };

const { plain, client, stored, put, read } = oneItemTable(TableName, users, ann);

describe('reencrypt refuses, and leaves untouched,', () => {
  /** What is stored stays as it is. */
  async function refused(input: object, code: string, options: Partial<EncryptedClientOptions> = {}): Promise<void> {
    const before = await stored();
    await expect(reencrypt(client(options), { TableName, ...input } as ReencryptInput<DynamoDBDocumentClient>)).rejects.toMatchObject({
      code,
    });
    expect(await stored()).toEqual(before);
  }

  it.each(['name', 'email', 'aws_dbe_head', 'aws_dbe_foot'])('an item whose %s was tampered with', async name => {
    const item = { ...(await put()) } as Record<string, unknown>;
    const bytes = item[name];
    item[name] = bytes instanceof Uint8Array ? Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)) : 'Bob';
    await plain().send(new PutCommand({ TableName, Item: item }));
    await refused({ item }, 'NOT_AUTHENTIC');
    await refused({ Key, force: true }, 'NOT_AUTHENTIC');
  });

  it('an item without encryption, whatever the policy', async () => {
    await plain().send(new PutCommand({ TableName, Item: ann }));
    for (const plaintextOverride of [
      undefined,
      'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
      'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
    ] as const) {
      await refused({ item: ann }, 'NOT_ENCRYPTED', { plaintextOverride });
      await refused({ Key }, 'NOT_ENCRYPTED', { plaintextOverride });
    }
  });

  it('an item that only seems to have a header', async () => {
    const { aws_dbe_foot: _, ...item } = (await put()) as Record<string, unknown>;
    await refused({ item }, 'NOT_AUTHENTIC');
  });

  it('attributes that the schema does not know', async () => {
    const more = table('users', { ...fields, extra: encrypted<string>() });
    const item = await put({ tables: [more.at(TableName)] }, { ...ann, extra: 'MARKER' });
    await refused({ item }, 'ATTRIBUTE_UNKNOWN');
  });

  it('an item that lacks what the schema now has in its context', async () => {
    const item = await put();
    const inContext = table('users', { ...fields, team: signed<string>({ context: true }) });
    await refused({ item }, 'ATTRIBUTE_MISSING', { tables: [inContext.at(TableName)] });
  });

  it('an item that would be too large', async () => {
    await put({}, { ...ann, email: 'x'.repeat(390_000) });
    const many = multi({ generator: aesKeyring(1), children: Array.from({ length: 9 }, (_, i) => aesKeyring(i + 2, 'x'.repeat(2000))) });
    await refused({ Key }, 'ITEM_TOO_LARGE', { keyring: many });
  });

  it('clients that may not open, or not write', async () => {
    const item = await put();
    for (const mode of ['decrypt', 'encrypt'] as const) await refused({ item, force: true }, 'OPERATION_REFUSED', { mode });
  });

  it('keyrings that do not encrypt, and more keys than can be read back', async () => {
    const item = await put();
    const reading = multi({ children: [aesKeyring()] });
    await refused({ item }, 'KEYRING_REFUSED', { keyring: reading });
    await refused({ item, to: { keyring: reading } }, 'KEYRING_REFUSED');
    const both = multi({ generator: aesKeyring(), children: [aesKeyring(2)] });
    await refused({ item, to: { keyring: both } }, 'CONFIG_INVALID', { maxEncryptedDataKeys: 1 });
  });

  it.each([
    ['a misspelt member', { Key, forced: true }],
    ['a misspelt target', { Key, to: { keyrings: [] } }],
    ['a keyring for a target', { Key, to: aesKeyring() }],
    ['neither item nor key', {}],
    ['an item and a key', { Key, item: ann }],
    ['another table', { Key, TableName: 'other' }],
    ['a key with less', { Key: {} }],
    ['an item without its key', { item: { email: 'x' } }],
    ['a promise', { item: Promise.resolve(ann) }],
    ['a list', { item: [ann] }],
  ])('%s', async (_, input) => {
    await refused(input, 'INPUT_INVALID');
  });

  it('a key with more than the key', async () => {
    await refused({ Key: { ...Key, email: 'MARKER' } }, 'OPERATION_REFUSED');
  });

  it('an item that a client decrypted, and clients without encryption', async () => {
    await put();
    await refused({ item: await read() }, 'INPUT_INVALID');
    for (const other of [plain(), undefined, {}])
      await expect(reencrypt(other as DynamoDBDocumentClient, { TableName, Key })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
