/**
 * Ways to alter an encrypted item. The tamperings are all refused by the peers; the harmless
 * changes are not noticed, because they touch nothing that is signed, only how a number is
 * written, or a tag of a key that the reader does not need.
 */
import { Buffer } from 'node:buffer';
import {
  aes256,
  CONTEXT,
  config,
  ENCRYPT,
  multi,
  N,
  NOTHING,
  otherAes256,
  rawAes,
  S,
  SIGN,
  WITH_ECDSA,
  WITHOUT_ECDSA,
} from './corpus/parts.mjs';
import { AES_256_OTHER } from './keys.mjs';

/** @typedef {import('./corpus.mjs').Config} Config */
/** @typedef {import('./peer.mjs').Item} Item */
/** @typedef {{ config: Config, item: Item }} Pair */
/** @typedef {(sealed: Pair, other: Item) => Pair} Tampering other: another item under the same configuration */

const shared = { sortKeyName: 'range', allowedUnsignedAttributes: ['u'] };
const version1 = { a: ENCRYPT, b: ENCRYPT, s: SIGN, n: SIGN, u: NOTHING };
const version2 = { ...version1, c: CONTEXT };

/** The configurations whose items are altered. @type {Record<string, Config>} */
export const bases = {
  'v1, 0x6700': config(version1, { ...shared, algorithmSuiteId: WITHOUT_ECDSA }),
  'v1, 0x6701': config(version1, { ...shared, algorithmSuiteId: WITH_ECDSA }),
  'v2, 0x6700, two keys': config(version2, { ...shared, algorithmSuiteId: WITHOUT_ECDSA, keyring: multi(aes256, otherAes256) }),
  'v2, 0x6701': config(version2, { ...shared, algorithmSuiteId: WITH_ECDSA }),
};

/** Two plaintexts for a base. @param {Config} base @returns {[Item, Item]} */
export function plaintextsOf(base) {
  const make = (/** @type {string} */ mark) => ({
    id: S(`id-${mark}`),
    range: N('5'),
    a: S(`secret ${mark}`),
    b: S(`hidden ${mark}`),
    s: S(`signed ${mark}`),
    n: N('1'),
    u: S('unsigned'),
    ...('c' in base.attributeActionsOnEncrypt ? { c: S(`context ${mark}`) } : {}),
  });
  return [make('1'), make('2')];
}

/** @param {Record<string, unknown>} changes @returns {Tampering} */
const withItem =
  changes =>
  ({ config, item }) => ({ config, item: /** @type {Item} */ ({ ...item, ...changes }) });

/** @param {string} name @returns {Tampering} */
const without =
  name =>
  ({ config, item }) => ({ config, item: Object.fromEntries(Object.entries(item).filter(([key]) => key !== name)) });

/** @param {Partial<Config>} changes @returns {Tampering} */
const withConfig =
  changes =>
  ({ config, item }) => ({ config: { ...config, ...changes }, item });

/** @param {string} name @param {(bytes: Buffer) => Buffer} change @returns {Tampering} */
const withBytes =
  (name, change) =>
  ({ config, item }) => {
    const bytes = Buffer.from(String(item[name]?.B), 'base64');
    return { config, item: { ...item, [name]: { B: change(bytes).toString('base64') } } };
  };

/** @param {string} name @param {number} index from the end when negative @param {number} [bit] @returns {Tampering} */
const flip = (name, index, bit = 1) =>
  withBytes(name, bytes => {
    const at = index < 0 ? bytes.length + index : index;
    bytes[at] = (bytes[at] ?? 0) ^ bit;
    return bytes;
  });

/** @param {string} name @param {string} type */
const sameBytesAs =
  (name, type) =>
  (/** @type {Pair} */ { config, item }) => ({
    config,
    item: { ...item, [name]: { [type]: String(item[name]?.B) } },
  });

