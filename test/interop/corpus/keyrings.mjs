/** Raw AES and raw RSA keyrings of every size and padding, and multi keyrings of them. */
import { AES_256, RSA_2048 } from '../keys.mjs';
import {
  aes128,
  aes192,
  aes256,
  CONTEXT,
  config,
  ENCRYPT,
  multi,
  N,
  otherAes256,
  rawAes,
  rawRsa,
  rsa2048,
  rsa4096,
  S,
  SIGN,
  WITH_ECDSA,
  WITHOUT_ECDSA,
} from './parts.mjs';

const paddings = ['PKCS1', 'OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1'];
const odd = { ...rawAes(AES_256, 'schlüssel-🙂'), keyNamespace: 'naïve' };
const spaced = { ...rawAes(AES_256, 'a key/with:signs'), keyNamespace: 'name space' };
const longNamed = rawAes(AES_256, 'k'.repeat(1000));

/** @type {Record<string, import('./parts.mjs').Keyring>} */
const keyrings = {
  'AES 256': aes256,
  'AES 192': aes192,
  'AES 128': aes128,
  'AES with a non-ASCII name': odd,
  'AES with spaces in the name': spaced,
  'AES with a long name': longNamed,
  ...Object.fromEntries(paddings.map(padding => [`RSA 2048 ${padding}`, rawRsa(RSA_2048, padding)])),
  'RSA 4096': rsa4096,
  'multi of one': multi(aes256),
  'multi AES + AES': multi(aes256, otherAes256),
  'multi AES 128 + AES 256': multi(aes128, aes256),
  'multi AES + RSA': multi(aes256, rsa2048),
  'multi RSA + AES': multi(rsa2048, aes192),
  'multi RSA + RSA': multi(rsa2048, rsa4096),
  'multi with three children': multi(aes256, otherAes256, rsa2048, aes128),
  'multi with the same child twice': multi(aes256, aes256),
  'multi as generator of a multi': multi(multi(aes256, aes192), otherAes256),
  'multi without generator as child of a multi': multi(aes256, { type: 'multi', children: [rsa2048, otherAes256] }),
};

/** The most keys that a header holds. @type {import('./parts.mjs').Case} */
const mostKeys = {
  name: 'keyring: multi with 255 keys',
  config: config({ secret: ENCRYPT }, { keyring: multi(aes256, ...Array.from({ length: 254 }, () => aes128)) }),
  item: { id: S('keyring'), secret: S('255 keys') },
};

/** @returns {import('./parts.mjs').Case[]} */
export function keyringCases() {
  const cases = Object.entries(keyrings).flatMap(([name, keyring], index) =>
    [WITHOUT_ECDSA, WITH_ECDSA].map((algorithmSuiteId, suite) => {
      const version2 = (index + suite) % 2 === 0;
      const actions = { secret: ENCRYPT, open: SIGN, ...(version2 ? { tenant: CONTEXT } : {}) };
      const item = { id: S('keyring'), secret: S(name), open: N('1'), ...(version2 ? { tenant: S('tenant-1') } : {}) };
      return { name: `keyring suite ${suite}: ${name}`, config: config(actions, { algorithmSuiteId, keyring }), item };
    }),
  );
  return [...cases, mostKeys];
}
