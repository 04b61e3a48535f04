import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import {
  CanonicalPaths,
  compareByCanonicalPath,
  type EncryptedDataKey,
  type EncryptionContext,
  FieldCipher,
  freezeContext,
  generateSigningKey,
  type HeaderBody,
  type LegendEntry,
  MESSAGE_ID_LENGTH,
  mergeContexts,
  parseHeader,
  readContext,
  SIGNATURE_LENGTH,
  SUITES,
  serializeContext,
  signDigest,
  verifySignature,
  writeHeaderBody,
} from 'fieldseal/format';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/bytes/reader.ts';
import { byUtf8, canonicalPath, contextBytes } from '../reference/formulas.ts';
import { parseHeader as referenceHeader } from '../reference/read-item.ts';
import { outcomeOf } from './outcome.ts';
import { runs, SLOW } from './runs.ts';
import { attributeName, bytes, text } from './values.ts';

const anyBytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const indexKey = fc.nat(200).map(String);
const entries = fc.uniqueArray(fc.tuple(fc.oneof(text, indexKey, fc.constantFrom('aws-crypto-attr.Pk', 'aws-crypto-attr.aaa')), text), {
  maxLength: 6,
  selector: ([key]) => key,
});

/** By entries, since objects keep index keys in an order of their own. */
function sorted(context: EncryptionContext): [string, string][] {
  return byUtf8(Object.keys(context)).map(key => [key, new Map(Object.entries(context)).get(key) ?? '']);
}

describe('an encryption context', () => {
  const read = (written: Uint8Array) => readContext(new ByteReader(written, 'context'));

  test('is written in the byte order of its keys', SLOW, () => {
    fc.assert(
      fc.property(entries, given => {
        expect(Buffer.from(serializeContext(freezeContext(given))).toString('hex')).toBe(contextBytes(new Map(given)).toString('hex'));
      }),
      runs(500),
    );
  });

  test('is read as it was written', SLOW, () => {
    fc.assert(
      fc.property(entries, given => {
        const written = contextBytes(new Map(given));
        const context = read(written);
        expect(sorted(context)).toEqual(sorted(Object.fromEntries(given)));
        expect(Buffer.from(serializeContext(context)).equals(written)).toBe(true);
        expect([Object.isFrozen(context), Object.getPrototypeOf(context)]).toEqual([true, null]);
      }),
      runs(500),
    );
  });

  test('is joined with another unless they contradict each other', SLOW, () => {
    fc.assert(
      fc.property(entries, entries, (one, other) => {
        const merged = mergeContexts(freezeContext(one), freezeContext(other));
        const contradicts = one.some(([key, value]) => (new Map(other).get(key) ?? value) !== value);
        if (contradicts) expect(merged).toBeUndefined();
        else expect(sorted(merged ?? {})).toEqual(sorted(Object.fromEntries([...one, ...other])));
      }),
      runs(500),
    );
  });
});

describe('a canonical path', () => {
  test('is what the specification says', SLOW, () => {
    fc.assert(
      fc.property(text, attributeName, (logicalTableName, name) => {
        const config = { logicalTableName, partitionKeyName: 'id', attributeActionsOnEncrypt: {} };
        expect(Buffer.from(new CanonicalPaths(logicalTableName).of(name)).equals(canonicalPath(config, name))).toBe(true);
      }),
      runs(500),
    );
  });

  test('orders names as the bytes of their paths', SLOW, () => {
    fc.assert(
      fc.property(text, attributeName, attributeName, (table, a, b) => {
        const paths = new CanonicalPaths(table);
        expect(Math.sign(compareByCanonicalPath(a, b))).toBe(Buffer.compare(paths.of(a), paths.of(b)));
      }),
      runs(1000),
    );
  });
});

