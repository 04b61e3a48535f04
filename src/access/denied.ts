import { FieldsealError } from '../errors.ts';

/**
 * The ACCESS_DENIED error. It is the same for every reason, and names nothing: whoever is denied must not learn why, nor whether the item
 * is there. The reason is told on `fieldseal:audit`.
 */
export function denied(): FieldsealError {
  return new FieldsealError('ACCESS_DENIED', 'access denied: the policy of the table does not allow this; ask whoever maintains it');
}
