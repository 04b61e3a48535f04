import { encrypted, key, table, unsigned } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aesKeyring, codeOf } from './support.ts';

describe('requirement 24: unsigned attributes are named', () => {
  it('the builder lists exact names, and no prefix', () => {
    const users = table('users', { id: key.partition<string>(), seenAt: unsigned(z.number()), ssn: encrypted<string>() });
    expect([...users.structure.unsignedNames]).toEqual(['seenAt']);
    expect(users.structure.unsignedPrefix).toBeUndefined();
    expect(users.structure.isSigned('seenAt2')).toBe(true);
  });

  it('a prefix is an explicit option, and undeclared names under it fail on write', async () => {
    const users = table('users', { id: key.partition<string>(), ':seenAt': unsigned<number>().optional() }, { unsignedPrefix: ':' });
    const { encryptItem, encryptAttributes } = itemEncryptor({ table: users, keyring: aesKeyring() });
    await encryptItem({ id: '1', ':seenAt': 1 });
    expect(await codeOf(() => encryptItem({ id: '1', ':isAdmin': true } as never))).toBe('ATTRIBUTE_UNKNOWN');
    expect(await codeOf(() => encryptAttributes({ id: { S: '1' }, ':isAdmin': { BOOL: true } }))).toBe('ATTRIBUTE_UNKNOWN');
  });

  it('an unsigned attribute with the wrong type fails on write', async () => {
    const users = table('users', { id: key.partition<string>(), seenAt: unsigned(z.number()) });
    const { encryptItem } = itemEncryptor({ table: users, keyring: aesKeyring() });
    expect(await codeOf(() => encryptItem({ id: '1', seenAt: 'now' } as never))).toBe('VALIDATION_FAILED');
  });

  it('typed reads drop undeclared unsigned attributes that somebody planted', async () => {
    const users = table('users', { id: key.partition<string>(), ':seenAt': unsigned<number>().optional() }, { unsignedPrefix: ':' });
    const { encryptItem, decryptItem } = itemEncryptor({ table: users, keyring: aesKeyring() });
    const stored = await encryptItem({ id: '1', ':seenAt': 1 });
    expect(await decryptItem({ ...stored, ':isAdmin': true })).toEqual({ id: '1', ':seenAt': 1 });
  });
});
