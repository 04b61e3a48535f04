import { Buffer } from 'node:buffer';
import { zero } from './secret.ts';

/** Bytes of a base64 text, in a backing store of their own, since they may be a key; undefined when the text is not canonical base64. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'base64'));
  const decoded = bytes.subarray(0, bytes.write(text, 'base64'));
  if (decoded.toString('base64') === text) return decoded;
  zero(bytes);
  return undefined;
}
