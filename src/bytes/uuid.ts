import { Buffer } from 'node:buffer';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for the text of a UUID in lower case, as AWS's key stores write versions. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The text of a UUID of 16 bytes. */
export function uuidOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
