import { Buffer } from 'node:buffer';
import { compareBytes } from '../../bytes/compare.ts';
import { uuidOf } from '../../bytes/uuid.ts';
import { type EncryptedDataKey, HEADER_ATTRIBUTE, type Header, parseHeader } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { binaryOf } from '../item.ts';

/** A key that opens an item, as the item names it. */
export interface ItemKey {
  /** The ARN of a KMS key, the id of a branch key, or namespace and name of a key of your own, with `/` between them. */
  readonly keyId: string;
  /** Of branch keys. */
  readonly version?: string;
}

const KMS = 'aws-kms';
const HIERARCHY = 'aws-kms-hierarchy';
/** Before it come the wrapped data key, 48 bytes, a salt, 16, and an IV, 12 (aws-kms-hierarchical-keyring.md). */
const VERSION_AT = 48 + 16 + 12;
const VERSION_LENGTH = 16;
/** What follows the name of a raw AES key: the length of its tag in bits, that of the IV in bytes, and the IV (raw-aes-keyring.md). */
const AES_LENGTHS = Buffer.from('000000800000000c', 'hex');
const AES_SUFFIX_LENGTH = AES_LENGTHS.length + 12;

/** The header of a stored item. */
export function headerOf(stored: AttributeMap): Header {
  return parseHeader(binaryOf(stored, HEADER_ATTRIBUTE));
}

/** The keys of a header, in its order. Nobody has verified it but who verified its item. */
export function itemKeys({ encryptedDataKeys }: Header): readonly ItemKey[] {
  return Object.freeze(encryptedDataKeys.map(keyOf));
}

/**
 * Whether a new header protects an item as its old one does: for the same keys in the same versions, under the same suite, each attribute by the same
 * action. What KMS rotates inside a key is not seen; nor is another raw key of the same name.
 */
export function isAsBefore(before: Header, after: Header): boolean {
  return (
    before.version === after.version &&
    before.suite === after.suite &&
    before.legend.join('') === after.legend.join('') &&
    recipients(before).join('\n') === recipients(after).join('\n')
  );
}

/** Who can open, in an order of its own. */
function recipients({ encryptedDataKeys }: Header): string[] {
  return encryptedDataKeys
    .map(edk => {
      const { keyId, version = '' } = keyOf(edk);
      return JSON.stringify([edk.providerId, keyId, version]);
    })
    .sort();
}

function keyOf(edk: EncryptedDataKey): ItemKey {
  const { providerId, providerInfo, ciphertext } = edk;
  if (providerId === KMS) return { keyId: textOf(providerInfo) };
  if (providerId !== HIERARCHY) return { keyId: `${providerId}/${textOf(nameIn(providerInfo))}` };
  return { keyId: textOf(providerInfo), version: uuidOf(ciphertext.subarray(VERSION_AT, VERSION_AT + VERSION_LENGTH)) };
}

function nameIn(providerInfo: Uint8Array): Uint8Array {
  const end = providerInfo.length - AES_SUFFIX_LENGTH;
  const isAes = end >= 0 && compareBytes(providerInfo.subarray(end, end + AES_LENGTHS.length), AES_LENGTHS) === 0;
  return isAes ? providerInfo.subarray(0, end) : providerInfo;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
