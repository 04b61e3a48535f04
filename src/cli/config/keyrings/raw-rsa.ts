import { type RsaPaddingScheme, rawRsa } from '../../../keys/factories.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readRawRsa: KeyringReader = async (members, sources) => {
  const publicKey = await sources.pem(members, 'publicKey', { secret: false });
  const privateKey = await sources.pem(members, 'privateKey', { secret: true });
  return rawRsa({
    ...members.texts('keyNamespace', 'keyName'),
    ...(members.optionalTexts('paddingScheme') as { paddingScheme?: RsaPaddingScheme }), // rawRsa() refuses names that it does not know
    ...(publicKey !== undefined && { publicKey }),
    ...(privateKey !== undefined && { privateKey }),
  });
};
