/** Input that is small to write and large or deep to process. */
import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attributeActions } from 'fieldseal';
import { inspectItem, itemEncryptor } from 'fieldseal/dynamodb';
import { rawAes } from 'fieldseal/kms';
import { describe, expect, test } from 'vitest';
import { type Config, type Item, typedBytes } from '../reference/formulas.ts';
import { randomness } from '../reference/randomness.ts';
import { writeItem } from '../reference/write-item.ts';
import { codeOf } from './outcome.ts';
import { nest } from './values.ts';

const wrappingKey = Buffer.alloc(32, 1);
const name = { keyNamespace: 'test', keyName: 'bombs' };
const config: Config = {
  logicalTableName: 'table',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', secret: 'ENCRYPT_AND_SIGN', signed: 'SIGN_ONLY', unsigned: 'DO_NOTHING' },
  allowedUnsignedAttributes: ['unsigned'],
};
const { encryptAttributes, encryptItem, decryptAttributes, explain } = itemEncryptor({
  table: attributeActions(config),
  keyring: rawAes({ ...name, wrappingKey }),
});
const id = { S: 'id' };

/** An item that is authentic, whatever the bytes of its encrypted attribute. */
function authentic(type: string, bytes: Buffer): Item {
  const bytesOf = (value: AttributeValue): Buffer =>
    value.S === 'replaced' ? Buffer.concat([Buffer.from(type, 'hex'), bytes]) : typedBytes(value);
  const keys = [{ kind: 'raw-aes', ...name, wrappingKey }] as const;
  return writeItem({ config, suite: 'symmetric', keys, item: { id, secret: { S: 'replaced' } }, bytesOf, random: randomness(1) });
}

describe('10,000 levels of nesting', () => {
  const deep = nest({ S: 'bottom' }, 10_000);

  test.each(['id', 'secret', 'signed'])('are refused in %s', async attribute => {
    expect(await codeOf(() => encryptAttributes({ id, [attribute]: deep }))).toBe('ATTRIBUTE_INVALID');
  });

  test('have a coded outcome in an unsigned attribute', async () => {
    await codeOf(() => encryptAttributes({ id, unsigned: deep }));
    const stored = await encryptAttributes({ id });
    await codeOf(() => decryptAttributes({ ...stored, unsigned: deep }));
    await codeOf(() => explain({ ...stored, unsigned: deep }));
    await codeOf(() => inspectItem({ ...stored, unsigned: deep }));
  });

  test('are refused in a stored item', async () => {
    const stored = await encryptAttributes({ id, secret: { S: '' }, signed: { S: '' } });
    for (const attribute of ['id', 'secret', 'signed']) {
      expect(await codeOf(() => decryptAttributes({ ...stored, [attribute]: deep }))).toBe('MALFORMED');
    }
  });

  test.each(['id', 'secret', 'signed', 'unsigned'])('of JavaScript values have a coded outcome in %s', async attribute => {
    let array: unknown[] = [];
    let object = {};
    for (let level = 0; level < 10_000; level++) {
      array = [array];
      object = { object };
    }
    for (const value of [array, object])
      expect(await codeOf(() => encryptItem({ id: 'id', [attribute]: value } as never))).not.toBe('value'); // no item of the table
  });

  test('are refused in authentic bytes', { timeout: 10_000 }, async () => {
    let bytes = Buffer.alloc(4);
    for (let level = 0; level < 10_000; level++) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      bytes = Buffer.concat([Buffer.of(0, 0, 0, 1, 3, 0), length, bytes]);
    }
    expect(await codeOf(() => decryptAttributes(authentic('0300', bytes)))).toBe('MALFORMED');
  });
});

test('32 levels pass, 33 do not', async () => {
  for (const attribute of ['secret', 'signed']) {
    expect(await codeOf(() => encryptAttributes({ id, [attribute]: nest({ S: '' }, 31) }))).toBe('value');
    expect(await codeOf(() => encryptAttributes({ id, [attribute]: nest({ S: '' }, 32) }))).toBe('ATTRIBUTE_INVALID');
  }
});

test.each(['0101', '0102', '01ff', '0200', '0300'])('type %s announces four billion members and holds none', async type => {
  const before = process.memoryUsage().arrayBuffers;
  for (const announced of ['ffffffff', 'ffffffff00000000', 'ffffffffffffffff']) {
    expect(await codeOf(() => decryptAttributes(authentic(type, Buffer.from(announced, 'hex'))))).toBe('MALFORMED');
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
});

test('an item that DynamoDB could not store is refused', async () => {
  expect(await codeOf(() => encryptAttributes({ id, secret: { B: Buffer.alloc(401 * 1024) } }))).toBe('ITEM_TOO_LARGE');
  expect(await codeOf(() => encryptAttributes({ id, unsigned: { B: Buffer.alloc(401 * 1024) } }))).toBe('ITEM_TOO_LARGE');
});

test('values that contain themselves have a coded outcome', async () => {
  const list: AttributeValue[] = [];
  list.push({ L: list });
  for (const attribute of ['id', 'secret', 'signed']) {
    expect(await codeOf(() => encryptAttributes({ id, [attribute]: { L: list } }))).toBe('ATTRIBUTE_INVALID');
  }
  await codeOf(() => encryptAttributes({ id, unsigned: { L: list } }));
});
