import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { attributeActions } from 'fieldseal';
import { type AttributeMap, itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, kms } from 'fieldseal/kms';
import { FakeKms, memoryKeyStore } from 'fieldseal/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { aesKeyring, CONTEXT, codeOf, flipped, withBytes } from '../security/support.ts';
import { type Heard, hearing } from './support.ts';

const MARKERS = Object.fromEntries(
  ['partition', 'sort', 'tenant', 'secret', 'inner', 'signed', 'unsigned'].map(role => [role, `M${randomBytes(12).toString('hex')}`]),
);
const marked = (role: string): { S: string } => ({ S: MARKERS[role] ?? '' });
const TABLE_NAME = `orders-${randomBytes(6).toString('hex')}`;

const table = attributeActions({
  logicalTableName: TABLE_NAME,
  partitionKeyName: 'id',
  sortKeyName: 'at',
  attributeActionsOnEncrypt: {
    id: CONTEXT,
    at: CONTEXT,
    tenantId: CONTEXT,
    card: 'ENCRYPT_AND_SIGN',
    address: 'ENCRYPT_AND_SIGN',
    status: 'SIGN_ONLY',
    seen: 'DO_NOTHING',
  },
  allowedUnsignedAttributes: ['seen'],
});

const item: AttributeMap = {
  id: marked('partition'),
  at: marked('sort'),
  tenantId: marked('tenant'),
  card: marked('secret'),
  address: { M: { [MARKERS.inner ?? '']: { L: [marked('secret')] } } },
  status: marked('signed'),
  seen: marked('unsigned'),
};

const fake = new FakeKms();
const { arn } = fake.createKey();
const keyStore = memoryKeyStore();
const { branchKeyId } = await keyStore.createKey('tenant-1');

const KEYRINGS = {
  kms: () => kms({ kmsKeyId: arn, kmsClient: fake.client({ maxAttempts: 1 }) }),
  'raw AES': () => aesKeyring(),
  hierarchical: () => hierarchical({ keyStore, branchKey: ({ context }) => (context.tenantId ? branchKeyId : ''), ttlSeconds: 60 }),
};

afterEach(() => fake.reset());
afterAll(() => fake.close());

/** Whatever of a value could be found in an event: the text itself, and how bytes of it are shown. */
function shownIn(heard: Heard): { readonly markers: readonly string[]; readonly text: string } {
  const text = inspect(heard, { depth: 12, maxArrayLength: null, maxStringLength: null, showHidden: true });
  const forms = (value: string): string[] => [
    value,
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('base64').slice(0, 30),
  ];
  return { text, markers: Object.keys(MARKERS).filter(role => forms(MARKERS[role] ?? '').some(form => text.includes(form))) };
}

describe.each(Object.entries(KEYRINGS))('under %s no event holds a value', (_, keyring) => {
  const open = (given = keyring()): ReturnType<typeof itemEncryptor> => itemEncryptor({ table, keyring: given });

  it('when items are written and read', async () => {
    using listener = hearing();
    const { encryptAttributes, decryptAttributes } = open();
    expect(await decryptAttributes(await encryptAttributes(item))).toEqual(item);
    const { markers, text } = shownIn(listener.heard);
    expect(markers).toEqual([]);
    expect(text.split(TABLE_NAME).length).toBeGreaterThan(2);
  });

  it.each(['aws_dbe_head', 'aws_dbe_foot', 'card'])('when %s was tampered with', async name => {
    const { encryptAttributes, decryptAttributes } = open();
    const stored = await encryptAttributes(item);
    using listener = hearing();
    for (const index of [0, 3, 40, -1]) await codeOf(() => decryptAttributes(withBytes(stored, name, bytes => flipped(bytes, index))));
    await codeOf(() => decryptAttributes(withBytes(stored, name, bytes => bytes.subarray(0, 20))));
    expect(listener.heard['fieldseal:decrypt']).toHaveLength(5);
    expect(listener.heard['fieldseal:decrypt'].every(({ error }) => error !== undefined)).toBe(true);
    expect(shownIn(listener.heard).markers).toEqual([]);
  });

  it('when values were put elsewhere, or the key is another one', async () => {
    const stored = await open().encryptAttributes(item);
    using listener = hearing();
    await codeOf(() => open().decryptAttributes({ ...stored, status: marked('secret'), tenantId: marked('sort') }));
    await codeOf(() => open(aesKeyring(2)).decryptAttributes(stored));
    expect(listener.heard['fieldseal:decrypt'].map(({ keyIds }) => keyIds)).toEqual([[], []]);
    expect(shownIn(listener.heard).markers).toEqual([]);
  });
});

describe('what fails outside', () => {
  it.each(['access-denied', 'throttle', 'timeout'] as const)('%s of KMS tells no value', async error => {
    const { encryptAttributes, decryptAttributes } = itemEncryptor({ table, keyring: KEYRINGS.kms() });
    const stored = await encryptAttributes(item);
    using _fault = fake.fail({ error });
    using listener = hearing();
    await codeOf(() => encryptAttributes(item));
    await codeOf(() => decryptAttributes(stored));
    expect(listener.heard['fieldseal:kms'].map(event => [event.operation, event.error !== undefined])).toEqual([
      ['GenerateDataKey', true],
      ['Decrypt', true],
    ]);
    expect(shownIn(listener.heard).markers).toEqual([]);
  });

  it('a supplier of branch keys that throws its context tells no value', async () => {
    const branchKey = ({ context }: { context: Readonly<Record<string, string>> }): never => {
      throw new Error(context.tenantId);
    };
    using listener = hearing();
    await codeOf(() => itemEncryptor({ table, keyring: hierarchical({ keyStore, branchKey, ttlSeconds: 60 }) }).encryptAttributes(item));
    expect(listener.heard['fieldseal:encrypt']).toHaveLength(1);
    expect(shownIn(listener.heard).markers).toEqual([]);
  });
});

it('a value in an event would be found, in every form', () => {
  for (const keyId of [MARKERS.secret, Buffer.from(MARKERS.secret ?? '').toString('base64')]) {
    const heard = { 'fieldseal:kms': [{ operation: 'Decrypt', keyId }] } as unknown as Heard; // an event that holds what it must not
    expect(shownIn(heard).markers).toEqual(['secret']);
  }
});
