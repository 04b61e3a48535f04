import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';

const footers = new WeakMap<object, Uint8Array>();

/** Remembers the footer of the stored item that `item`, which the caller gets, was read from. Every write changes it: a version, for locks. */
export function rememberFooter(item: object, footer: Uint8Array | undefined): void {
  if (footer !== undefined) footers.set(item, footer);
}

/** The footer that an item had in the database when it was read; undefined for objects that were not read, and for plaintext. */
export function footerOf(item: object): Uint8Array | undefined {
  return footers.get(item);
}

/** The footer of an item as it is stored. */
export function storedFooter(stored: AttributeMap): Uint8Array | undefined {
  return Object.hasOwn(stored, FOOTER_ATTRIBUTE) ? stored[FOOTER_ATTRIBUTE]?.B : undefined;
}
