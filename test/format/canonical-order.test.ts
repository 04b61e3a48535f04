import { Buffer } from 'node:buffer';
import { attributeActions } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';
import { describe, expect, test } from 'vitest';
import { CanonicalPaths, compareByCanonicalPath } from '../../src/format/canonical-path.ts';
import { freezeContext, serializeContext } from '../../src/format/context.ts';

describe('a canonical path', () => {
  const pathOf = (table: string, name: string): string => Buffer.from(new CanonicalPaths(table).of(name)).toString('hex');

  test('is table, depth, dollar, length, name', () => {
    expect(pathOf('T', 'ab')).toBe('54' + '0000000000000001' + '24' + '0000000000000002' + '6162');
  });

  test.each([
    ['é', 1, 'c3a9'],
    ['\ufe4c', 1, 'efb98c'],
    ['\u{10001}', 2, 'f0908081'],
    ['e\u0301', 2, '65cc81'],
    ['a\u{1f600}é', 4, '61f09f9880c3a9'],
  ])('counts the UTF-16 code units of %j, not its bytes', (name, units, bytes) => {
    expect(pathOf('', name)).toBe(`000000000000000124${units.toString(16).padStart(16, '0')}${bytes}`);
  });

  test('has no length before the table name', () => {
    expect(pathOf('', 'a')).toHaveLength(2 * 18);
    expect(pathOf('ключ', 'a').startsWith(Buffer.from('ключ').toString('hex'))).toBe(true);
  });

  test('is the same each time, and another for each name', () => {
    const paths = new CanonicalPaths('T');
    for (let i = 0; i < 3000; i++)
      expect(
        Buffer.from(paths.of(`name ${i % 1500}`))
          .toString('latin1')
          .endsWith(`name ${i % 1500}`),
      ).toBe(true);
  });

  test('of a lone surrogate does not exist', () => {
    expect(() => new CanonicalPaths('T').of('\ud800')).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
    expect(() => new CanonicalPaths('\ud800')).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
  });
});

describe('three different orders of the same names', () => {
  const names = ['\u{10001}', 'zz', '\ufe4c'];

  test('attributes: by length in UTF-16 units, then by bytes of UTF-8', () => {
    expect([...names].sort(compareByCanonicalPath)).toEqual(['\ufe4c', 'zz', '\u{10001}']);
    expect(['Junk', 'RecNum', 'Stuff'].sort(compareByCanonicalPath)).toEqual(['Junk', 'Stuff', 'RecNum']);
  });

  test('encryption context: by bytes of UTF-8', () => {
    const written = Buffer.from(serializeContext(freezeContext(names.map(name => [name, '']))));
    expect(names.map(name => written.indexOf(name))).toEqual([17, 4, 10]); // zz, U+FE4C, U+10001
  });

  test('sets and keys of maps: by UTF-16 units', async () => {
    const table = attributeActions({
      logicalTableName: 'T',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { id: 'SIGN_ONLY', set: 'ENCRYPT_AND_SIGN', map: 'ENCRYPT_AND_SIGN' },
    });
    const { encryptAttributes, decryptAttributes } = itemEncryptor({
      table,
      keyring: rawAes({ keyNamespace: 'test', keyName: 'order', wrappingKey: Buffer.alloc(32, 1) }),
    });
    const M = Object.fromEntries(names.map(name => [name, { S: name }]));
    const { set, map } = await decryptAttributes(await encryptAttributes({ id: { S: '' }, set: { SS: names }, map: { M } }));
    expect(set?.SS).toEqual(['zz', '\u{10001}', '\ufe4c']);
    expect(Object.keys(map?.M ?? {})).toEqual(['zz', '\u{10001}', '\ufe4c']);
  });
});
