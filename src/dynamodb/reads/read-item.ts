import type { AttributeMap } from '../attribute-value.ts';
import type { Call } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { project } from '../expressions/projection.ts';
import { refuseProtoInItem } from '../native.ts';
import { storedFooter } from './footers.ts';
import { keyNamesOf, pick } from './keys.ts';
import { type Projection, WHOLE_ITEM } from './projection.ts';

/** An item that was read, in DynamoDB's own form. */
export interface ReadItem {
  readonly table: EncryptedTable;
  readonly key: AttributeMap;
  /** What the caller gets of it. */
  readonly item: AttributeMap;
  /** Undefined for plaintext, and for what is not verified. */
  readonly footer: Uint8Array | undefined;
}

/** Verifies all of a stored item, decrypts what is wanted of it, and projects. */
export async function readItem(
  call: Call,
  table: EncryptedTable,
  stored: AttributeMap,
  projection: Projection = WHOLE_ITEM,
): Promise<ReadItem> {
  const opened = await table.decrypt(stored, projection.wanted);
  return { table, key: keyIn(table, stored), item: projected(call, opened, projection), footer: storedFooter(stored) };
}

/** The key attributes of a stored item. */
export function keyIn(table: EncryptedTable, stored: AttributeMap): AttributeMap {
  return pick(stored, keyNamesOf(table));
}

/** What the caller wants of an item, in a form that the caller's client can hold. Throws ATTRIBUTE_INVALID. */
export function projected(call: Call, item: AttributeMap, { paths }: Projection): AttributeMap {
  const result = paths === undefined ? item : project(item, paths);
  if (call.document) refuseProtoInItem(result);
  return result;
}