describe('a header', () => {
  const dataKey: fc.Arbitrary<EncryptedDataKey> = fc.record({ providerId: text, providerInfo: bytes, ciphertext: bytes });
  const header: fc.Arbitrary<HeaderBody> = fc
    .record({
      version: fc.constantFrom<(1 | 2)[]>(1, 2),
      suite: fc.constantFrom(...SUITES),
      messageId: anyBytes(MESSAGE_ID_LENGTH),
      legend: fc.array(fc.constantFrom<LegendEntry[]>('e', 's', 'c'), { maxLength: 20 }),
      context: entries,
      encryptedDataKeys: fc.array(dataKey, { minLength: 1, maxLength: 5 }),
    })
    .map(({ legend, context, ...rest }) => ({
      ...rest,
      legend: rest.version === 1 ? legend.filter(entry => entry !== 'c') : legend,
      context: freezeContext([...context, ...(rest.suite.signed ? [['aws-crypto-public-key', 'key'] as const] : [])]),
    }));

  test('is parsed to what was written, and by the reference to the same', SLOW, () => {
    fc.assert(
      fc.property(header, anyBytes(32), (body, commitment) => {
        const written = Buffer.concat([writeHeaderBody(body), commitment]);
        const parsed = parseHeader(written);
        expect(parsed).toMatchObject({ version: body.version, suite: body.suite, legend: body.legend });
        expect([parsed.messageId, parsed.commitment, parsed.body].map(hex)).toEqual(
          [body.messageId, commitment, written.subarray(0, -32)].map(hex),
        );
        expect(sorted(parsed.context)).toEqual(sorted(body.context));
        expect(parsed.encryptedDataKeys.map(plain)).toEqual(body.encryptedDataKeys.map(plain));

        const reference = referenceHeader(written);
        expect(reference.dataKeys.map(plain)).toEqual(body.encryptedDataKeys.map(plain));
        expect([reference.legend, reference.stored]).toEqual([body.legend, sorted(body.context)]);
      }),
      runs(300),
    );
  });

  const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
  const plain = (edk: EncryptedDataKey): string[] => [edk.providerId, hex(edk.providerInfo), hex(edk.ciphertext)];
});

describe('a field cipher', () => {
  const field = fc.record({ path: bytes, typeId: fc.nat(0xffff), value: bytes });

  test('opens what it sealed, only there, and only unchanged', SLOW, async () => {
    await fc.assert(
      fc.asyncProperty(
        anyBytes(32),
        fc.array(field, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(7),
        async (root, fields, at, bit) => {
          const cipher = new FieldCipher(root, fields.length);
          const sealed = fields.map(({ path, ...terminal }, index) => cipher.seal(index, path, terminal));
          for (const [index, { path, typeId, value }] of fields.entries()) {
            const stored = sealed[index] ?? new Uint8Array();
            const opened = cipher.open(index, path, stored);
            expect([opened.typeId, Buffer.from(opened.value)]).toEqual([typeId, Buffer.from(value)]);

            const place = 2 + (at % (stored.length - 2)); // the type id is in the footer alone
            const changed = stored.map((byte, i) => (i === place ? byte ^ (1 << bit) : byte));
            for (const open of [
              () => cipher.open(index, path, changed),
              () => cipher.open(index, path, stored.subarray(0, place)),
              () => cipher.open(index, Buffer.concat([path, Buffer.of(0)]), stored),
              () => cipher.open((index + 1) % fields.length, path, index === (index + 1) % fields.length ? changed : stored),
            ]) {
              expect(await outcomeOf(open)).toEqual({ code: 'NOT_AUTHENTIC' });
            }
          }
        },
      ),
      runs(200),
    );
  });
});

test('every signature has 103 bytes and verifies for its own digest and key alone', SLOW, async () => {
  const [key, otherKey] = [await generateSigningKey(), await generateSigningKey()];
  await fc.assert(
    fc.asyncProperty(anyBytes(48), fc.nat(47), async (digest, at) => {
      const signature = await signDigest(key.privateKey, digest);
      expect(signature).toHaveLength(SIGNATURE_LENGTH);
      expect(await verifySignature(key.publicKey, digest, signature)).toBe(true);
      expect(await verifySignature(otherKey.publicKey, digest, signature)).toBe(false);
      const otherDigest = digest.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(await verifySignature(key.publicKey, otherDigest, signature)).toBe(false);
    }),
    runs(60),
  );
});

test('no public key or signature makes verification throw', async () => {
  const { publicKey } = await generateSigningKey();
  const keys = fc.oneof(
    fc.string(),
    anyBytes(49).map(point => Buffer.from(point).toString('base64')),
    fc.constant(publicKey),
  );
  await fc.assert(
    fc.asyncProperty(keys, bytes, fc.uint8Array({ maxLength: 110 }), async (key, digest, signature) => {
      expect(await verifySignature(key, digest, signature)).toBe(false);
    }),
    runs(300),
  );
});
