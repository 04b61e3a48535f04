import { setOwn } from '../../bytes/own-property.ts';
import { type FieldsealError, isFieldsealError } from '../../errors.ts';
import type { AnyClient } from '../batch/client-form.ts';
import { checkedOptions } from '../batch/options.ts';
import { mapBounded } from '../bounded.ts';
import type { ItemFailure } from '../reads/item-failures.ts';
import { type Reencrypter, type ReencryptOptions, reencrypterFor, refuseUnknownMembers } from './reencrypt.ts';

/** A page of stored items, as `paginateScan` or `paginateQuery` gives them over a client without encryption. */
export interface StoredPage {
  readonly Items?: readonly object[] | undefined;
  readonly LastEvaluatedKey?: object | undefined;
}

/** How many items were looked at, and what became of them. */
export interface ReencryptCounts {
  readonly scanned: number;
  readonly reencrypted: number;
  readonly current: number;
  readonly gone: number;
  readonly failed: number;
}

/** How far a call has come. */
export interface ReencryptProgress<P extends StoredPage> extends ReencryptCounts {
  /** All before it is done: where another call begins (`ExclusiveStartKey`). Undefined when all is done. */
  readonly LastEvaluatedKey: P['LastEvaluatedKey'];
}

/** The input of {@link reencryptAll}. */
export interface ReencryptAllInput<P extends StoredPage> extends ReencryptOptions {
  /** All stored items that are to be looked at, whole. */
  readonly pages: AsyncIterable<P>;
  /** How many items are under way at a time. Default: 4. */
  readonly concurrency?: number | undefined;
  /** Called after each page. What it throws ends the call. */
  readonly onProgress?: ((progress: ReencryptProgress<P>) => void) | undefined;
  /** Takes items that cannot be encrypted anew, and the call goes on. Without it the first one ends the call. What it throws does so too. */
  readonly onItemError?: ((failure: ItemFailure) => void) | undefined;
}

const MEMBERS: Readonly<Record<keyof ReencryptAllInput<StoredPage>, true>> = {
  TableName: true,
  pages: true,
  to: true,
  force: true,
  abortSignal: true,
  concurrency: true,
  onProgress: true,
  onItemError: true,
};

type Counts = { -readonly [name in keyof ReencryptCounts]: number };

/**
 * Does what `reencrypt` does to every item of the given pages. It may be stopped at any time, and begun again at the last `LastEvaluatedKey`, or from the
 * start: what is current is not written. Throws what `reencrypt` throws; an outage and an abort end it even with `onItemError`.
 */
export async function reencryptAll<P extends StoredPage>(client: AnyClient, input: ReencryptAllInput<P>): Promise<ReencryptCounts> {
  refuseUnknownMembers(input, MEMBERS);
  const { pages, onItemError, onProgress = () => undefined } = input;
  const { concurrency } = checkedOptions({ concurrency: input.concurrency });
  const reencrypter = reencrypterFor(client, input);
  const counts: Counts = { scanned: 0, reencrypted: 0, current: 0, gone: 0, failed: 0 };

  async function work(item: object): Promise<void> {
    try {
      const { outcome } = await reencrypter.reencryptItem({ item });
      counts[outcome]++;
    } catch (error) {
      if (onItemError === undefined || !isOfItem(error)) throw error;
      counts.failed++;
      onItemError({ table: reencrypter.table, key: keyOf(reencrypter, item), error });
    }
    counts.scanned++;
  }

  for await (const { Items = [], LastEvaluatedKey } of pages) {
    await mapBounded(Items, concurrency, work);
    onProgress(Object.freeze({ ...counts, LastEvaluatedKey }));
  }
  return Object.freeze({ ...counts });
}

/** Whether the next item may do better. */
function isOfItem(error: unknown): error is FieldsealError {
  return isFieldsealError(error) && error.code !== 'KEY_UNAVAILABLE';
}

/** In the form in which the item was given. */
function keyOf({ keyNames }: Reencrypter, item: object): Readonly<Record<string, unknown>> {
  const key: Record<string, unknown> = {};
  const members = item as Readonly<Record<string, unknown>>; // by its own names alone
  for (const name of keyNames) if (Object.hasOwn(item, name)) setOwn(key, name, members[name]);
  return Object.freeze(key);
}
