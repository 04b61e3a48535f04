import { isAllZero } from '../bytes/secret.ts';
import { FieldsealError } from '../errors.ts';

const KEY_LENGTH = 32;

/** Refuses a key that was never set, or was zeroed while in use. Throws KEY_INVALID. */
export function refuseZeroKey(key: Uint8Array, what: string): void {
  if (key.length !== KEY_LENGTH) throw new FieldsealError('KEY_INVALID', `the ${what} has ${key.length} bytes instead of ${KEY_LENGTH}`);
  if (isAllZero(key)) throw new FieldsealError('KEY_INVALID', `the ${what} is all zeros: it was zeroed while in use, and wraps nothing`);
}
