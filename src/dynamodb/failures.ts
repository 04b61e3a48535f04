import { FieldsealError, isFieldsealError } from '../errors.ts';
import type { AttributeMap } from './attribute-value.ts';
import type { Call, Shape } from './commands/command.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { untranslatable } from './native.ts';

/** The failure of an output that could not be opened. After a write it says so: sending it again would write twice. */
export function unopenedOutput(failure: unknown, writes: boolean): unknown {
  if (!writes || !isFieldsealError(failure)) return failure;
  return new FieldsealError(failure.code, `the write was applied, but the item it returned cannot be opened: ${failure.message}`, {
    cause: failure,
    writeApplied: true,
    retryable: false,
  });
}

/** What the document client says of a value that it cannot translate quotes the value: keep the fact, drop the words. */
export function untranslated(error: unknown, opened: boolean, writes: boolean, call: Call, input: Shape): unknown {
  if (isFieldsealError(error) || (error instanceof Error && error.name === 'AbortError')) return error;
  const { Item, Key } = input;
  if (!opened) return untranslatable({ ...(isObject(Item) && Item), ...(isObject(Key) && Key) }, call.translate, error);
  const message = 'the item that came back holds a number that JavaScript cannot: set unmarshallOptions.wrapNumbers';
  return new FieldsealError('ATTRIBUTE_INVALID', writes ? `the write was applied, but ${message}` : message, {
    cause: error,
    writeApplied: writes,
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Opens the item that `ReturnValuesOnConditionCheckFailure` puts on an error, which stays in DynamoDB's own form on every client. An item
 * that cannot be opened is taken off: ciphertext is never handed out as data.
 */
export async function openErrorItem(table: EncryptedTable, error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('Item' in error) || error.Item === undefined) return error;
  const stored = error.Item as AttributeMap; // the SDK's deserializer made it
  try {
    error.Item = await table.decrypt(stored);
  } catch (failure) {
    delete error.Item;
    if (isFieldsealError(failure)) Object.defineProperty(error, 'itemFailure', { value: failure, enumerable: false, configurable: true });
  }
  return error;
}
