/** Single cases of what the fuzz tests look for: input that is not what its type says has a coded outcome, which quotes no value. */
import { Buffer } from 'node:buffer';
import { attributeActions } from 'fieldseal';
import { inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';
import { describe, expect, test } from 'vitest';
import type { Item } from '../reference/formulas.ts';
import { codeOf } from './outcome.ts';

const table = attributeActions({
  logicalTableName: 'table',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', secret: 'ENCRYPT_AND_SIGN', signed: 'SIGN_ONLY', unsigned: 'DO_NOTHING' },
  allowedUnsignedAttributes: ['unsigned'],
});
const keyring = rawAes({ keyNamespace: 'test', keyName: 'aes', wrappingKey: Buffer.alloc(32, 1) });
const { encryptAttributes, decryptAttributes, explain } = itemEncryptor({ table, keyring });

/** The test's own claim that this is an item. */
const itemWith = (attributes: object): Item => ({ id: { S: 'id' }, ...attributes }) as Item;
const hole = <T>(element: T): T[] => Object.assign([] as T[], { 1: element });

describe('sets and lists with holes', () => {
  const sparse = { SS: hole('a'), NS: hole('1'), BS: hole(Buffer.of(1)), L: hole({ S: '' }) };

  test.each(Object.entries(sparse))('%s', async (type, content) => {
    for (const name of ['secret', 'signed']) {
      expect(await codeOf(() => encryptAttributes(itemWith({ [name]: { [type]: content } })))).toBe('ATTRIBUTE_INVALID');
    }
  });
});

const noValues: Readonly<Record<string, unknown>> = {
  null: null,
  'a number': 5,
  'a text': 'secret',
  'S without text': { S: 5 },
  'N without text': { N: null },
  'B without bytes': { B: null },
  'SS that is no array': { SS: 'secret' },
  'NS of numbers': { NS: [1, 2] },
  'BS of nothing': { BS: [undefined] },
  'L of null': { L: [null] },
  'L that is no array': { L: {} },
  'M of null': { M: { a: null } },
  'two types': { S: 'a', N: '1' },
  'no type': {},
};

describe.each(Object.entries(noValues))('%s', (_, value) => {
  test.each(['id', 'secret', 'signed'])('is refused in %s', async name => {
    expect(await codeOf(() => encryptAttributes(itemWith({ [name]: value })))).toBe('ATTRIBUTE_INVALID');
  });

  test('has a coded outcome in an unsigned attribute', async () => {
    await codeOf(() => encryptAttributes(itemWith({ unsigned: value })));
  });

  test('does not keep an authentic item with it in an unsigned attribute from being read', async () => {
    const stored = { ...(await encryptAttributes(itemWith({ secret: { S: 'a' } }))), unsigned: value } as Item; // not signed, so anybody may have put it there
    expect((await decryptAttributes(stored)).secret).toEqual({ S: 'a' });
    await codeOf(() => explain(stored));
    await codeOf(() => inspectItem(stored));
  });

  test('has a coded outcome as header or footer', async () => {
    const stored = await encryptAttributes(itemWith({}));
    for (const name of ['aws_dbe_head', 'aws_dbe_foot']) {
      const altered = { ...stored, [name]: value } as Item; // as a damaged database may give it
      expect(await codeOf(() => decryptAttributes(altered))).toMatch(/^(MALFORMED|NOT_AUTHENTIC)$/);
      expect(await codeOf(() => inspectItem(altered))).toMatch(/^(MALFORMED|NOT_AUTHENTIC|NOT_ENCRYPTED)$/);
      expect(await explain(altered)).toMatchObject({ outcome: 'failed' });
    }
  });
});