/** @type {Record<string, Tampering>} */
const tamperings = {
  'header: version': flip('aws_dbe_head', 0, 3),
  'header: flavor': flip('aws_dbe_head', 1),
  'header: message id': flip('aws_dbe_head', 2),
  'header: last byte of the message id': flip('aws_dbe_head', 33, 0x80),
  'header: legend length': flip('aws_dbe_head', 35),
  'header: legend letter': flip('aws_dbe_head', 36, 'e'.charCodeAt(0) ^ 's'.charCodeAt(0)),
  'header: unknown legend letter': flip('aws_dbe_head', 36, 0x80),
  'header: last EDK byte': flip('aws_dbe_head', -33),
  'header: wrapped data key': flip('aws_dbe_head', -33 - 48 - 48),
  'header: first commitment byte': flip('aws_dbe_head', -32),
  'header: last commitment byte': flip('aws_dbe_head', -1, 0x80),
  'header: one byte less': withBytes('aws_dbe_head', bytes => bytes.subarray(0, -1)),
  'header: one byte more': withBytes('aws_dbe_head', bytes => Buffer.concat([bytes, Buffer.of(0)])),
  'header: empty': withBytes('aws_dbe_head', () => Buffer.alloc(0)),
  'header: one byte': withBytes('aws_dbe_head', bytes => bytes.subarray(0, 1)),
  'header: missing': without('aws_dbe_head'),
  'header: of another item': (sealed, other) => withItem({ aws_dbe_head: other.aws_dbe_head })(sealed, other),
  'header: a string': sameBytesAs('aws_dbe_head', 'S'),
  'footer: first byte': flip('aws_dbe_foot', 0),
  'footer: one byte less': withBytes('aws_dbe_foot', bytes => bytes.subarray(0, -1)),
  'footer: one byte more': withBytes('aws_dbe_foot', bytes => Buffer.concat([bytes, Buffer.of(0)])),
  'footer: empty': withBytes('aws_dbe_foot', () => Buffer.alloc(0)),
  'footer: zeros': withBytes('aws_dbe_foot', bytes => Buffer.alloc(bytes.length)),
  'footer: missing': without('aws_dbe_foot'),
  'footer: of another item': (sealed, other) => withItem({ aws_dbe_foot: other.aws_dbe_foot })(sealed, other),
  'footer: a string': sameBytesAs('aws_dbe_foot', 'S'),
  'header and footer of another item': (sealed, other) =>
    withItem({ aws_dbe_head: other.aws_dbe_head, aws_dbe_foot: other.aws_dbe_foot })(sealed, other),
  'header and footer missing': (sealed, other) => without('aws_dbe_foot')(without('aws_dbe_head')(sealed, other), other),
  'encrypted: type id': flip('a', 1),
  'encrypted: ciphertext': flip('a', 2),
  'encrypted: tag': flip('a', -1),
  'encrypted: one byte less': withBytes('a', bytes => bytes.subarray(0, -1)),
  'encrypted: one byte': withBytes('a', bytes => bytes.subarray(0, 1)),
  'encrypted: empty': withBytes('a', () => Buffer.alloc(0)),
  'encrypted: two swapped': ({ config, item }) => ({ config, item: /** @type {Item} */ ({ ...item, a: item.b, b: item.a }) }),
  'encrypted: of another item': (sealed, other) => withItem({ a: other.a })(sealed, other),
  'encrypted: plaintext in its place': withItem({ a: S('secret 1') }),
  'encrypted: removed': without('a'),
  'signed: value': withItem({ s: S('signed 2') }),
  'signed: number': withItem({ n: N('2') }),
  'signed: type': withItem({ n: S('1') }),
  'signed: removed': without('s'),
  'signed: renamed to a name of the same length': (sealed, other) => withItem({ t: sealed.item.s })(without('s')(sealed, other), other),
  'signed: one added': withItem({ t: S('new') }),
  'keys: partition value': withItem({ id: S('id-2') }),
  'keys: sort value': withItem({ range: N('6') }),
  'keys: sort value of another type': withItem({ range: S('5') }),
  'keys: partition removed': without('id'),
  'keys: sort removed': without('range'),
  'configuration: another table': withConfig({ logicalTableName: 'interop2' }),
  'configuration: no sort key': ({ config: { sortKeyName: _, ...config }, item }) => ({ config, item }),
  'configuration: another wrapping key': withConfig({ keyring: rawAes(AES_256_OTHER, 'aes-256') }),
  'configuration: another key name': withConfig({ keyring: { ...aes256, keyName: 'aes-257' } }),
  'configuration: another key namespace': withConfig({ keyring: { ...aes256, keyNamespace: 'other' } }),
  'configuration: a signed attribute called unsigned': ({ config, item }) => ({
    config: {
      ...config,
      attributeActionsOnEncrypt: { ...config.attributeActionsOnEncrypt, s: NOTHING },
      allowedUnsignedAttributes: ['u', 's'],
    },
    item,
  }),
  'configuration: the unsigned attribute called signed': ({ config: { allowedUnsignedAttributes: _, ...config }, item }) => ({
    config: { ...config, attributeActionsOnEncrypt: { ...config.attributeActionsOnEncrypt, u: SIGN } },
    item,
  }),
};

