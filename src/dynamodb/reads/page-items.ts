import { isFieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Call } from '../commands/command.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import type { Collecting } from './collecting.ts';
import { type IndexUse, indexPartial, isPartial, notAuthenticIn } from './index-use.ts';
import { identityOf, keyNamesOf, pick } from './keys.ts';
import type { PagePlan } from './page-plan.ts';
import { keyIn, projected, type ReadItem, readItem } from './read-item.ts';
import { type Refetched, refetch } from './refetch.ts';

/** The items of one page, and what reading them consumed besides the page itself. */
export interface PageItems {
  readonly reads: readonly ReadItem[];
  readonly consumed: Refetched['consumed'];
}

/** Opens what a page holds. Items that moved away meanwhile, or cannot be opened and are collected, are left out. */
export async function readPage(call: Call, plan: PagePlan, page: readonly AttributeMap[], collecting: Collecting): Promise<PageItems> {
  const { table } = call;
  const fresh = await refetchPartial(call, plan, page);
  const entries = page.map(stored => ({ table, stored }));
  const reads = await collecting.readAll(entries, ({ stored }) => readEntry(call, plan, stored, fresh));
  return { reads: reads.filter(read => read !== undefined), consumed: fresh?.consumed ?? [] };
}

async function refetchPartial(call: Call, { index, input }: PagePlan, page: readonly AttributeMap[]): Promise<Refetched | undefined> {
  if (index === undefined || call.settings.onPartialIndex !== 'refetch') return undefined;
  const partial = page.filter(entry => isPartial(index, entry));
  return partial.length === 0 ? undefined : refetch(call, input, partial);
}

async function readEntry(call: Call, plan: PagePlan, entry: AttributeMap, fresh: Refetched | undefined): Promise<ReadItem | undefined> {
  const { index, projection } = plan;
  if (index === undefined) return readItem(call, call.table, entry, projection);
  if (!isPartial(index, entry)) return readWhole(call, plan, index, entry);
  return fresh === undefined ? readUnfetched(call, plan, index, entry) : readFresh(call, plan, index, entry, fresh.itemOf(entry));
}

/** An entry that is, as far as anybody knows, a whole item. */
async function readWhole(call: Call, { projection }: PagePlan, index: IndexUse, entry: AttributeMap): Promise<ReadItem> {
  try {
    return await readItem(call, call.table, entry, projection);
  } catch (failure) {
    const mayLack = index.holds === 'unknown' || (index.holds === 'all signed' && index.declared?.project !== 'ALL');
    throw mayLack && isFieldsealError(failure) && failure.code === 'NOT_AUTHENTIC' ? notAuthenticIn(index, failure) : failure;
  }
}

/** The item of an entry, read from the table; undefined when it left the place in the index where the entry was, or no longer meets the filter. */
async function readFresh(
  call: Call,
  { projection, filter }: PagePlan,
  index: IndexUse,
  entry: AttributeMap,
  stored: AttributeMap | undefined,
): Promise<ReadItem | undefined> {
  if (stored === undefined) return undefined;
  const read = await readItem(call, call.table, stored, projection);
  if (identityOf(stored, index.keys) !== identityOf(entry, index.keys)) return undefined;
  return filter === undefined || evaluate(filter, stored) ? read : undefined; // DynamoDB takes no filter on what the index does not hold
}

/** What settings allow to be made of an entry that lacks signed attributes. */
async function readUnfetched(call: Call, { projection }: PagePlan, index: IndexUse, entry: AttributeMap): Promise<ReadItem> {
  const { table } = call;
  if (index.holds === 'all signed' || index.holds === 'local') return readItem(call, table, entry, projection);
  if (call.settings.onPartialIndex === 'error') throw indexPartial(index);
  const declaredKeys = index.declared === undefined ? [] : index.keys;
  const keys = pick(entry, [...keyNamesOf(table), ...declaredKeys]);
  return { table, key: keyIn(table, entry), item: projected(call, keys, projection), footer: undefined };
}
