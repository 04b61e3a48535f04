import { isRecord } from '../../bytes/objects.ts';
import { setOwn } from '../../bytes/own-property.ts';
import { FieldsealError } from '../../errors.ts';
import { decodeAfterRead, validateForWrite } from '../../schema/validate.ts';
import { type AttributeMap, refusePromise } from '../attribute-value.ts';
import { copyNatives } from '../copy-natives.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { refuseProtoInItem } from '../native.ts';
import { validateAttributes } from '../validate-attributes.ts';
import type { Call } from './command.ts';

/** Validates an item to be written, in the caller's form. `what` names it in errors. Throws INPUT_INVALID when there is no item. */
export async function validatedItem(call: Call, { table }: EncryptedTable, item: unknown, what: string): Promise<object> {
  refusePromise(what, item);
  if (!isRecord(item)) throw new FieldsealError('INPUT_INVALID', `${what} must be an object of attributes`);
  if (!call.document) return validateAttributes(table, item as AttributeMap, call.translate); // DynamoDB's form, checked where it is serialised
  const plain = item instanceof Map ? fromMap(item) : item;
  refuseProtoInItem(plain);
  return validateForWrite(table, copyNatives(plain)); // validators may take their time, and the caller's objects change meanwhile
}

/** Decodes a decrypted item when the caller works with JavaScript values; what is no item is given back as it is. */
export function decodedItem(call: Call, { table }: EncryptedTable, item: unknown): unknown {
  return call.document && table.hasCodecs && isRecord(item) ? decodeAfterRead(table, item) : item;
}

function fromMap(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const [name, value] of map) {
    if (typeof name !== 'string' && typeof name !== 'number')
      throw new FieldsealError('INPUT_INVALID', 'the names of attributes must be texts');
    setOwn(item, String(name), value);
  }
  return item;
}
