/** Whatever comes in, only the library's own coded errors come out. */
import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { inspectItem } from 'fieldseal/dynamodb';
import { freezeContext, SUITES, writeHeaderBody } from 'fieldseal/format';
import { expect, test } from 'vitest';
import { type Config, FOOTER, HEADER, type Item, typedBytes } from '../reference/formulas.ts';
import { randomness } from '../reference/randomness.ts';
import type { WrappingKey } from '../reference/wrapping.ts';
import { writeItem } from '../reference/write-item.ts';
import { encryptorFor } from './encryptor.ts';
import { garbageItem } from './garbage.ts';
import { recipients } from './keyrings.ts';
import { codeOf, outcomeOf } from './outcome.ts';
import { runs, SLOW } from './runs.ts';
import { sample } from './tables.ts';

const config: Config = {
  logicalTableName: 'table',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', secret: 'ENCRYPT_AND_SIGN', signed: 'SIGN_ONLY', unsigned: 'DO_NOTHING' },
  allowedUnsignedAttributes: ['unsigned'],
};
const names = Object.keys(config.attributeActionsOnEncrypt);
const withId = fc
  .tuple(garbageItem(names), fc.boolean())
  .map(([item, valid]) => (valid && typeof item === 'object' ? { ...item, id: { S: 'id' } } : item) as Item); // garbage that claims to be an item

test('garbage as an item to encrypt', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(withId, recipients, async (item, { keyring }) => {
      await outcomeOf(() => encryptorFor(config, keyring).encryptAttributes(item));
    }),
    runs(1500),
  );
});

test('garbage as an item of JavaScript values to encrypt', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(withId, recipients, async (item, { keyring }) => {
      await outcomeOf(() => encryptorFor(config, keyring).encryptItem(item as never)); // the type of the table's items is what garbage lacks
    }),
    runs(500),
  );
});

test('garbage as an item to decrypt, to explain and to inspect', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(garbageItem([...names, HEADER, FOOTER, 'aws_dbe_other']), recipients, async (garbage, { keyring }) => {
      const item = garbage as Item; // garbage that claims to be an item
      const { decryptAttributes, decryptItem, explain } = encryptorFor(config, keyring);
      expect(await codeOf(() => decryptAttributes(item))).not.toBe('value');
      expect(await codeOf(() => decryptItem(item))).not.toBe('value');
      await outcomeOf(() => explain(item));
      await outcomeOf(() => inspectItem(item));
    }),
    runs(1500),
  );
});

/** A header that parses, with data keys that claim to be for the given recipient. */
function headerFor(keys: readonly WrappingKey[], legend: string, [infoTail, ciphertext]: readonly [Uint8Array, Uint8Array]): Buffer {
  const encryptedDataKeys = keys.map(key => ({
    providerId: key.kind === 'branch' ? 'aws-kms-hierarchy' : key.keyNamespace,
    providerInfo: Buffer.concat([Buffer.from(key.kind === 'branch' ? key.branchKeyId : key.keyName), infoTail]),
    ciphertext,
  }));
  const [suite] = SUITES;
  if (suite === undefined) throw new Error('there are suites');
  const entries = [...legend] as ('e' | 's')[]; // the letters of a legend
  return Buffer.concat([
    writeHeaderBody({ version: 1, suite, messageId: Buffer.alloc(32), legend: entries, context: freezeContext([]), encryptedDataKeys }),
    Buffer.alloc(32),
  ]);
}

test('arbitrary bytes as header, footer and ciphertexts', SLOW, async () => {
  const anyBytes = fc.uint8Array({ maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(recipients, anyBytes, anyBytes, anyBytes, async ({ keyring }, head, foot, secret) => {
      const item = { id: { S: 'id' }, secret: { B: secret }, [HEADER]: { B: head }, [FOOTER]: { B: foot } };
      expect(await codeOf(() => encryptorFor(config, keyring).decryptAttributes(item))).toMatch(/^(MALFORMED|NOT_AUTHENTIC)$/);
    }),
    runs(300),
  );
});

test('a header that parses, with arbitrary data keys, footer and ciphertexts', SLOW, async () => {
  const aesTail = fc.uint8Array({ minLength: 12, maxLength: 12 }).map(iv => Buffer.concat([Buffer.from('000000800000000c', 'hex'), iv]));
  const tail = fc.oneof(fc.constant(Buffer.alloc(0)), aesTail, fc.uint8Array({ maxLength: 30 }));
  const wrapped = fc.oneof(
    ...[0, 47, 48, 49, 96, 140, 304].map(length => fc.uint8Array({ minLength: length, maxLength: length })),
    fc.uint8Array({ maxLength: 400 }),
  );
  await fc.assert(
    fc.asyncProperty(recipients, fc.tuple(tail, wrapped), fc.uint8Array({ maxLength: 40 }), async ({ keyring, keys }, dataKey, secret) => {
      const head = headerFor(keys, 'se', dataKey);
      const item = { id: { S: 'id' }, secret: { B: secret }, [HEADER]: { B: head }, [FOOTER]: { B: Buffer.alloc(48 * keys.length) } };
      expect(await codeOf(() => encryptorFor(config, keyring).decryptAttributes(item))).toMatch(/^(NOT_AUTHENTIC|KEY_NOT_FOUND)$/);
    }),
    runs(400),
  );
});

test('authentic items whose encrypted bytes are no value', SLOW, async () => {
  const contents = fc.tuple(
    fc.constantFrom(0x0000, 0x0001, 0x0002, 0x0004, 0xffff, 0x0101, 0x0102, 0x01ff, 0x0200, 0x0300, 0x0400),
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 0xff), { maxLength: 40 }).map(bytes => Uint8Array.from(bytes)),
    ),
  );
  await fc.assert(
    fc.asyncProperty(recipients, contents, async ({ keyring, keys }, [type, bytes]) => {
      const bytesOf = (value: AttributeValue): Buffer =>
        value.S === 'replaced' ? Buffer.concat([Buffer.of(type >> 8, type & 0xff), bytes]) : typedBytes(value);
      const given = { id: { S: 'id' }, secret: { S: 'replaced' } };
      const item = writeItem({ config, suite: 'symmetric', keys, item: given, bytesOf, random: randomness(keys.length) });
      expect(await codeOf(() => encryptorFor(config, keyring).decryptAttributes(item))).toMatch(/^(MALFORMED|value)$/);
    }),
    runs(500),
  );
});

test('altered attributes under a keyring of another kind', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(sample, recipients, recipients, async ({ config: table, item }, writer, reader) => {
      const encrypted = await encryptorFor(table, writer.keyring).encryptAttributes(item);
      await outcomeOf(() => encryptorFor(table, reader.keyring).decryptAttributes(encrypted));
    }),
    runs(100),
  );
});
