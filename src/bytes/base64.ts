import { Buffer } from 'node:buffer';

/** Bytes of a base64 text; undefined when the text is not canonical base64. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
