/** Numbers in odd renderings: encrypted ones come back normalised, all others verbatim. */
import { CONTEXT, config, ENCRYPT, L, M, N, NOTHING, NS, S, SIGN, WITH_ECDSA, WITHOUT_ECDSA } from './parts.mjs';

const digits38 = '12345678901234567890123456789012345678';

const numbers = [
  '0',
  '-0',
  '+0',
  '0.0',
  '-0.00',
  '0e10',
  '00',
  '000.000',
  '.0',
  '0.',
  '1',
  '-1',
  '+1',
  '01',
  '-01',
  '1.',
  '1.0',
  '1.00',
  '.5',
  '-.5',
  '+.5',
  '00.0011',
  '0.0011',
  '2000',
  '2000.000',
  '1e2',
  '1E2',
  '1e+2',
  '1E+02',
  '1e-2',
  '1.0e2',
  '100e-2',
  '123.456e5',
  '123.456e-5',
  '123.456e2',
  '0.1e1',
  '10e-1',
  '1e0',
  '1e00',
  '-1.50e3',
  '9007199254740993',
  '0.1',
  '3.1415926535897932384626433832795028841',
  digits38,
  `-${digits38}`,
  `0.${digits38}`,
  `000${digits38}000`,
  `${digits38}e20`,
  `${digits38}.000`,
  '99999999999999999999999999999999999999',
  '1e37',
  '1e38',
  '1e100',
  '1e125',
  '-1e125',
  '9.9999999999999999999999999999999999999e125',
  '0.1e126',
  '1e-10',
  '1e-129',
  '-1e-129',
  '1e-130',
  '0.001e-126',
  '9.9999999999999999999999999999999999999e-130',
  '1.5e-128',
  '9.99e-130',
  '0e99999999999',
  '1e0000000000125',
  '5.e1',
  `1${'0'.repeat(120)}`,
  `0.${'0'.repeat(140)}1e140`,
];

const fewer = config({ encrypted: ENCRYPT, signed: SIGN, set: ENCRYPT, list: ENCRYPT });
const included = config(
  { encrypted: ENCRYPT, included: CONTEXT, signedSet: SIGN, map: ENCRYPT, unsigned: NOTHING },
  { allowedUnsignedAttributes: ['unsigned'], algorithmSuiteId: WITH_ECDSA },
);
const keyed = config({ encrypted: ENCRYPT }, { sortKeyName: 'range' });
const keyedIncluded = config({ encrypted: ENCRYPT, included: CONTEXT }, { sortKeyName: 'range', algorithmSuiteId: WITHOUT_ECDSA });

/** @returns {import('./parts.mjs').Case[]} */
export function numberCases() {
  return numbers.flatMap((number, index) => {
    const value = N(number);
    const pair = NS(number, '77');
    const v1 = { id: S('number'), encrypted: value, signed: value, set: pair, list: L(value, pair) };
    const v2 = { id: S('number'), encrypted: value, included: value, signedSet: pair, map: M(['n', value]), unsigned: value };
    const roles = {
      name: `number as attribute: ${number}`,
      ...(index % 2 === 0 ? { config: fewer, item: v1 } : { config: included, item: v2 }),
    };
    if (index % 3 !== 0) return [roles];
    const keys = { id: value, range: value, encrypted: S('x') };
    const asKey = index % 6 === 0 ? { config: keyed, item: keys } : { config: keyedIncluded, item: { ...keys, included: value } };
    return [roles, { name: `number as key: ${number}`, ...asKey }];
  });
}
