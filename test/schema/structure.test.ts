import { attributeActions, type StructureConfig } from 'fieldseal';
import { describe, expect, test } from 'vitest';

const valid: StructureConfig = {
  logicalTableName: 'users',
  partitionKeyName: 'id',
  sortKeyName: 'kind',
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', kind: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN', seenAt: 'DO_NOTHING', ':note': 'DO_NOTHING' },
  allowedUnsignedAttributes: ['seenAt'],
  allowedUnsignedAttributePrefix: ':',
};
const structureOf = (config: unknown) => attributeActions(config as StructureConfig).structure; // casts let tests pass what JSON may hold
const refusal = (config: unknown) => {
  try {
    structureOf(config);
  } catch (error) {
    return error;
  }
  throw new Error('the configuration was accepted');
};
const withActions = (actions: object, rest: object = {}) => ({
  ...valid,
  attributeActionsOnEncrypt: { ...valid.attributeActionsOnEncrypt, ...actions },
  ...rest,
});

describe('a valid configuration', () => {
  const structure = structureOf(valid);

  test('says what is signed', () => {
    expect(['id', 'ssn', 'unheard-of'].map(structure.isSigned)).toEqual([true, true, true]);
    expect(['seenAt', ':note', ':other', 'aws_dbe_head', 'aws_dbe_b_email'].map(structure.isSigned)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test('says what happens on encrypt', () => {
    expect(structure.actionOf('ssn')).toBe('ENCRYPT_AND_SIGN');
    expect([':other', 'aws_dbe_head'].map(structure.actionOf)).toEqual(['DO_NOTHING', 'DO_NOTHING']);
    expect(() => structure.actionOf('email')).toThrow(
      expect.objectContaining({
        code: 'ATTRIBUTE_UNKNOWN',
        message: expect.stringMatching(
          /^table "\w+": "email" has no crypto action in attributeActionsOnEncrypt; give it one, or leave it out$/,
        ),
        attributes: ['email'],
      }),
    );
  });

  test('is version 1 without context attributes', () => {
    expect(structure.version).toBe(1);
  });

  test('is version 2 with any', () => {
    const context = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
    expect(structureOf(withActions({ id: context, kind: context })).version).toBe(2);
  });

  test('cannot be changed', () => {
    const { actions, unsignedNames } = structure as unknown as { actions: Map<string, string>; unsignedNames: Set<string> }; // as a careless caller would
    const refused = expect.objectContaining({ code: 'SCHEMA_INVALID' });
    for (const change of [() => actions.set('ssn', 'DO_NOTHING'), () => actions.delete('ssn'), () => actions.clear()])
      expect(change).toThrow(refused);
    for (const change of [() => unsignedNames.add('ssn'), () => unsignedNames.delete('seenAt'), () => unsignedNames.clear()])
      expect(change).toThrow(refused);
    expect(Object.isFrozen(structure)).toBe(true);
    expect(structure.actionOf('ssn')).toBe('ENCRYPT_AND_SIGN');
  });

  test('does not follow later changes of the input', () => {
    const actions: Record<string, string> = { ...valid.attributeActionsOnEncrypt };
    const unsignedNames = ['seenAt'];
    const before = structureOf({ ...valid, attributeActionsOnEncrypt: actions, allowedUnsignedAttributes: unsignedNames });
    actions.ssn = 'DO_NOTHING';
    unsignedNames.push('ssn');
    expect([before.actionOf('ssn'), before.isSigned('ssn')]).toEqual(['ENCRYPT_AND_SIGN', true]);
  });
});

describe('accepted as AWS accepts it', () => {
  test.each(['', 'x'.repeat(300), 'Tabelle ä 😀'])('the logical table name %j', logicalTableName => {
    expect(structureOf({ ...valid, logicalTableName }).logicalTableName).toBe(logicalTableName);
  });

  test('an empty unsigned prefix and an empty list are the same as none', () => {
    const attributeActionsOnEncrypt = { id: 'SIGN_ONLY', kind: 'SIGN_ONLY' };
    const structure = structureOf({
      ...valid,
      attributeActionsOnEncrypt,
      allowedUnsignedAttributes: [],
      allowedUnsignedAttributePrefix: '',
    });
    expect([structure.unsignedPrefix, structure.unsignedNames.size, structure.isSigned('any')]).toEqual([undefined, 0, true]);
  });

  test('unsigned names without a configured action', () => {
    expect(structureOf({ ...valid, allowedUnsignedAttributes: ['seenAt', 'later'] }).actionOf('later')).toBe('DO_NOTHING');
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('an attribute named %s', name => {
    const config = JSON.parse(
      `{"logicalTableName":"t","partitionKeyName":"id","attributeActionsOnEncrypt":{"id":"SIGN_ONLY","${name}":"ENCRYPT_AND_SIGN"}}`,
    );
    const structure = structureOf(config);
    expect(structure.actions.get(name)).toBe('ENCRYPT_AND_SIGN');
    expect(
      structureOf({ logicalTableName: 't', partitionKeyName: 'id', attributeActionsOnEncrypt: { id: 'SIGN_ONLY' } }).actions.has(name),
    ).toBe(false);
  });

  test('a key named __proto__', () => {
    const config = JSON.parse(
      '{"logicalTableName":"t","partitionKeyName":"__proto__","attributeActionsOnEncrypt":{"__proto__":"SIGN_ONLY"}}',
    );
    expect(structureOf(config).partitionKeyName).toBe('__proto__');
  });
});

describe('accepted as DB-ESDK accepts it', () => {
  test('a reserved unsigned name', () => {
    expect(structureOf({ ...valid, allowedUnsignedAttributes: ['seenAt', 'aws_dbe_own'] }).isSigned('aws_dbe_own')).toBe(false);
  });

  test('the reserved prefix as the unsigned one', () => {
    const { ':note': _, ...actions } = valid.attributeActionsOnEncrypt;
    const config = { ...valid, attributeActionsOnEncrypt: actions, allowedUnsignedAttributePrefix: 'aws_dbe_' };
    expect(structureOf(config).isSigned('aws_dbe_own')).toBe(false);
  });

  test('an attribute without a name', () => {
    expect(structureOf(withActions({ '': 'SIGN_ONLY' })).actionOf('')).toBe('SIGN_ONLY');
  });
});

describe('refused as DB-ESDK refuses it', () => {
  const context = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
  test.each([
    ['a reserved name', withActions({ aws_dbe_x: 'SIGN_ONLY' }), /rename "aws_dbe_x"$/],
    [
      'a name of the encryption context',
      withActions({ 'aws-crypto-x': 'SIGN_ONLY' }),
      /aws-crypto- belong to the format; rename "aws-crypto-x"$/,
    ],
    ['one key twice', { ...valid, sortKeyName: 'id' }, /"id" is both the partition and the sort key/],
    ['a partition key without action', { ...valid, partitionKeyName: 'pk' }, /partition key "pk" has no action; it must be SIGN_ONLY$/],
    ['a sort key without action', { ...valid, sortKeyName: 'sk' }, /sort key "sk" has no action; it must be SIGN_ONLY$/],
    [
      'an encrypted partition key',
      withActions({ id: 'ENCRYPT_AND_SIGN' }),
      /partition key "id" is ENCRYPT_AND_SIGN; it must be SIGN_ONLY$/,
    ],
    ['an encrypted sort key', withActions({ kind: 'ENCRYPT_AND_SIGN' }), /sort key "kind" is ENCRYPT_AND_SIGN; it must be SIGN_ONLY$/],
    [
      'an unsigned key',
      { ...withActions({ id: 'DO_NOTHING' }), allowedUnsignedAttributes: ['seenAt', 'id'] },
      /partition key "id" is DO_NOTHING/,
    ],
    [
      'a v1 partition key in v2',
      withActions({ tenant: context }),
      /"id" is SIGN_ONLY; it must be SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT because the encryption context includes "tenant"$/,
    ],
    [
      'a v1 sort key in v2',
      withActions({ id: context }),
      /sort key "kind" is SIGN_ONLY; it must be SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT/,
    ],
    [
      'DO_NOTHING inside the signature',
      withActions({ a: 'DO_NOTHING', b: 'DO_NOTHING' }),
      /list "a", "b" in allowedUnsignedAttributes, or sign them$/,
    ],
    ['a signed name on the unsigned list', withActions({ seenAt: 'SIGN_ONLY' }), /take "seenAt" off the list/],
    [
      'a signed name under the unsigned prefix',
      withActions({ ':x': 'ENCRYPT_AND_SIGN' }),
      /under the unsigned prefix ":" must be DO_NOTHING; rename ":x"/,
    ],
    [
      'a prefix that takes in the key',
      { ...valid, attributeActionsOnEncrypt: { id: 'SIGN_ONLY', kind: 'SIGN_ONLY' }, allowedUnsignedAttributePrefix: 'i' },
      /under the unsigned prefix "i" must be DO_NOTHING; rename "id"/,
    ],
  ])('%s', (_, config, message) => {
    expect(refusal(config)).toMatchObject({ code: 'SCHEMA_INVALID', message: expect.stringMatching(message) });
    expect(refusal(config)).toMatchObject({ message: expect.stringMatching(/^table "users": /) });
  });
});

describe('input that is no configuration', () => {
  const lone = '\ud800';
  test.each([
    ['null', null, /is an object with logicalTableName, .*; got null/],
    ['a list', [], /got a list/],
    ['text', 'users', /got string/],
    ['no table name', { ...valid, logicalTableName: undefined }, /logicalTableName must be a string; got undefined/],
    ['a table name that is a number', { ...valid, logicalTableName: 7 }, /logicalTableName must be a string; got number/],
    ['no partition key', { ...valid, partitionKeyName: undefined }, /partitionKeyName must be a string/],
    ['an empty partition key', { ...valid, partitionKeyName: '' }, /partitionKeyName is empty/],
    ['a null sort key', { ...valid, sortKeyName: null }, /sortKeyName must be a string; got null/],
    ['a key name of 256 characters', { ...valid, partitionKeyName: 'k'.repeat(256) }, /longer than 255 characters/],
    ['no actions', { ...valid, attributeActionsOnEncrypt: undefined }, /attributeActionsOnEncrypt must be an object/],
    ['a list of actions', { ...valid, attributeActionsOnEncrypt: ['id'] }, /attributeActionsOnEncrypt must be an object .*; got a list/],
    ['null actions', { ...valid, attributeActionsOnEncrypt: null }, /got null/],
    [
      'unknown actions',
      withActions({ a: 'ENCRYPT', b: 3, c: null }),
      /gives "a", "b", "c" an action that does not exist; use one of ENCRYPT_AND_SIGN, SIGN_ONLY/,
    ],
    ['an inherited word as action', withActions({ a: 'constructor' }), /gives "a" an action that does not exist/],
    ['a name of 65,536 characters', withActions({ ['n'.repeat(65_536)]: 'SIGN_ONLY' }), /longer than 65535 characters/],
    ['unsigned names that are text', { ...valid, allowedUnsignedAttributes: 'seenAt' }, /must be a list of attribute names; got string/],
    ['null unsigned names', { ...valid, allowedUnsignedAttributes: null }, /must be a list of attribute names; got null/],
    [
      'an unsigned name that is a number',
      { ...valid, allowedUnsignedAttributes: [1] },
      /a name in allowedUnsignedAttributes must be a string; got number/,
    ],
    ['a hole among unsigned names', { ...valid, allowedUnsignedAttributes: Array(1) }, /must be a string; got undefined/],
    ['an unsigned name twice', { ...valid, allowedUnsignedAttributes: ['seenAt', 'seenAt'] }, /names "seenAt" more than once/],
    [
      'a prefix that is a list',
      { ...valid, allowedUnsignedAttributePrefix: [':'] },
      /allowedUnsignedAttributePrefix must be a string; got a list/,
    ],
    ['a lone surrogate in the table name', { ...valid, logicalTableName: lone }, /logicalTableName, "\\ud800", holds a lone surrogate/],
    ['a lone surrogate in a key name', { ...valid, sortKeyName: lone }, /sortKeyName, "\\ud800", holds a lone surrogate/],
    ['a lone surrogate in a name', withActions({ [lone]: 'SIGN_ONLY' }), /a name in attributeActionsOnEncrypt, "\\ud800", holds/],
    [
      'a lone surrogate in an unsigned name',
      { ...valid, allowedUnsignedAttributes: [lone] },
      /a name in allowedUnsignedAttributes, "\\ud800", holds/,
    ],
    [
      'a lone surrogate in the prefix',
      { ...valid, allowedUnsignedAttributePrefix: lone },
      /allowedUnsignedAttributePrefix, "\\ud800", holds/,
    ],
  ])('%s', (_, config, message) => {
    expect(refusal(config)).toMatchObject({ name: 'FieldsealError', code: 'SCHEMA_INVALID', message: expect.stringMatching(message) });
  });

  test('long and unprintable names are made fit for a log line', () => {
    const names = { 'a\nb\u001b[2J\u202e': 'NO', ['x'.repeat(200)]: 'NO' };
    const { message } = refusal(withActions(names)) as Error;
    expect(message).toContain('"a\\nb\\u001b[2J\\u{202e}"');
    expect(message).toContain(`"${'x'.repeat(64)}…"`);
  });

  test('of many names ten are shown', () => {
    const names = Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`n${i}`, 'NO']));
    expect(refusal(withActions(names))).toMatchObject({ message: expect.stringContaining('"n9" and 3 more') });
  });
});
