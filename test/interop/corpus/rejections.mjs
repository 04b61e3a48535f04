/** What the peers refuse to encrypt, or refuse as a configuration. `peers` names those that do. */
import { AES_256 } from '../keys.mjs';
import { aes128, aes192, aes256, B, BS, CONTEXT, config, ENCRYPT, L, M, multi, N, NOTHING, NS, rsa2048, S, SIGN, SS } from './parts.mjs';
import { nested } from './shapes.mjs';

/** @typedef {import('./parts.mjs').Config} Config */
/** @typedef {import('./parts.mjs').Item} Item */
/** @typedef {import('./parts.mjs').Value} Value */

const id = S('refused');
const plain = config({ a: ENCRYPT });
const digits39 = '123456789012345678901234567890123456789';
const both = ['java', 'rust'];
const rust = ['rust'];

/** Values that can be neither encrypted nor signed. @type {Record<string, Value>} */
const badValues = {
  'duplicate in a string set': SS('a', 'b', 'a'),
  'duplicate in a number set': NS('1', '1'),
  'duplicate in a number set after normalising': NS('1', '1.0'),
  'duplicate zero in a number set': NS('0', '-0'),
  'duplicate in a binary set': BS([1], [1]),
  'duplicate in a nested set': L(M(['k', SS('a', 'a')])),
  '39 significant digits': N(digits39),
  '39 significant digits after the point': N(`0.${digits39}`),
  '39 digits in a set': NS(digits39),
  '32 wrappers': nested(32, inner => L(inner)),
  '32 maps': nested(32, inner => M(['k', inner])),
  'lone surrogate': S('\uD800'),
  'lone surrogate in a set': SS('\uDC00'),
  'lone surrogate as a map key': M(['\uD800', S('x')]),
};

/** Text that is no number, or not one in range. */
const badNumbers = [
  ...[
    '',
    '.',
    '-',
    '+',
    '+-1',
    '--1',
    'e5',
    '.e5',
    '1e',
    '1E',
    '1e--2',
    '1e1.5',
    '1e2e3',
    '1.2.3',
    '1,000',
    '1_0',
    '0x10',
    '12x',
    '1f',
    '1d',
  ],
  ...[' 1', '1 ', '\t1', '1\n', 'NaN', 'Infinity', '-infinity', '１', '٣', '1e126', '-1e126', '1e-131', '0.01e-129', `1${'0'.repeat(126)}`],
];

/** Map keys that the Rust peer alone refuses: their length must be 1 to 65535 bytes. */
const badKeys = { empty: '', 'of 65536 letters': 'k'.repeat(65536), 'of 66000 bytes in 33000 letters': 'é'.repeat(33000) };

/** @type {[string, Config, Item][]} */
const badItems = [
  ['attribute without an action', plain, { id, a: S('x'), unknown: S('y') }],
  ['attribute without an action, named __proto__', plain, { id, a: S('x'), ['__proto__']: S('y') }],
  ['attribute without an action, named constructor', plain, { id, a: S('x'), constructor: S('y') }],
  ['partition key missing', plain, { a: S('x') }],
  ['sort key missing', config({ a: ENCRYPT }, { sortKeyName: 'r' }), { id, a: S('x') }],
  ['empty item', plain, {}],
  ['header already present', plain, { id, a: S('x'), aws_dbe_head: B(1) }],
  ['footer already present', plain, { id, a: S('x'), aws_dbe_foot: B(1) }],
  ['reserved attribute with a bad value', plain, { id, a: S('x'), aws_dbe_own: SS('a', 'a') }],
  [
    'bad value under the unsigned prefix, without an action',
    config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: ':' }),
    { id, a: S('x'), ':u': SS('a', 'a') },
  ],
  [
    'bad number in the unsigned list, without an action',
    config({ a: ENCRYPT }, { allowedUnsignedAttributes: ['u'] }),
    { id, a: S('x'), u: N('1e400') },
  ],
  ['context attribute missing', config({ a: ENCRYPT, c: CONTEXT }), { id, a: S('x') }],
  ['context value of 65536 bytes', config({ a: CONTEXT }), { id, a: S('x'.repeat(65536)) }],
  ['context name of 65520 bytes', config({ ['n'.repeat(65520)]: CONTEXT }), { id, ['n'.repeat(65520)]: S('x') }],
  ['attribute name with a lone surrogate', config({ '\uD800': ENCRYPT }), { id, '\uD800': S('x') }],
  ['attribute name of 65536 letters', config({ ['n'.repeat(65536)]: ENCRYPT }), { id, ['n'.repeat(65536)]: S('x') }],
  ['partition key with 39 digits', plain, { id: N(digits39), a: S('x') }],
];

/** @param {import('./parts.mjs').Keyring} keyring */
const withKeyring = keyring => config({ a: ENCRYPT }, { keyring });

