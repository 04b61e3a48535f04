import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/bytes/reader.ts';
import { ByteWriter } from '../../src/bytes/writer.ts';
import { runs, SLOW } from '../property/runs.ts';

const malformed = expect.objectContaining({ code: 'MALFORMED' });

/** One field of a message: how it is written and read. */
const field = fc.oneof(
  fc.record({ type: fc.constant('u8' as const), value: fc.nat(0xff) }),
  fc.record({ type: fc.constant('u16' as const), value: fc.nat(0xffff) }),
  fc.record({ type: fc.constant('u32' as const), value: fc.nat(0xffffffff) }),
  fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 400 }) }),
);

test('what is written is read, whatever the first capacity', SLOW, () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 30 }), fc.nat(64), (fields, capacity) => {
      const writer = new ByteWriter(capacity);
      for (const { type, value } of fields) type === 'bytes' ? writer.bytes(value) : writer[type](value);
      const reader = new ByteReader(writer.finish(), 'message');
      for (const { type, value } of fields) {
        if (type === 'bytes') expect(Buffer.from(reader.take(value.length))).toEqual(Buffer.from(value));
        else expect(reader[type]()).toBe(value);
      }
      reader.end();
    }),
    runs(500),
  );
});

describe('ByteWriter', () => {
  test('is big-endian', () => {
    expect(new ByteWriter().u8(1).u16(0x203).u32(0x4050607).finish().toString('hex')).toBe('01020304050607');
  });

  test('writes lengths of 64 bits beyond 32', () => {
    expect(
      new ByteWriter(0)
        .u64(2 ** 32 + 5)
        .u64(0xffffffff)
        .finish()
        .toString('hex'),
    ).toBe('000000010000000500000000ffffffff');
  });

  test('fills in numbers later, also after it has grown', () => {
    const writer = new ByteWriter(1).u16(0);
    const place = writer.skipU32();
    writer.bytes(new Uint8Array(300));
    writer.patchU16(0, 0xabcd);
    writer.patchU32(place, 300);
    expect(writer.finish().toString('hex', 0, 6)).toBe('abcd0000012c');
    expect(writer.length).toBe(306);
  });
});

describe('ByteReader', () => {
  test('reads a view of a larger buffer and nothing around it', () => {
    const reader = new ByteReader(Buffer.of(9, 1, 2, 9).subarray(1, 3), 'message');
    expect(reader.u16()).toBe(0x102);
    expect(reader.remaining).toBe(0);
    expect(() => reader.u8()).toThrow(malformed);
  });

  test.each(['u8', 'u16', 'u32'] as const)('%s at the end is MALFORMED', type => {
    const short = { u8: 0, u16: 1, u32: 3 }[type];
    expect(() => new ByteReader(new Uint8Array(short), 'message')[type]()).toThrow(malformed);
  });

  test('a failed read moves nothing', () => {
    const reader = new ByteReader(Buffer.of(1), 'message');
    expect(() => reader.u32()).toThrow(malformed);
    expect([reader.offset, reader.u8()]).toEqual([0, 1]);
  });

  test('bytes that are left over are MALFORMED', () => {
    const reader = new ByteReader(Buffer.of(1, 2), 'message');
    reader.u8();
    expect(() => reader.end()).toThrow(malformed);
  });

  test('names what is read, and where it ended', () => {
    expect(() => new ByteReader(Buffer.of(1), 'the header').take(3)).toThrow(/^the header: .*byte 1.*2 more/);
  });
});
