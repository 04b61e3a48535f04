import { attributeActions, encrypted, key, sensitive, signed, table } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { hold } from '../../src/access/holders/masked.ts';
import { holdPseudonym } from '../../src/access/holders/pseudonym.ts';
import { viewOf } from '../../src/access/view/view-of.ts';
import { unwritablePath } from '../../src/bytes/unwritable.ts';
import { validateChanged } from '../../src/schema/validate.ts';
import { aesKeyring } from '../security/support.ts';
import { ann, decided, policy } from './fixtures.ts';

const notes = table('notes', {
  id: key.partition(),
  ssn: encrypted(z.coerce.string()),
  meta: encrypted(z.object({ tags: z.array(z.unknown()), by: z.record(z.string(), z.unknown()) })).optional(),
  anything: signed().optional(),
});
const { encryptItem } = itemEncryptor({ table: notes, keyring: aesKeyring() });
const view = viewOf(decided(policy, { sub: 'ann' }), ann);

const nested = (levels: number): unknown => Array.from({ length: levels }).reduce<unknown>(inner => [inner], hold('x'));

describe('a write refuses what stands for a value', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['a masked value, before the validator makes text of it', { ssn: hold('****1120') }, ['ssn']],
    ['a pseudonym', { ssn: holdPseudonym('k1.x') }, ['ssn']],
    ['a sensitive value', { ssn: sensitive('078-05-1120') }, ['ssn']],
    ['a view', { anything: view }, ['anything']],
    ['in a list of a map', { ssn: 'x', meta: { tags: ['a', hold('x')], by: {} } }, ['meta.tags[1]']],
    ['under a key that is data', { ssn: 'x', meta: { tags: [], by: { ann: hold('x') } } }, ['meta.by.*']],
    ['in a set, a Map, and as a key of one', { ssn: 'x', anything: [new Set([hold('x')])] }, ['anything[0].*']],
    ['in a Map', { ssn: 'x', anything: new Map([['a', hold('x')]]) }, ['anything.*']],
    ['at any depth', { ssn: 'x', anything: nested(20) }, [`anything${'[0]'.repeat(16)}`]],
    ['in two attributes', { ssn: hold('x'), anything: { a: hold('x') } }, ['ssn', 'anything.*']],
  ])('%s', async (_, item, attributes) => {
    const refusal = { code: 'VALIDATION_FAILED', attributes, message: expect.stringContaining(attributes[0] ?? '') };
    await expect(encryptItem({ id: 'n-1', ...item } as never)).rejects.toMatchObject(refusal);
    await expect(validateChanged(notes, item, [])).rejects.toMatchObject(refusal);
  });

  test('and asks no validator', async () => {
    const validate = vi.fn((value: unknown) => ({ value: String(value) }));
    const schema = table('t', { id: key.partition(), a: encrypted({ '~standard': { version: 1, vendor: 'test', validate } }) });
    await expect(validateChanged(schema, { a: hold('x') }, [])).rejects.toMatchObject({ attributes: ['a'] });
    expect(validate).not.toHaveBeenCalled();
  });

  test('also without a schema', async () => {
    const actions = attributeActions({
      logicalTableName: 't',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { id: 'SIGN_ONLY', a: 'ENCRYPT_AND_SIGN' },
    });
    await expect(
      itemEncryptor({ table: actions, keyring: aesKeyring() }).encryptItem({ id: '1', a: { b: hold('x') } }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED', attributes: ['a.*'] });
  });

  test('without the text in the message', async () => {
    await expect(encryptItem({ id: 'n-1', ssn: hold('SHOWN') } as never)).rejects.not.toThrow(/SHOWN/);
  });
});

test('a place is found however deep it is', () => {
  expect(unwritablePath(nested(5000))).toHaveLength(5000);
});

test('values that hold no such thing pass, themselves within among them', () => {
  const circular: { self?: object } = {};
  circular.self = circular;
  for (const value of [circular, [1, 'x', null, undefined], new Map([[{}, new Set([1])]]), new Uint8Array(9), new Date(), () => 1])
    expect(unwritablePath(value)).toBeUndefined();
});
