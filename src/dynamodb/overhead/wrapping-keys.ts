import { utf8 } from '../../bytes/utf8.ts';
import { FieldsealError } from '../../errors.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import { IV_LENGTH, SEALED_KEY_LENGTH } from '../../keys/aes-gcm.ts';
import { RawAesProvider } from '../../keys/raw-aes.ts';

/** A key that items are wrapped under, as far as it matters to their size. */
export type WrappingKeyKind =
  | {
      readonly kind: 'kms';
      /** The ARN of the key, if its length is not that of `arn:aws:kms:us-east-1:111122223333:key/` and a UUID. */
      readonly kmsKeyId?: string;
      /** Of what KMS makes of a data key. Default: 184, as AWS KMS has it for symmetric keys. */
      readonly ciphertextBytes?: number;
    }
  /** `branchKeyId`: default, any of 36 characters. */
  | { readonly kind: 'hierarchical'; readonly branchKeyId?: string }
  | { readonly kind: 'raw-aes'; readonly keyNamespace: string; readonly keyName: string }
  /** `modulusBits`: default 2048. */
  | { readonly kind: 'raw-rsa'; readonly keyNamespace: string; readonly keyName: string; readonly modulusBits?: number };

const UUID = '00000000-0000-0000-0000-000000000000';
const USUAL_ARN = `arn:aws:kms:us-east-1:111122223333:key/${UUID}`;
const USUAL_KMS_BYTES = 184;
const USUAL_MODULUS_BITS = 2048;
/** Salt, IV, version and the sealed key (aws-kms-hierarchical-keyring.md). */
const HIERARCHICAL_BYTES = 16 + IV_LENGTH + 16 + SEALED_KEY_LENGTH;

/** An encrypted data key of the size that this key makes; its bytes are zeros. Throws INPUT_INVALID for a kind that there is not. */
export function sizedDataKey(key: WrappingKeyKind): EncryptedDataKey {
  refuseUnfitMembers(key);
  switch (key?.kind) {
    case 'kms':
      return sized('aws-kms', utf8(key.kmsKeyId ?? USUAL_ARN), key.ciphertextBytes ?? USUAL_KMS_BYTES);
    case 'hierarchical':
      return sized('aws-kms-hierarchy', utf8(key.branchKeyId ?? UUID), HIERARCHICAL_BYTES);
    case 'raw-aes': {
      const provider = new RawAesProvider(key.keyNamespace, key.keyName);
      return sized(key.keyNamespace, provider.infoWith(new Uint8Array(IV_LENGTH)), SEALED_KEY_LENGTH);
    }
    case 'raw-rsa':
      return sized(key.keyNamespace, utf8(key.keyName), Math.ceil((key.modulusBits ?? USUAL_MODULUS_BITS) / 8));
    default:
      throw new FieldsealError('INPUT_INVALID', 'the kind of a key must be one of kms, hierarchical, raw-aes, raw-rsa');
  }
}

const TEXTS = ['kmsKeyId', 'branchKeyId', 'keyNamespace', 'keyName'];
const SIZES = ['ciphertextBytes', 'modulusBits'];

function refuseUnfitMembers(key: object | undefined): void {
  const given = Object.entries(key ?? {}).filter(([, value]) => value !== undefined);
  const isUnfit = ([name, value]: [string, unknown]): boolean =>
    (TEXTS.includes(name) && typeof value !== 'string') || (SIZES.includes(name) && !(Number.isSafeInteger(value) && Number(value) > 0));
  const unfit = given.find(isUnfit);
  if (unfit !== undefined)
    throw new FieldsealError(
      'INPUT_INVALID',
      `${unfit[0]} of a key must be ${TEXTS.includes(unfit[0]) ? 'a text' : 'a whole number above 0'}`,
    );
  const { kind } = { kind: undefined, ...key };
  const missing =
    kind === 'raw-aes' || kind === 'raw-rsa' ? ['keyNamespace', 'keyName'].find(name => !given.some(([own]) => own === name)) : undefined;
  if (missing !== undefined) throw new FieldsealError('INPUT_INVALID', `a key of kind ${String(kind)} needs ${missing}`);
}

/** The data key itself, sealed under what the keyring wrapped, comes first. */
function sized(providerId: string, providerInfo: Uint8Array, ciphertextBytes: number): EncryptedDataKey {
  return { providerId, providerInfo, ciphertext: new Uint8Array(SEALED_KEY_LENGTH + ciphertextBytes) };
}