/** Of items wrapped with one key, or signed with ECDSA. @type {Record<string, Tampering>} */
const singleKeyTamperings = {
  'footer: last byte': flip('aws_dbe_foot', -1),
};

/** Of items with an attribute in the encryption context. @type {Record<string, Tampering>} */
const contextTamperings = {
  'context: value': withItem({ c: S('context 2') }),
  'context: type': withItem({ c: { B: Buffer.from('context 1').toString('base64') } }),
  'context: removed': without('c'),
};

/** @type {Record<string, Tampering>} */
const harmless = {
  'a signed number written differently': withItem({ n: N('1.0') }),
  'the sort key number written differently': withItem({ range: N('05') }),
  'an unsigned value changed': withItem({ u: N('12') }),
  'an unsigned attribute removed': without('u'),
  'a reserved attribute added': withItem({ aws_dbe_more: S('x') }),
  'another suite configured': ({ config, item }) => ({
    config: { ...config, algorithmSuiteId: config.algorithmSuiteId === WITH_ECDSA ? WITHOUT_ECDSA : WITH_ECDSA },
    item,
  }),
  'other actions configured': ({ config, item }) => ({
    config: { ...config, attributeActionsOnEncrypt: { ...config.attributeActionsOnEncrypt, a: SIGN, s: ENCRYPT } },
    item,
  }),
  'only the keys configured': ({ config, item }) => ({
    config: { ...config, attributeActionsOnEncrypt: { id: SIGN, range: SIGN } },
    item,
  }),
};

/** Of items wrapped with two keys: one footer tag that fits is enough. @type {Record<string, Tampering>} */
const twoKeyHarmless = {
  'footer: tag of the second key': flip('aws_dbe_foot', -1),
  'footer: tags in the other order': withBytes('aws_dbe_foot', bytes => Buffer.concat([bytes.subarray(48), bytes.subarray(0, 48)])),
  'footer: second tag repeats the first': withBytes('aws_dbe_foot', bytes => Buffer.concat([bytes.subarray(0, 48), bytes.subarray(0, 48)])),
};

/** @param {Config} base one of {@link bases} @returns {{ refused: Record<string, Tampering>, opened: Record<string, Tampering> }} */
export function alterationsOf(base) {
  const twoKeys = base.keyring.type === 'multi';
  const included = 'c' in base.attributeActionsOnEncrypt;
  return {
    refused: { ...tamperings, ...(twoKeys ? {} : singleKeyTamperings), ...(included ? contextTamperings : {}) },
    opened: { ...harmless, ...(twoKeys ? twoKeyHarmless : {}) },
  };
}
