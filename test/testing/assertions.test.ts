import { AssertionError } from 'node:assert';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { hierarchical, multi } from 'fieldseal/kms';
import { assertEncrypted, assertNoPlaintext, memoryKeyStore } from 'fieldseal/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { aesKeyring, ann, FORMS, fakeKms, keyring, kmsKey, SSN, storedUser, users } from './stored-items.ts';

afterAll(() => fakeKms.close());

describe.each(FORMS)('assertEncrypted of %s', (_, form) => {
  it('accepts what is encrypted, and names what is not', async () => {
    const stored = form(await storedUser());
    assertEncrypted(stored);
    assertEncrypted({ Items: [stored, stored], Count: 2 }, { attributes: ['ssn'], keyIds: [kmsKey.arn] });
    const refusals: [() => void, string][] = [
      [() => assertEncrypted(form(ann)), 'neither header nor footer'],
      [() => assertEncrypted({ Items: [stored, form(ann)] }), 'the item at Items[1]'],
      [() => assertEncrypted({ Items: [] }), 'there is no item'],
      [() => assertEncrypted(stored, { attributes: ['ssn', 'id'] }), 'attribute "id" of the item is not encrypted'],
      [() => assertEncrypted(stored, { keyIds: [kmsKey.arn, 'backup-2026'] }), 'not encrypted under "backup-2026"'],
      [() => assertEncrypted(stored, { branchKeyId: 'tenant-a' }), 'not encrypted under branch key "tenant-a"'],
    ];
    for (const [assertion, message] of refusals) {
      expect(assertion).toThrow(AssertionError);
      expect(assertion).toThrow(message);
    }
  });

  it('the branch key, and the other recipients', async () => {
    const keyStore = memoryKeyStore();
    const { branchKeyId } = await keyStore.createKey('tenant-a');
    const generator = hierarchical({ keyStore, branchKey: branchKeyId, ttlSeconds: 60 });
    const { encryptItem } = itemEncryptor({ table: users, keyring: multi({ generator, children: [keyring, aesKeyring] }) });
    const stored = form(await encryptItem(ann));
    assertEncrypted(stored, { branchKeyId, keyIds: [kmsKey.keyId, 'backup-2026'] });
    expect(() => assertEncrypted(stored, { branchKeyId: 'backup-2026' })).toThrow('branch key "backup-2026"');
    expect(() => assertEncrypted(stored, { keyIds: ['alias/app'] })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});

describe('assertNoPlaintext', () => {
  it('throws where a marker is found', async () => {
    assertNoPlaintext(await storedUser(), SSN, 'ann@example.com');
    expect(() => assertNoPlaintext(ann, SSN)).toThrow(AssertionError);
    expect(() => assertNoPlaintext(ann, SSN)).toThrow('the marker is found in attribute "ssn" of the item');
  });
});
