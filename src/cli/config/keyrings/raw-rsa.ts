import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type RsaPaddingScheme, rawRsa } from '../../../keys/factories.ts';
import type { Members } from '../members.ts';
import type { KeyringReader } from './keyring-reader.ts';

export const readRawRsa: KeyringReader = async (members, sources) => {
  const publicKey = await sources.pem(members, 'publicKey', { secret: false });
  const privateKey = await sources.pem(members, 'privateKey', { secret: true });
  requireRsaKey(members, 'publicKey', publicKey, createPublicKey);
  requireRsaKey(members, 'privateKey', privateKey, createPrivateKey);
  return rawRsa({
    ...members.texts('keyNamespace', 'keyName'),
    ...(members.optionalTexts('paddingScheme') as { paddingScheme?: RsaPaddingScheme }), // rawRsa() refuses names that it does not know
    ...(publicKey !== undefined && { publicKey }),
    ...(privateKey !== undefined && { privateKey }),
  });
};

/** The keyring would notice only when it uses the key, so at the first line. */
function requireRsaKey(members: Members, name: string, pem: string | undefined, parse: (pem: string) => KeyObject): void {
  if (pem === undefined || keyType(pem, parse) === 'rsa') return;
  throw members.refusal(name, 'is not an RSA key in PEM');
}

function keyType(pem: string, parse: (pem: string) => KeyObject): string | undefined {
  try {
    return parse(pem).asymmetricKeyType;
  } catch {
    return undefined;
  }
}
