import { FieldsealError } from '../../errors.ts';

/** Throws INPUT_INVALID for an empty id: a variable of a shell script that is not set. */
export function requireBranchKeyId(id: string): void {
  if (id === '') throw new FieldsealError('INPUT_INVALID', 'the id of the branch key is empty');
}
