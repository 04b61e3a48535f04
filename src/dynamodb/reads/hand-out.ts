import { isRecord } from '../../bytes/objects.ts';
import type { Call } from '../commands/command.ts';
import { decodedItem } from '../commands/items.ts';
import { rememberFooter } from './footers.ts';
import type { ReadItem } from './read-item.ts';

/**
 * What the caller gets: the item decoded, and its footer remembered. `item` is what became of {@link ReadItem.item} on its way out; on a document
 * client it is another object.
 */
export function handOut(call: Call, read: ReadItem, item: unknown): unknown {
  const decoded = decodedItem(call, read.table, item);
  if (isRecord(decoded)) rememberFooter(decoded, read.footer);
  return decoded;
}
