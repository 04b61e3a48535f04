import type { AttributeMap } from 'fieldseal/dynamodb';
import { parseHeader } from 'fieldseal/format';

/** 48 bytes of the wrapped data key, a salt of 16 and an iv of 12 precede the version. */
const VERSION_AT = 48 + 28;

/** The version of the branch key that an item is under. */
export function versionOf(item: AttributeMap, branchKeyId: string): string {
  const head = item.aws_dbe_head?.B;
  if (head === undefined) throw new TypeError('the item is not encrypted');
  const edk = parseHeader(head).encryptedDataKeys.find(({ providerInfo }) => Buffer.from(providerInfo).toString() === branchKeyId);
  if (edk === undefined) throw new TypeError('the item is not under that branch key');
  const bytes = Buffer.from(edk.ciphertext).subarray(VERSION_AT, VERSION_AT + 16);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
