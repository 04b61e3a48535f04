import { isObject } from '../bytes/objects.ts';
import { FieldsealError, isFieldsealError } from '../errors.ts';
import type { AttributeMap } from './attribute-value.ts';
import type { Call, Shape } from './commands/command.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { untranslatableIn } from './native.ts';
import { openedItemOf } from './rewriting/exceptions.ts';

/** The failure of an output that could not be opened. After a write it says so: sending it again would write twice. */
export function unopenedOutput(failure: unknown, writes: boolean): unknown {
  if (!writes || !isFieldsealError(failure)) return failure;
  return new FieldsealError(failure.code, `the write was applied, but the item it returned cannot be opened: ${failure.message}`, {
    cause: failure,
    writeApplied: true,
    retryable: false,
  });
}

/**
 * What the document client says of a value that it cannot translate quotes the value: keep the fact, drop the words. Errors of other middleware
 * are left as they are.
 */
export function untranslated(error: unknown, call: Call, input: Shape): unknown {
  if (!(error instanceof Error) || isFieldsealError(error)) return error;
  return untranslatableIn(attributeMapsOf(input), call.translate, error) ?? error;
}

/** The same for an output. A `wrapNumbers` of the caller's own may quote the value, too. */
export function unreadable(error: unknown): FieldsealError {
  const message =
    'the item that came back holds a number that JavaScript cannot, or at which wrapNumbers throws: set unmarshallOptions.wrapNumbers to true';
  return new FieldsealError('ATTRIBUTE_INVALID', message, { cause: error });
}

/** All that the document client translates in an input. */
function attributeMapsOf(input: Shape): object[] {
  const { Item, Key, ExpressionAttributeValues, ExclusiveStartKey, RequestItems, TransactItems } = input;
  const requests = isObject(RequestItems) ? Object.values(RequestItems) : [];
  const actions = Array.isArray(TransactItems) ? TransactItems.filter(isObject).flatMap(element => Object.values(element)) : [];
  const nested = [...requests, ...actions].flatMap(part => (isObject(part) ? attributeMapsOfPart(part as Shape) : []));
  return [Item, Key, ExpressionAttributeValues, ExclusiveStartKey, ...nested].filter(isObject);
}

/** Of an action of a transaction, the requests of a table, or the keys to get of it. */
function attributeMapsOfPart(part: Shape | readonly Shape[]): unknown[] {
  if (Array.isArray(part))
    return part
      .filter(isObject)
      .flatMap(request => Object.values(request).flatMap(inner => (isObject(inner) ? attributeMapsOfPart(inner as Shape) : [])));
  const { Item, Key, ExpressionAttributeValues, Keys } = part as Shape;
  return [Item, Key, ExpressionAttributeValues, ...(Array.isArray(Keys) ? Keys : [])];
}

/** Items that belong on errors while the SDK's middleware, its logger among it, handles them. */
const hiddenItems = new WeakMap<object, { readonly Item?: unknown; readonly CancellationReasons?: unknown }>();

/** An error without the items that it carries; {@link showItems} puts them back. */
export function hideItems(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const carried = error as Error & { Item?: unknown; CancellationReasons?: unknown }; // the SDK's errors of failed conditions
  const { Item, CancellationReasons } = carried;
  if (Item !== undefined) {
    hiddenItems.set(error, { Item });
    delete carried.Item;
  } else if (Array.isArray(CancellationReasons)) {
    hiddenItems.set(error, { CancellationReasons });
    carried.CancellationReasons = CancellationReasons.map((reason: object) => ({ ...reason, Item: undefined }));
  }
  return error;
}

/** See {@link hideItems}. */
export function showItems(error: unknown): unknown {
  return isObject(error) ? Object.assign(error, hiddenItems.get(error)) : error;
}

/** An error with the item that belongs on it: one that was decrypted already, or that which the server told. */
export async function withFailedItem(table: EncryptedTable, error: unknown): Promise<unknown> {
  const opened = isObject(error) ? openedItemOf(error) : undefined;
  return opened === undefined ? openErrorItem(table, error) : Object.assign(error as object, { Item: opened }); // openedItemOf knows it
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
