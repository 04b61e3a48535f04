import { createHmac, createSecretKey } from 'node:crypto';
import { types } from 'node:util';
import { isRecord } from '../bytes/objects.ts';
import { quotedList } from '../bytes/quoted.ts';
import { copyKey, isAllZero, zero } from '../bytes/secret.ts';
import { utf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { FieldsealError } from '../errors.ts';
import { canonicalBytes } from './canonical-value.ts';
import { holdPseudonym, type Pseudonym } from './holders/pseudonym.ts';

const LABEL = 'fieldseal/pseudonym/v1';
const KEY_LENGTH = 32;
const BYTES_SHOWN = 16;
const VERSION = /^[A-Za-z0-9_-]{1,32}$/;
const OPTIONS = ['key', 'keyVersion', 'tenant'];

/** Options of {@link pseudonymizer}. */
export interface PseudonymizerOptions {
  /** 32 random bytes that are used for nothing else: not a branch key, not a wrapping key. Copied. */
  readonly key: Uint8Array;
  /** A name for the key, which pseudonyms begin with: a new key gives new pseudonyms. Letters, digits, `-` and `_`. */
  readonly keyVersion: string;
  /** A signed attribute that every item has. The same value has another pseudonym in every tenant. */
  readonly tenant?: string;
}

/** Where the value of a pseudonym is from. */
export interface PseudonymSource {
  /** Logical table name. */
  readonly table: string;
  readonly attribute: string;
  /** The value of the attribute that `tenant` names; undefined when nothing tells tenants apart. */
  readonly tenant?: unknown;
}

/** Makes pseudonyms for a policy. */
export interface Pseudonymizer {
  readonly keyVersion: string;
  readonly tenant: string | undefined;
  /** Throws ATTRIBUTE_INVALID for lists, maps and other values that have no canonical form. */
  pseudonymOf(value: unknown, source: PseudonymSource): Pseudonym;
}

/**
 * Pseudonyms by HMAC-SHA-256, cut to 128 bits, under a key of their own. Whoever sees two pseudonyms of one attribute, tenant and key
 * version learns whether the values are equal; without the key, nothing else. Throws CONFIG_INVALID.
 */
export function pseudonymizer(options: PseudonymizerOptions): Pseudonymizer {
  return new HmacPseudonymizer(options);
}

/** True for what {@link pseudonymizer} made. */
export function isPseudonymizer(value: unknown): value is Pseudonymizer {
  return value instanceof HmacPseudonymizer;
}

class HmacPseudonymizer implements Pseudonymizer {
  readonly keyVersion: string;
  readonly tenant: string | undefined;
  readonly #key: ReturnType<typeof createSecretKey>;

  constructor(options: unknown) {
    if (!isRecord(options)) refuse('takes { key, keyVersion }');
    const unknown = Object.keys(options).filter(name => !OPTIONS.includes(name));
    if (unknown.length > 0) refuse(`has no option ${quotedList(unknown)}; there are ${quotedList(OPTIONS)}`);
    const { keyVersion, tenant } = options;
    if (typeof keyVersion !== 'string' || !VERSION.test(keyVersion))
      refuse('needs a keyVersion of up to 32 letters, digits, "-" and "_", such as "2026-1"');
    if (tenant !== undefined && (typeof tenant !== 'string' || tenant === '')) refuse('takes the name of an attribute for tenant');
    this.keyVersion = keyVersion;
    this.tenant = tenant;
    this.#key = readKey(options.key);
    Object.freeze(this);
  }

  pseudonymOf(value: unknown, { table, attribute, tenant }: PseudonymSource): Pseudonym {
    const tenantBytes = tenant === undefined ? new Uint8Array(0) : canonicalBytes(tenant);
    const input = new ByteWriter();
    for (const part of [utf8(LABEL), utf8(table), utf8(attribute), tenantBytes, utf8(this.keyVersion), canonicalBytes(value)])
      input.u32(part.length).bytes(part);
    const digest = createHmac('sha256', this.#key).update(input.finish()).digest();
    return holdPseudonym(`${this.keyVersion}.${digest.subarray(0, BYTES_SHOWN).toString('base64url')}`);
  }
}

function readKey(key: unknown): ReturnType<typeof createSecretKey> {
  if (!types.isUint8Array(key) || key.length !== KEY_LENGTH || isAllZero(key))
    refuse(`needs a key: ${KEY_LENGTH} random bytes, which nothing else uses`);
  const copy = copyKey(key);
  try {
    return createSecretKey(copy);
  } finally {
    zero(copy);
  }
}

function refuse(message: string): never {
  throw new FieldsealError('CONFIG_INVALID', `pseudonymizer() ${message}`);
}
