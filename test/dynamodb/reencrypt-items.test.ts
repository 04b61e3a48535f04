import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { aesKeyring, SIGNED, SYMMETRIC } from '../security/support.ts';

const fields = { id: key.partition(), email: encrypted<string>(), name: signed<string>(), seenAt: unsigned<number>().optional() };
const users = table('users', fields);
const ann = { id: 'ann', email: 'MARKER@example.com', name: 'Ann', seenAt: 1 };

describe('re-encryption without a client', () => {
  const [a, b] = [aesKeyring(1), aesKeyring(2)];
  const under = (keyring: typeof a, algorithmSuiteId: typeof SIGNED | typeof SYMMETRIC = SYMMETRIC) =>
    itemEncryptor({ table: users, keyring, algorithmSuiteId });

  it('encrypts items and attributes anew, in the form that they have', async () => {
    const item = await under(a).encryptItem(ann);
    const before = structuredClone(item);
    const again = await under(a, SIGNED).reencryptItem(item);
    expect(again).toMatchObject({ id: 'ann', name: 'Ann', seenAt: 1, email: expect.any(Uint8Array) });
    expect(inspectItem(again).algorithmSuiteId).toBe(SIGNED);
    expect(await under(a).decryptItem(again)).toEqual(ann);
    expect(structuredClone(item)).toEqual(before);
    const attributes = { id: { S: 'ann' }, email: { S: 'x' }, name: { S: 'Ann' }, seenAt: { N: '1.50' } };
    const stored = await under(a).encryptAttributes(attributes);
    const moved = await under(a).reencryptAttributes(stored, { to: { keyring: b } });
    expect(moved.seenAt).toEqual({ N: '1.50' });
    expect(moved.email).not.toEqual(stored.email);
    expect(await under(b).decryptAttributes(moved)).toEqual(attributes);
    await expect(under(a).decryptAttributes(moved)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it('refuses items without encryption, and weaker actions', async () => {
    const { reencryptItem, reencryptAttributes } = under(a);
    await expect(reencryptItem(ann)).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
    await expect(reencryptAttributes({ id: { S: 'ann' } })).rejects.toMatchObject({ code: 'NOT_ENCRYPTED' });
    await expect(reencryptItem(Promise.resolve(ann))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const weaker = itemEncryptor({ table: table('users', { ...fields, email: signed<string>() }), keyring: a });
    await expect(weaker.reencryptItem(await under(a).encryptItem(ann))).rejects.toMatchObject({
      code: 'DECLASSIFICATION_REFUSED',
      attributes: ['email'],
    });
  });
});
