import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/bytes/reader.ts';
import { baseContext, type ContextSource, freezeContext, mergeContexts, readContext, serializeContext } from '../../src/format/context.ts';
import { type Terminal, TypeId } from '../../src/format/terminal.ts';

const text = (value: string): Terminal => ({ typeId: TypeId.STRING, value: Buffer.from(value) });
const source: ContextSource = {
  version: 1,
  logicalTableName: 'Orders',
  partitionKeyName: 'id',
  sortKeyName: 'at',
  contextNames: [],
  fields: new Map<string, Terminal>([
    ['id', text('ä')],
    ['at', { typeId: TypeId.NUMBER, value: Buffer.from('1.5') }],
    ['bytes', { typeId: TypeId.BINARY, value: Buffer.of(1, 2, 3) }],
    ['no', { typeId: TypeId.BOOLEAN, value: Buffer.of(0) }],
    ['yes', { typeId: TypeId.BOOLEAN, value: Buffer.of(1) }],
    ['none', { typeId: TypeId.NULL, value: Buffer.alloc(0) }],
    ['set', { typeId: TypeId.STRING_SET, value: Buffer.from('00000000', 'hex') }],
    ['\ufe4c', text('late in UTF-16')],
    ['\u{10001}', { typeId: TypeId.NUMBER, value: Buffer.from('7') }],
  ]),
};
const included = { ...source, version: 2, contextNames: ['yes', 'id', 'bytes', 'at', 'none', 'no', 'set'] } as const;

describe('the base context', () => {
  test('of version 1 has the names and the typed bytes of the keys', () => {
    expect(baseContext(source)).toEqual({
      'aws-crypto-attr.at': Buffer.from('\0\x021.5', 'latin1').toString('base64'),
      'aws-crypto-attr.id': Buffer.from('0001c3a4', 'hex').toString('base64'),
      'aws-crypto-partition-name': 'id',
      'aws-crypto-sort-name': 'at',
      'aws-crypto-table-name': 'Orders',
    });
  });

  test('of version 1 names no sort key where there is none', () => {
    const context = baseContext({ ...source, sortKeyName: undefined });
    expect(Object.keys(context).sort()).toEqual(['aws-crypto-attr.id', 'aws-crypto-partition-name', 'aws-crypto-table-name']);
  });

  test('of version 2 has readable values, and a legend in the order of its keys', () => {
    expect(baseContext(included)).toEqual({
      'aws-crypto-table-name': 'Orders',
      'aws-crypto-partition-name': 'id',
      'aws-crypto-sort-name': 'at',
      'aws-crypto-attr.at': '1.5',
      'aws-crypto-attr.bytes': Buffer.from('ffff010203', 'hex').toString('base64'),
      'aws-crypto-attr.id': 'ä',
      'aws-crypto-attr.no': 'false',
      'aws-crypto-attr.none': 'null',
      'aws-crypto-attr.set': Buffer.from('010100000000', 'hex').toString('base64'),
      'aws-crypto-attr.yes': 'true',
      'aws-crypto-legend': 'NBSLLBL', // at, bytes, id, no, none, set, yes
    });
  });

  test('of version 2 orders its legend by UTF-8, not by UTF-16', () => {
    const context = baseContext({ ...included, contextNames: ['\u{10001}', '\ufe4c'] });
    expect(context['aws-crypto-legend']).toBe('SN');
  });

  test('needs the attributes that belong to it', () => {
    const missing = expect.objectContaining({ code: 'ATTRIBUTE_MISSING' });
    expect(() => baseContext({ ...source, partitionKeyName: 'other' })).toThrow(missing);
    expect(() => baseContext({ ...source, sortKeyName: 'other' })).toThrow(missing);
    expect(() => baseContext({ ...included, contextNames: ['other'] })).toThrow(missing);
  });
});

describe('the bytes of a context', () => {
  const hex = (entries: readonly (readonly [string, string])[]): string =>
    Buffer.from(serializeContext(freezeContext(entries))).toString('hex');

  test('are two zeros when it is empty', () => {
    expect(hex([])).toBe('0000');
  });

  test('count bytes, not characters', () => {
    expect(hex([['ä', '\u{1f600}']])).toBe('00010002c3a40004f09f9880');
  });

  test('are in the byte order of the keys, upper case before lower, and digits as text', () => {
    const keysOf = (entries: readonly (readonly [string, string])[]): string[] => {
      const reader = new ByteReader(serializeContext(freezeContext(entries)), 'context');
      const take = (): string => Buffer.from(reader.take(reader.u16())).toString();
      return Array.from({ length: reader.u16() }, () => [take(), take()][0] ?? '');
    };
    expect(keysOf(['aws-crypto-attr.aaa', 'aws-crypto-attr.Pk'].map(key => [key, '']))).toEqual([
      'aws-crypto-attr.Pk',
      'aws-crypto-attr.aaa',
    ]);
    expect(keysOf(['2', 'a', '10', '!'].map(key => [key, '']))).toEqual(['!', '10', '2', 'a']);
  });

  test('are the same after reading them', () => {
    for (const keys of [
      ['__proto__', 'a'],
      ['!', '10', '2', 'a'],
      ['\ufe4c', '\u{10001}'],
    ]) {
      const written = serializeContext(freezeContext(keys.map(key => [key, 'value'])));
      const context = readContext(new ByteReader(written, 'context'));
      expect(Object.keys(context).sort()).toEqual([...keys].sort());
      expect(Buffer.from(serializeContext(context)).toString('hex')).toBe(Buffer.from(written).toString('hex'));
    }
  });

  test('are refused where two bytes cannot count them', () => {
    const refused = expect.objectContaining({ name: 'FieldsealError' });
    expect(hex([['k', 'v'.repeat(65_535)]])).toHaveLength(2 * (2 + 2 + 1 + 2 + 65_535));
    expect(() => hex([['k', 'v'.repeat(65_536)]])).toThrow(refused);
    expect(() => hex([['k'.repeat(65_536), 'v']])).toThrow(refused);
    expect(() => hex(Array.from({ length: 65_536 }, (_, i) => [`key ${i}`, '']))).toThrow(refused);
  });

  test('hold no lone surrogate', () => {
    expect(() => hex([['k', '\ud800']])).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }));
  });
});

test('contexts that contradict each other cannot be joined', () => {
  const one = freezeContext([['a', '1']]);
  expect(mergeContexts(one, freezeContext([['a', '2']]))).toBeUndefined();
  expect(mergeContexts(one, freezeContext([['a', '1']]))).toEqual({ a: '1' });
  const merged = mergeContexts(one, freezeContext([['__proto__', 'x']])) ?? {};
  expect(new Map(Object.entries(merged))).toEqual(new Map(Object.entries({ a: '1', ['__proto__']: 'x' })));
});

test('a context has no prototype and does not change', () => {
  const context = freezeContext([['__proto__', 'x']]);
  expect(Object.getPrototypeOf(context)).toBeNull();
  expect(Object.isFrozen(context)).toBe(true);
  expect('toString' in context).toBe(false);
});
