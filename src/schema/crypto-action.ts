/** What happens to an attribute on encrypt; the names are those of the AWS Database Encryption SDK (DB-ESDK). */
export type CryptoAction = 'ENCRYPT_AND_SIGN' | 'SIGN_ONLY' | 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' | 'DO_NOTHING';

export const CRYPTO_ACTIONS: readonly CryptoAction[] = Object.freeze([
  'ENCRYPT_AND_SIGN',
  'SIGN_ONLY',
  'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
  'DO_NOTHING',
]);

export function isCryptoAction(value: unknown): value is CryptoAction {
  return CRYPTO_ACTIONS.some(action => action === value);
}
