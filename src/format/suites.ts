import { FieldsealError } from '../errors.ts';

/** DB-ESDK's names of its two algorithm suites (algorithm-suites.md). */
export type AlgorithmSuiteId =
  | 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384'
  | 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384';

/** Everything the format needs to know about one suite. */
export interface AlgorithmSuite {
  readonly id: AlgorithmSuiteId;
  /** 0x6700 or 0x6701. */
  readonly number: number;
  /** Second byte of the header. */
  readonly flavor: number;
  /** True when the footer ends with an ECDSA P-384 signature. */
  readonly signed: boolean;
}

const SYMMETRIC: AlgorithmSuite = Object.freeze({
  id: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384',
  number: 0x6700,
  flavor: 0,
  signed: false,
});
const SIGNED: AlgorithmSuite = Object.freeze({
  id: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384',
  number: 0x6701,
  flavor: 1,
  signed: true,
});

/** Both suites. */
export const SUITES: readonly AlgorithmSuite[] = Object.freeze([SYMMETRIC, SIGNED]);

/** What AWS writes when no suite is configured: 0x6701. */
export const DEFAULT_SUITE: AlgorithmSuite = SIGNED;

/** The suite of a configured name; DEFAULT_SUITE for undefined. Throws CONFIG_INVALID for any other name. */
export function suiteOf(id: string | undefined): AlgorithmSuite {
  if (id === undefined) return DEFAULT_SUITE;
  const suite = SUITES.find(candidate => candidate.id === id);
  if (suite === undefined)
    throw new FieldsealError('CONFIG_INVALID', `the algorithm suite is not one of ${SUITES.map(known => known.id).join(', ')}`);
  return suite;
}

/** The suite of a header's flavor byte, or undefined. */
export function suiteOfFlavor(flavor: number): AlgorithmSuite | undefined {
  return SUITES.find(suite => suite.flavor === flavor);
}
