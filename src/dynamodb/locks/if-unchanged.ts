import { isRecord } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import { footerOf } from '../reads/footers.ts';
import { lockOf, withLock } from './lock.ts';

/** The input of a Put, Delete or Update, or such an action, or a ConditionCheck, of a transaction. */
export interface LockableInput {
  readonly TableName: string | undefined;
  readonly ConditionExpression?: string | undefined;
}

/**
 * The same input, to take effect only if the stored item is still the one that `item` was read as: nobody put, deleted or rewrote it since. Changes of
 * unsigned attributes alone do not count. `item` is the very object that a wrapped client gave; the input is sent by a wrapped client too, alone or as an
 * action of `TransactWriteItems`, and fails with the SDK's ConditionalCheckFailedException or TransactionCanceledException. A condition of its own must
 * hold as well. A client that does not encrypt the table cannot send it: DynamoDB answers with a ValidationException. Throws INPUT_INVALID.
 */
export function ifUnchanged<I extends LockableInput>(item: object, input: I): I {
  const footer = isRecord(item) ? footerOf(item) : undefined;
  if (footer === undefined)
    throw invalid(
      'this object was not read by a client that encrypts its table; give the very object that a read returned, no copy of it, and no plaintext item',
    );
  if (!isRecord(input) || typeof input.TableName !== 'string' || !(isRecord(input.Item) || isRecord(input.Key)))
    throw invalid(
      'the input must be that of a Put, Delete or Update, or such an action of a transaction; requests of batches have no conditions',
    );
  if (lockOf(input) !== undefined) throw invalid('the input is bound to an item already');
  return withLock(input, { footer, condition: input.ConditionExpression });
}

function invalid(what: string): FieldsealError {
  return new FieldsealError('INPUT_INVALID', `ifUnchanged: ${what}`);
}