/** @type {[string, Config][]} */
const badKeyrings = [
  ['RSA keyring without keys', withKeyring({ type: 'raw-rsa', keyNamespace: 'n', keyName: 'k' })],
  ['private RSA key only', withKeyring({ ...rsa2048, publicKey: undefined })],
  ['reserved key namespace', withKeyring({ ...aes256, keyNamespace: 'aws-kms' })],
  ['wrapping key of 20 bytes', withKeyring({ ...aes256, wrappingKey: AES_256.slice(0, 28) })],
  ['multi keyring without keyrings', withKeyring({ type: 'multi', children: [] })],
  ['multi keyring without generator', withKeyring({ type: 'multi', children: [aes256] })],
  ['multi keyring with a generator as child', withKeyring(multi(aes256, multi(aes192, aes128)))],
  ['256 keys', withKeyring(multi(aes256, ...Array.from({ length: 255 }, () => aes128)))],
];

/** @type {[string, Config, Item][]} */
const badConfigs = [
  ['partition key encrypted', config({ id: ENCRYPT }), { id }],
  ['partition key unsigned', config({ id: NOTHING }, { allowedUnsignedAttributes: ['id'] }), { id }],
  ['sort key encrypted', config({ r: ENCRYPT }, { sortKeyName: 'r' }), { id, r: S('x') }],
  ['partition key without an action', { ...plain, attributeActionsOnEncrypt: { a: ENCRYPT } }, { id, a: S('x') }],
  ['sort key without an action', { ...plain, sortKeyName: 'r' }, { id, a: S('x'), r: S('y') }],
  ['context without the partition key in it', config({ id: SIGN, c: CONTEXT }), { id, c: S('x') }],
  ['context without the sort key in it', config({ r: SIGN, c: CONTEXT }, { sortKeyName: 'r' }), { id, r: S('y'), c: S('x') }],
  ['unsigned action without permission', config({ u: NOTHING }), { id, u: S('x') }],
  ['signed action on an unsigned attribute', config({ u: SIGN }, { allowedUnsignedAttributes: ['u'] }), { id, u: S('x') }],
  ['encrypted action under the unsigned prefix', config({ ':u': ENCRYPT }, { allowedUnsignedAttributePrefix: ':' }), { id, ':u': S('x') }],
  ['unsigned prefix of the partition key', config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: 'i' }), { id, a: S('x') }],
  ['action for a reserved name', config({ aws_dbe_x: ENCRYPT }), { id, aws_dbe_x: S('x') }],
  ['name of an encryption context key', config({ 'aws-crypto-x': CONTEXT }), { id, 'aws-crypto-x': S('x') }],
  ['name of an encryption context key, encrypted', config({ 'aws-crypto-x': ENCRYPT }), { id, 'aws-crypto-x': S('x') }],
  [
    'partition key named like a context key',
    config({ a: ENCRYPT }, { partitionKeyName: 'aws-crypto-x' }),
    { 'aws-crypto-x': id, a: S('x') },
  ],
  ['empty list of unsigned attributes', config({ a: ENCRYPT }, { allowedUnsignedAttributes: [] }), { id, a: S('x') }],
  ['empty unsigned prefix', config({ a: ENCRYPT }, { allowedUnsignedAttributePrefix: '' }), { id, a: S('x') }],
  ['empty partition key name', config({ a: ENCRYPT }, { partitionKeyName: '' }), { '': id, a: S('x') }],
  ['the same name for both keys', config({ a: ENCRYPT }, { sortKeyName: 'id' }), { id, a: S('x') }],
  ['table name of 65536 letters', config({ a: ENCRYPT }, { logicalTableName: 't'.repeat(65536) }), { id, a: S('x') }],
];

/** The bad value encrypted, and signed. @param {string} reason @param {Value} value @param {string[]} peers */
function inBothRoles(reason, value, peers) {
  return [
    { name: `refused: encrypted, ${reason}`, reason, config: plain, item: { id, a: value }, peers },
    { name: `refused: signed, ${reason}`, reason, config: config({ s: SIGN }), item: { id, s: value }, peers },
  ];
}

/** @returns {import('./parts.mjs').Rejection[]} */
export function rejections() {
  const item = { id, a: S('x') };
  const withItems = [
    ...badItems,
    ...badConfigs,
    ...badKeyrings.map(([reason, settings]) => /** @type {const} */ ([reason, settings, item])),
  ];
  return [
    ...withItems.map(([reason, settings, refused]) => ({
      name: `refused: ${reason}`,
      reason,
      config: settings,
      item: refused,
      peers: both,
    })),
    ...Object.entries(badValues).flatMap(([reason, value]) => inBothRoles(reason, value, both)),
    ...badNumbers.flatMap(number => inBothRoles(`number ${JSON.stringify(number)}`.slice(0, 40), N(number), both)),
    ...Object.entries(badKeys).flatMap(([reason, key]) => inBothRoles(`map key ${reason}`, M([key, S('x')]), rust)),
  ];
}
