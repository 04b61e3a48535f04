import { compareBytes } from '../../bytes/compare.ts';
import { FieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Path, Source, Update } from '../expressions/ast.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import { hasPrefix, isSamePath } from '../expressions/paths.ts';
import { targetsOf } from '../expressions/references.ts';
import { storedFooter } from '../reads/footers.ts';

/**
 * What the failed guard of a write-back means, from the item as it is now. `applied`: an earlier sending of this update was stored, its answer lost.
 * `condition`: nobody rewrote the item, what the caller demanded of it does not hold. `again`: another writer was first.
 */
export type Verdict = 'applied' | 'condition' | 'again';

/** What is kept of a plan to tell what became of it. Holds no item: transactions are remembered. */
export interface Guard {
  /** The new footer. */
  readonly footer: Uint8Array;
  /** The footer that was read; undefined when there was no item. */
  readonly oldFooter: Uint8Array | undefined;
  /** What was left of the caller's condition for the server. */
  readonly remaining: Condition | undefined;
  /** That unsigned values, which flow into signed attributes, still are as they were read. */
  readonly sources: readonly Condition[];
}

/** See {@link Verdict}. `footers` are those of all plans of this update. */
export function verdictOf(guard: Guard, footers: readonly Uint8Array[], now: AttributeMap | undefined): Verdict {
  const footer = now && storedFooter(now);
  if (footer !== undefined && footers.some(own => compareBytes(own, footer) === 0)) return 'applied';
  const { oldFooter, remaining, sources } = guard;
  if (now === undefined || footer === undefined || oldFooter === undefined || compareBytes(oldFooter, footer) !== 0) return 'again';
  if (!sources.every(source => evaluate(source, now))) return 'again';
  return remaining !== undefined && !evaluate(remaining, now) ? 'condition' : 'again';
}

/** That it cannot be told whether an update was applied: it was sent more than once, and another writer changed the item since. */
export function outcomeUnknown({ table }: EncryptedTable, cause?: unknown): FieldsealError {
  return new FieldsealError(
    'UPDATE_OUTCOME_UNKNOWN',
    `table "${table.logicalName}": the answer to an update was lost and another writer changed the item since, so it cannot be told whether the update was applied; read the item before you repeat it`,
    { cause },
  );
}

/**
 * True when an update may be done twice: all that it writes are values of the caller's, at places that do not move. `a = b` does not count where the
 * update changes b as well, nor does an element of a list, which the first time may have moved.
 */
export function isIdempotent(update: Update): boolean {
  if (update.add.length > 0 || update.delete.length > 0) return false;
  const targets = targetsOf(update);
  if (targets.some(({ steps }) => steps.some(step => typeof step === 'number'))) return false;
  return update.set.every(({ target, source }) => isRepeatable(source, target, targets));
}

function isRepeatable(source: Source, target: Path, targets: readonly Path[]): boolean {
  if (source.kind === 'literal') return true;
  if (source.kind === 'path') return !overlapsAny(source, targets);
  if (source.kind !== 'if_not_exists') return false;
  const own = isSamePath(source.path, target);
  return (own || !overlapsAny(source.path, targets)) && isRepeatable(source.fallback, target, targets);
}

function overlapsAny(path: Path, others: readonly Path[]): boolean {
  return others.some(other => hasPrefix(path, other) || hasPrefix(other, path));
}
