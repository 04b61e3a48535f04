import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { freezeContext, parseHeader, SUITES, writeHeaderBody } from 'fieldseal/format';
import { expect, test } from 'vitest';
import { outcomeOf } from './outcome.ts';
import { runs, SLOW } from './runs.ts';

/** Parsed to something that is written as the same bytes, or refused with the one code for it. */
async function parsesOrIsMalformed(bytes: Uint8Array): Promise<void> {
  const outcome = await outcomeOf(() => parseHeader(bytes));
  if ('code' in outcome) {
    expect(outcome.code).toBe('MALFORMED');
    return;
  }
  const { commitment, ...body } = outcome.value;
  expect(Buffer.concat([writeHeaderBody(body), commitment]).equals(bytes)).toBe(true);
}

/** Valid headers of every kind to start from. */
const valid = SUITES.flatMap(suite =>
  ([1, 2] as const).map(version => {
    const context = freezeContext([
      ...(suite.signed ? [['aws-crypto-public-key', 'A'.repeat(68)] as const] : []),
      ['key', 'välue'],
      ['ключ', ''],
    ]);
    const edk = { providerId: 'provider', providerInfo: Buffer.from('information'), ciphertext: Buffer.alloc(40, 7) };
    const legend = [...'eess', ...(version === 2 ? 'cc' : '')] as ('e' | 's' | 'c')[]; // the letters of a legend
    const body = {
      version,
      suite,
      messageId: Buffer.alloc(32, 9),
      legend,
      context,
      encryptedDataKeys: [edk, { ...edk, providerId: 'другой' }],
    };
    return Buffer.concat([writeHeaderBody(body), Buffer.alloc(32, 3)]);
  }),
);

test('valid headers parse', () => {
  for (const header of valid) expect(() => parseHeader(header)).not.toThrow();
});

test('arbitrary bytes', SLOW, async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), parsesOrIsMalformed), runs(2000));
});

test('arbitrary bytes behind a plausible start', SLOW, async () => {
  const start = fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(0, 1), fc.uint8Array({ minLength: 32, maxLength: 32 }));
  const smallNumbers = fc.array(fc.oneof(fc.nat(3), fc.constantFrom(0x63, 0x65, 0x73, 0xff), fc.nat(255)), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(start, smallNumbers, async ([version, flavor, messageId], rest) => {
      await parsesOrIsMalformed(Buffer.from([version, flavor, ...messageId, ...rest]));
    }),
    runs(3000),
  );
});

test('valid headers with changed, missing and additional bytes', SLOW, async () => {
  const edit = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...valid), fc.array(edit, { minLength: 1, maxLength: 3 }), async (header, edits) => {
      const edited = edits.reduce((bytes, { at, remove, insert }) => {
        const place = at % (bytes.length + 1);
        return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)]);
      }, header);
      await parsesOrIsMalformed(edited);
    }),
    runs(5000),
  );
});

test('headers that are views of larger buffers, at any offset', SLOW, () => {
  fc.assert(
    fc.property(fc.constantFrom(...valid), fc.nat(9), fc.nat(9), (header, before, after) => {
      const around = Buffer.concat([Buffer.alloc(before, 1), header, Buffer.alloc(after, 1)]);
      expect(Buffer.from(parseHeader(around.subarray(before, before + header.length)).body)).toEqual(header.subarray(0, -32));
    }),
    runs(100),
  );
});

test('headers that announce more than they hold cost next to nothing', { timeout: 5000 }, async () => {
  const announcing = (legend: number, context: number, edks: number): Buffer => {
    const counts = Buffer.from([0, 0, 0, 0, edks]);
    counts.writeUInt16BE(legend, 0);
    counts.writeUInt16BE(context, 2);
    return Buffer.concat([Buffer.of(1, 0), Buffer.alloc(32), counts]);
  };
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 10_000; i++) {
    for (const bomb of [announcing(0xffff, 0, 0), announcing(0, 0xffff, 0), announcing(0, 0, 0xff)]) {
      expect(await outcomeOf(() => parseHeader(bomb))).toEqual({ code: 'MALFORMED' });
    }
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});
