import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attributeActions } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { aesKeyring, ann, CONTEXT, codeOf, encryptor, SYMMETRIC, withBytes } from './support.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => [name, readFileSync(join(SRC, name), 'utf8')] as const);

/** Files that may compare bytes in variable time, and what they compare: nothing secret. */
const PUBLIC_COMPARISONS: Readonly<Record<string, string>> = {
  'bytes/compare.ts': 'the one home of comparisons',
  'bytes/base64.ts': 'a text with its canonical form',
  'dynamodb/serialize.ts': 'members of a set, to refuse duplicates',
  'keys/branch/hierarchical-leaf.ts': 'a branch key id',
};

describe('requirement 15: comparisons of secrets', () => {
  it('commitment and tags are compared by equalSecrets, which uses timingSafeEqual after a length check', () => {
    const source = (name: string): string => sources.find(([file]) => file === name)?.[1] ?? '';
    expect(source('bytes/compare.ts')).toContain('a.length === b.length && timingSafeEqual(a, b)');
    expect(source('format/footer.ts')).toContain('equalSecrets(tag, expected)');
    expect(source('format/derivation.ts')).toContain('equalSecrets(commitment');
  });

  it.each(sources.filter(([name]) => !name.startsWith('testing/')))('%s compares no bytes in another way', (name, source) => {
    if (name in PUBLIC_COMPARISONS) return;
    expect(source).not.toMatch(/\.equals\(|Buffer\.compare\(|isDeepStrictEqual|\.toString\('(hex|base64)'\)\s*[!=]==/);
  });

  it.each([0, 1, 47, 49, 96, 103, 151, 1000])('a footer of %i bytes is not authentic, never a RangeError', async length => {
    const stored = await encryptor().encryptAttributes(ann);
    expect(await codeOf(() => encryptor().decryptAttributes(withBytes(stored, 'aws_dbe_foot', () => Buffer.alloc(length))))).toBe(
      'NOT_AUTHENTIC',
    );
  });

  it.each([0, 1, 35, 100])('a header cut to %i bytes is malformed, never a RangeError', async length => {
    const stored = await encryptor().encryptAttributes(ann);
    expect(await codeOf(() => encryptor().decryptAttributes(withBytes(stored, 'aws_dbe_head', bytes => bytes.subarray(0, length))))).toBe(
      'MALFORMED',
    );
  });
});

describe('requirement 15: names of Object.prototype', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  it.each(names)('%s as an attribute, a key attribute, in the context and as a map key', async name => {
    const actions = JSON.parse(`{"id": "${CONTEXT}", ${JSON.stringify(name)}: "${CONTEXT}", "deep": "ENCRYPT_AND_SIGN"}`);
    const table = attributeActions({ logicalTableName: 't', partitionKeyName: 'id', attributeActionsOnEncrypt: actions });
    const { encryptAttributes, decryptAttributes } = itemEncryptor({ table, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
    const item = JSON.parse(
      `{"id": {"S": "1"}, ${JSON.stringify(name)}: {"S": "v"}, "deep": {"M": {${JSON.stringify(name)}: {"S": "inner"}}}}`,
    );
    const stored = await encryptAttributes(item);
    expect(Object.keys(stored)).toContain(name);
    const opened = await decryptAttributes(stored);
    expect(Object.entries(opened)).toEqual(Object.entries(item));
    expect(Object.getPrototypeOf(opened)).toBe(Object.prototype);
    expect(Object.entries(opened.deep?.M ?? {})).toEqual([[name, { S: 'inner' }]]);
  });

  it('JavaScript values with such a key fail with a code instead of losing it', async () => {
    const { encryptItem } = encryptor();
    const item = { id: '1', ssn: JSON.parse('[{"__proto__": {"isAdmin": true}}]') };
    expect(await codeOf(() => encryptItem(item))).toBe('ATTRIBUTE_INVALID');
  });
});
