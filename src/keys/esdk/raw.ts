import { Buffer } from 'node:buffer';
import type { KeyringNode } from '@aws-crypto/material-management-node';
import { compareBytes } from '../../bytes/compare.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { EncryptedDataKey } from '../../format/header.ts';
import { notAuthentic } from '../../format/not-authentic.ts';
import { keyFailure, meaningOf } from '../failures.ts';
import type { Leaf } from '../leaf.ts';
import { RawAesProvider } from '../raw-aes.ts';
import { generateWith, type MaterialOptions, type NamedKeyring, unwrapWith } from './material.ts';

/** A leaf over a raw AES keyring. It keeps its key where nobody can read it, so the wrapping is left to it. */
export function rawAesLeaf(keyring: KeyringNode & NamedKeyring): Leaf {
  const provider = new RawAesProvider(keyring.keyNamespace, keyring.keyName);
  return plainLeaf(provider.name, keyring, encryptedKey => provider.ivOf(encryptedKey) !== undefined, { ownKeyOf: keyring });
}

/** A leaf over a raw RSA keyring. */
export function rawRsaLeaf(keyring: KeyringNode & NamedKeyring): Leaf {
  const info = Buffer.from(keyring.keyName, 'utf8');
  const fits = ({ providerId, providerInfo }: EncryptedDataKey): boolean =>
    providerId === keyring.keyNamespace && compareBytes(providerInfo, info) === 0;
  return plainLeaf(`raw RSA key ${keyring.keyNamespace}/${keyring.keyName}`, keyring, fits, { ownKeyOf: keyring });
}

/** A leaf over a keyring of the caller's own: it is asked about every wrapped key. */
export function customLeaf(keyring: KeyringNode): Leaf {
  return plainLeaf(`keyring ${keyring.constructor.name}`, keyring, () => true, {});
}

function plainLeaf(name: string, keyring: KeyringNode, fits: (encryptedKey: EncryptedDataKey) => boolean, options: MaterialOptions): Leaf {
  return Object.freeze<Leaf>({
    name,
    async generate(context) {
      try {
        return await generateWith(keyring, context, options);
      } catch (error) {
        throw isFieldsealError(error) ? error : cannotEncrypt(name, error);
      }
    },
    async unwrap(encryptedKey, context) {
      if (!fits(encryptedKey)) return undefined;
      const key = await unwrapWith(keyring, encryptedKey, context, {}).catch((error: unknown) => {
        if (isFieldsealError(error)) throw error;
        const code = meaningOf(error);
        throw code === undefined ? notAuthentic('data-key') : keyFailure(code, name, error);
      });
      if (key === undefined) throw notAuthentic('data-key');
      return key;
    },
  });
}

function cannotEncrypt(name: string, error: unknown): FieldsealError {
  const code = meaningOf(error);
  if (code !== undefined) return keyFailure(code, name, error);
  return new FieldsealError('KEYRING_REFUSED', `${name} cannot encrypt: is its public or wrapping key there?`, { cause: error });
}
