import fc from 'fast-check';
import { attributeActions } from 'fieldseal';
import { type ItemEncryptor, itemEncryptor } from 'fieldseal/dynamodb';
import type { Keyring } from 'fieldseal/kms';
import type { Config, Suite } from '../reference/formulas.ts';

/** The reference's name of a suite and DB-ESDK's. */
const SUITE_IDS = {
  symmetric: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384',
  ecdsa: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384',
} as const;

export const suite: fc.Arbitrary<Suite> = fc.constantFrom('symmetric', 'ecdsa');

type AnyEncryptor = ItemEncryptor<ReturnType<typeof attributeActions>>;

export function encryptorFor(config: Config, keyring: Keyring, name: Suite = 'symmetric'): AnyEncryptor {
  return itemEncryptor({ table: attributeActions(config), keyring, algorithmSuiteId: SUITE_IDS[name] });
}
