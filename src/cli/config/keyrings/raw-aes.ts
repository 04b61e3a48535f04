import { zero } from '../../../bytes/secret.ts';
import { rawAes } from '../../../keys/factories.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readRawAes: KeyringReader = (members, sources) => {
  const wrappingKey = sources.key(members, 'wrappingKey');
  try {
    return rawAes({ ...members.texts('keyNamespace', 'keyName'), wrappingKey });
  } finally {
    zero(wrappingKey);
  }
};
