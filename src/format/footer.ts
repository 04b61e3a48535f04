import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { equalSecrets } from '../bytes/compare.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { notAuthentic } from './not-authentic.ts';
import { SIGNATURE_LENGTH } from './signature.ts';
import type { AlgorithmSuite } from './suites.ts';
import type { Terminal } from './terminal.ts';

const TAG_LENGTH = 48;
const ENCRYPTED = Buffer.from('ENCRYPTED');
const PLAINTEXT = Buffer.from('PLAINTEXT');
/** Values up to this size are hashed from one buffer; larger ones are not copied. */
const COPY_LIMIT = 4096;

/** One signed attribute as the footer covers it. `sealed` is the stored form of an encrypted one. */
export interface SignedField {
  readonly path: Uint8Array;
  readonly content: { readonly sealed: Uint8Array } | { readonly terminal: Terminal };
}

/** The two parts of a footer. */
export interface Footer {
  /** One tag for each encrypted data key, in header order. */
  readonly tags: readonly Uint8Array[];
  readonly signature: Uint8Array | undefined;
}

/** SHA-384 of the canonical record (footer.md): header, encryption context and every signed attribute in canonical order. */
export function recordDigest(header: Uint8Array, serializedContext: Uint8Array, fields: readonly SignedField[]): Uint8Array {
  const hash = createHash('sha384');
  let writer = new ByteWriter(2048).bytes(header).u64(serializedContext.length).bytes(serializedContext);
  for (const { path, content } of fields) {
    const sealed = 'sealed' in content;
    const value = sealed ? content.sealed : content.terminal.value;
    writer.bytes(path).u64(sealed ? value.length - 2 : value.length);
    writer.bytes(sealed ? ENCRYPTED : PLAINTEXT);
    if (!sealed) writer.u16(content.terminal.typeId);
    if (value.length <= COPY_LIMIT) {
      writer.bytes(value);
    } else {
      hash.update(writer.finish()).update(value);
      writer = new ByteWriter(1024);
    }
  }
  return hash.update(writer.finish()).digest();
}

/** The tag of one encrypted data key over a record digest. */
export function footerTag(symmetricSigningKey: Uint8Array, digest: Uint8Array): Uint8Array {
  return createHmac('sha384', symmetricSigningKey).update(digest).digest();
}

/** Tags in header order, then the signature of suites that sign. */
export function writeFooter({ tags, signature }: Footer): Uint8Array {
  return Buffer.concat(signature === undefined ? tags : [...tags, signature]);
}

/** Splits a footer. Throws NOT_AUTHENTIC unless its length is exactly that of the header's suite and data keys. */
export function parseFooter(footer: Uint8Array, suite: AlgorithmSuite, edkCount: number): Footer {
  const tagsLength = TAG_LENGTH * edkCount;
  if (footer.length !== tagsLength + (suite.signed ? SIGNATURE_LENGTH : 0)) throw notAuthentic('footer');
  return {
    tags: Array.from({ length: edkCount }, (_, i) => footer.subarray(TAG_LENGTH * i, TAG_LENGTH * (i + 1))),
    signature: suite.signed ? footer.subarray(tagsLength) : undefined,
  };
}

/** True when any tag is that of this key. Which recipient's tag it is does not matter; the others cannot be checked. */
export function verifyTags(tags: readonly Uint8Array[], symmetricSigningKey: Uint8Array, digest: Uint8Array): boolean {
  const expected = footerTag(symmetricSigningKey, digest);
  return tags.some(tag => equalSecrets(tag, expected));
}
