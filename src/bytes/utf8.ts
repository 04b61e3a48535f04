import { Buffer, isUtf8 } from 'node:buffer';
import { FieldsealError } from '../errors.ts';

/** UTF-8 bytes of well-formed text. Throws ATTRIBUTE_INVALID for a lone surrogate, which UTF-8 cannot hold. */
export function utf8(text: string): Buffer {
  requireWellFormed(text);
  return Buffer.from(text, 'utf8');
}

/** Throws ATTRIBUTE_INVALID for a lone surrogate, which UTF-8 cannot hold. */
export function requireWellFormed(text: string): void {
  if (!text.isWellFormed())
    throw new FieldsealError('ATTRIBUTE_INVALID', 'the text holds a lone surrogate; replace it, UTF-8 cannot hold it');
}

/** Text of UTF-8 bytes, a leading byte order mark included; undefined when the bytes are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return decodeUtf8Part(bufferOver(bytes), 0, bytes.length);
}

/** The same for a part of a buffer. */
export function decodeUtf8Part(buffer: Buffer, start: number, end: number): string | undefined {
  const text = buffer.toString('utf8', start, end);
  // What is not valid decodes to U+FFFD, so only a text with that character needs a closer look at its bytes.
  return !text.includes('\ufffd') || isUtf8(buffer.subarray(start, end)) ? text : undefined;
}

/** A Buffer over the same memory. */
export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Orders two texts as their UTF-8 bytes would be ordered (by code point), without encoding them. */
export function compareUtf8(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates (code points above U+FFFF) before U+E000..U+FFFF; code point order puts them after. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
