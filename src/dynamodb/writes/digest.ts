import { Buffer } from 'node:buffer';
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isPlain } from '../../bytes/objects.ts';
import { randomKey } from '../../bytes/secret.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { serialize } from '../serialize.ts';

/** Made anew by each process: a digest tells nothing to anyone else, not even whether a guess was right. */
const KEY = createSecretKey(randomKey(32));
const MOST_LEVELS = 100;

/**
 * A keyed digest of plaintext, which tells whether a request still is what it was when it was encrypted. Values that DynamoDB takes for equal (`1.0`
 * and `1`, sets in another order) are equal. What has no canonical form is equal to nothing, not even to itself.
 */
export class PlaintextDigest {
  readonly #hmac = createHmac('sha256', KEY);
  #bytes = 0;

  text(text: string): this {
    return this.#add('s', Buffer.from(text, 'utf16le')); // UTF-8 has one form for all lone surrogates
  }

  /** An item, a key, or the values of an expression, in DynamoDB's own form. */
  item(item: AttributeMap): this {
    const names = Object.keys(item).sort();
    this.#add('i', String(names.length));
    for (const name of names) this.text(name).#value(item[name]);
    return this;
  }

  /** Any other part of a request. Members that are undefined count as absent. */
  part(part: unknown, level = 1): this {
    if (part === undefined || part === null) return this.#add('0');
    if (typeof part === 'string') return this.text(part);
    if (typeof part === 'number' || typeof part === 'boolean' || typeof part === 'bigint') return this.#add(typeof part, String(part));
    if (part instanceof Uint8Array) return this.#add('b', part);
    if (typeof part !== 'object' || level > MOST_LEVELS) return this.#addNothingEqual();
    if (Array.isArray(part)) return this.#list(part, level);
    return isPlain(part) ? this.#members(Object.entries(part), level) : this.#addNothingEqual();
  }

  finish(): Uint8Array {
    return this.#hmac.digest();
  }

  /** How many bytes went in. */
  get bytes(): number {
    return this.#bytes;
  }

  #value(value: AttributeValue | undefined): this {
    try {
      const { typeId, value: bytes } = serialize(value as AttributeValue, 'verify'); // undefined has no type, and is refused there
      return this.#add('v', String(typeId)).#add('b', bytes);
    } catch {
      return this.part(value); // an unsigned attribute comes unchecked: the server will refuse it
    }
  }

  #list(list: readonly unknown[], level: number): this {
    this.#add('l', String(list.length));
    for (const element of list) this.part(element, level + 1);
    return this;
  }

  #members(entries: readonly (readonly [string, unknown])[], level: number): this {
    const present = entries.filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#add('m', String(present.length));
    for (const [name, member] of present) this.text(name).part(member, level + 1);
    return this;
  }

  #addNothingEqual(): this {
    return this.#add('?', randomBytes(16));
  }

  /** With its length: no two sequences of parts give the same bytes. */
  #add(kind: string, content: string | Uint8Array = ''): this {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    this.#hmac.update(`${kind}${bytes.length}:`).update(bytes);
    this.#bytes += bytes.length;
    return this;
  }
}
