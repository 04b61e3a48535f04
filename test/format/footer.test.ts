import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { footerTag, parseFooter, recordDigest, verifyTags, writeFooter } from '../../src/format/footer.ts';
import { SIGNATURE_LENGTH } from '../../src/format/signature.ts';
import { SUITES } from '../../src/format/suites.ts';
import { TypeId } from '../../src/format/terminal.ts';

const [symmetric, signed] = SUITES;
if (symmetric === undefined || signed === undefined) throw new Error('there are two suites');

const digest = createHash('sha384').update('a canonical record').digest();
const keys = [1, 2, 3].map(byte => Buffer.alloc(32, byte));
const tags = keys.map(key => footerTag(key, digest));
const signature = Buffer.alloc(SIGNATURE_LENGTH, 0x30);

describe('a footer', () => {
  test('has the tags in the order of the data keys, then the signature', () => {
    const footer = Buffer.from(writeFooter({ tags, signature }));
    expect(footer).toHaveLength(3 * 48 + 103);
    for (const [index, key] of keys.entries()) {
      expect(footer.subarray(48 * index, 48 * (index + 1)).toString('hex')).toBe(createHmac('sha384', key).update(digest).digest('hex'));
    }
    expect(footer.subarray(3 * 48)).toEqual(signature);
  });

  test('is split as it was written', () => {
    const withSignature = parseFooter(writeFooter({ tags, signature }), signed, 3);
    expect(withSignature.tags.map(tag => Buffer.from(tag).toString('hex'))).toEqual(tags.map(tag => Buffer.from(tag).toString('hex')));
    expect(Buffer.from(withSignature.signature ?? [])).toEqual(signature);
    expect(parseFooter(writeFooter({ tags, signature: undefined }), symmetric, 3).signature).toBeUndefined();
  });

  test('of any other length is not authentic', () => {
    const notAuthentic = expect.objectContaining({ code: 'NOT_AUTHENTIC' });
    for (const [suite, right] of [
      [symmetric, 144],
      [signed, 247],
    ] as const) {
      for (const length of [0, 1, 47, 48, 96, right - 1, right + 1, 144 + 96, 144 + 102, 144 + 104, 247, 144]) {
        if (length !== right) expect(() => parseFooter(Buffer.alloc(length), suite, 3)).toThrow(notAuthentic);
      }
      expect(() => parseFooter(Buffer.alloc(right), suite, 3)).not.toThrow();
    }
  });
});

describe('tags', () => {
  test('verify when any of them is that of the key, wherever it stands', () => {
    for (const key of keys) {
      expect(verifyTags(tags, key, digest)).toBe(true);
      expect(verifyTags([...tags].reverse(), key, digest)).toBe(true);
    }
  });

  test('do not verify under another key, for another digest, cut short, or when there are none', () => {
    const [key = Buffer.alloc(0)] = keys;
    expect(verifyTags(tags, Buffer.alloc(32, 9), digest)).toBe(false);
    expect(verifyTags(tags, key, createHash('sha384').update('another').digest())).toBe(false);
    expect(
      verifyTags(
        tags.map(tag => tag.subarray(0, 47)),
        key,
        digest,
      ),
    ).toBe(false);
    expect(verifyTags([], key, digest)).toBe(false);
  });
});

describe('the canonical record', () => {
  const header = Buffer.from('header');
  const context = Buffer.from('context');
  const path = Buffer.from('path');
  const sha384 = (...parts: (Uint8Array | string)[]): string =>
    createHash('sha384')
      .update(Buffer.concat(parts.map(part => Buffer.from(part))))
      .digest('hex');
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const u64 = (number: number): Buffer => Buffer.from(number.toString(16).padStart(16, '0'), 'hex');

  test('has the type id before a plain value, and within the length of neither', () => {
    const terminal = { typeId: TypeId.LIST, value: Buffer.from('value') };
    const sealed = Buffer.from('TTciphertext and tag');
    expect(
      hex(
        recordDigest(header, context, [
          { path, content: { terminal } },
          { path, content: { sealed } },
        ]),
      ),
    ).toBe(sha384(header, u64(7), context, path, u64(5), 'PLAINTEXT', Buffer.of(3, 0), 'value', path, u64(18), 'ENCRYPTED', sealed));
  });

  test.each([0, 1, 4095, 4096, 4097, 100_000])('is the same for values of %i bytes, copied or not', length => {
    const value = Buffer.alloc(length, 7);
    const content = { terminal: { typeId: TypeId.BINARY, value } };
    const field = [path, u64(length), 'PLAINTEXT', Buffer.of(0xff, 0xff), value];
    expect(
      hex(
        recordDigest(header, context, [
          { path, content },
          { path, content },
        ]),
      ),
    ).toBe(sha384(header, u64(7), context, ...field, ...field));
  });

  test('counts the whole context and header', () => {
    const long = Buffer.alloc(70_000, 1);
    expect(hex(recordDigest(long, long, []))).toBe(sha384(long, u64(70_000), long));
  });
});
