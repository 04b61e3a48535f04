import { type FieldsealError, isFieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { mapBounded } from '../bounded.ts';
import type { Call, Shape } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { toNatives } from '../native.ts';
import { handOut } from './hand-out.ts';
import { type ItemFailure, rememberFailures } from './item-failures.ts';
import { keyIn, type ReadItem } from './read-item.ts';

/** An item of a list, as the database gave it. */
export interface Entry {
  readonly table: EncryptedTable;
  readonly stored: AttributeMap;
}

type Outcome = { readonly read: ReadItem | undefined } | { readonly failure: FieldsealError } | undefined;

/** Opens the items of one call's lists, and keeps those that cannot be opened as `onItemError` says. */
export class Collecting {
  readonly #call: Call;
  readonly #collects: boolean;
  #failures: ItemFailure[] = [];

  constructor(call: Call) {
    this.#call = call;
    this.#collects = call.settings.onItemError === 'collect';
  }

  /** What `work` makes of each entry, in their order; undefined for those that failed and were collected. Throws the first failure otherwise. */
  async readAll<E extends Entry>(
    entries: readonly E[],
    work: (entry: E) => Promise<ReadItem | undefined>,
  ): Promise<(ReadItem | undefined)[]> {
    let failed = false;
    const outcomes = await mapBounded(entries, this.#call.settings.concurrency, async (entry): Promise<Outcome> => {
      if (failed) return undefined;
      try {
        return { read: this.#translatable(await work(entry)) };
      } catch (error) {
        if (!isFieldsealError(error)) throw error;
        failed = !this.#collects;
        return { failure: error };
      }
    });
    this.#failures = entries.flatMap((entry, i) => this.#failureOf(entry, outcomes[i]) ?? []);
    return outcomes.map(outcome => (outcome !== undefined && 'read' in outcome ? outcome.read : undefined));
  }

  /** The item as the caller gets it; undefined when its codec failed and that was collected. */
  handOut(read: ReadItem, item: unknown): unknown {
    try {
      return handOut(this.#call, read, item);
    } catch (error) {
      if (!this.#collects || !isFieldsealError(error)) throw error;
      this.#failures.push(this.#told(read, error));
      return undefined;
    }
  }

  /** The output, once its failures are remembered with it. */
  finished(output: Shape): Shape {
    rememberFailures(output, this.#failures);
    return output;
  }

  #failureOf({ table, stored }: Entry, outcome: Outcome): ItemFailure | undefined {
    if (outcome === undefined || !('failure' in outcome)) return undefined;
    if (!this.#collects) throw outcome.failure;
    return this.#told({ table, key: keyIn(table, stored) }, outcome.failure);
  }

  #told({ table, key }: Pick<ReadItem, 'table' | 'key'>, error: FieldsealError): ItemFailure {
    return { table: table.name, key: inCallersForm(this.#call, key), error };
  }

  /** Translating the whole list, the document client would fail with the first number that JavaScript cannot hold. */
  #translatable(read: ReadItem | undefined): ReadItem | undefined {
    if (read !== undefined && this.#collects && this.#call.document) toNatives(read.item, this.#call.translate);
    return read;
  }
}

function inCallersForm({ document, translate }: Call, key: AttributeMap): Readonly<Record<string, unknown>> {
  if (!document) return key;
  try {
    return toNatives(key, translate);
  } catch {
    return toNatives(key, { unmarshallOptions: { ...translate.unmarshallOptions, wrapNumbers: true } });
  }
}
