import { publish } from '../../diagnostics/publish.ts';
import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { binaryOf } from '../item.ts';
import { identityOf, keyNamesOf, pick } from '../reads/keys.ts';
import { Contention } from '../rewriting/contention.ts';
import { writers } from '../rewriting/queue.ts';
import { NOTHING } from '../rewriting/request.ts';
import { type Guarded, type Reach, sendPlan } from '../rewriting/rewrite.ts';
import { isWritten, printed, sameFooter, writeBack } from '../rewriting/write-back.ts';
import { headerOf, type ItemKey, isAsBefore, itemKeys } from './recipients.ts';
import type { OwnCall } from './requests.ts';
import { reseal } from './reseal.ts';

/** What became of an item, without anything that it holds. */
export interface Reencryption {
  /**
   * - `reencrypted`: it was written anew.
   * - `current`: it is protected as it would be if it were written now; nothing was written.
   * - `gone`: there is no such item any more; nothing was written.
   */
  readonly outcome: 'reencrypted' | 'current' | 'gone';
  /** The keys that opened it before. */
  readonly from: readonly ItemKey[];
  /** The keys that open it now. */
  readonly to: readonly ItemKey[];
}

/** One item to be encrypted anew. */
export interface Item {
  readonly table: EncryptedTable;
  /** As the caller names the table: its name or ARN. */
  readonly tableName: string;
  readonly key: AttributeMap;
  /** As it was stored when the caller read it; undefined to read it. */
  readonly stored: AttributeMap | undefined;
  /** True to write it even if it is current. */
  readonly force: boolean;
}

/** A new form of an item, ready to be written if its footer is still the old one. */
interface Plan extends Guarded, Pick<Reencryption, 'from' | 'to'> {
  readonly isCurrent: boolean;
}

const GONE: Reencryption = Object.freeze({ outcome: 'gone', from: Object.freeze([]), to: Object.freeze([]) });

/**
 * Encrypts an item anew and writes it back, until no other writer comes between, for the time that settings allow. Nothing is lost if that is done
 * twice, so a lost answer is looked into, and followed by another try. Throws CONCURRENT_UPDATE, UPDATE_OUTCOME_UNKNOWN when the time is over and one
 * of the tries may have been stored, what {@link reseal} throws, and the SDK's errors.
 */
export function rewriteItem(call: OwnCall, item: Item): Promise<Reencryption> {
  const { table, key } = item;
  const patience = { patienceMs: call.settings.updateTimeoutMs, signal: call.signal };
  return writers.run(`${table.name} ${identityOf(key, keyNamesOf(table))}`, patience, () => rewriteInTurn(call, item));
}

async function rewriteInTurn(call: OwnCall, item: Item): Promise<Reencryption> {
  const { table, force } = item;
  const contention = new Contention({ ...call, table });
  const reach = reachOf(call, item);
  const footers: Uint8Array[] = [];
  let mayBeApplied = false;
  let stored = item.stored ?? (await reach.read());
  while (stored !== undefined) {
    const plan = await planReencryption(call, table, stored);
    const { from, to, isCurrent } = plan;
    if (isCurrent && !force) return Object.freeze({ outcome: 'current', from, to: from });
    const { outcome } = await sendPlan(plan, footers, reach);
    if (outcome === 'written') {
      tell(table, to);
      return Object.freeze({ outcome: 'reencrypted', from, to });
    }
    mayBeApplied ||= call.doubtfulSendings() > 0;
    await contention.pause(mayBeApplied);
    stored = await reach.read();
  }
  return GONE;
}

async function planReencryption({ settings, translate }: OwnCall, table: EncryptedTable, stored: AttributeMap): Promise<Plan> {
  const sealed = await reseal(table, settings, translate, stored);
  const { isSigned } = table.table.structure;
  const oldFooter = binaryOf(stored, FOOTER_ATTRIBUTE);
  const [before, after] = [headerOf(stored), headerOf(sealed)];
  const written = Object.keys(sealed).filter(name => isWritten(name, isSigned));
  return {
    expressions: printed(table, writeBack(stored, sealed, isSigned, NOTHING), [sameFooter(oldFooter)]),
    guard: { footer: binaryOf(sealed, FOOTER_ATTRIBUTE), oldFooter, remaining: undefined, sources: [] },
    sealed: pick(sealed, written),
    from: itemKeys(before),
    to: itemKeys(after),
    isCurrent: isAsBefore(before, after),
  };
}

function reachOf({ requests }: OwnCall, { tableName: TableName, key: Key }: Item): Reach<Plan> {
  return {
    async read() {
      const { Item } = await requests.get({ TableName, Key, ConsistentRead: true });
      return Item;
    },
    async write({ expressions }) {
      await requests.update({ TableName, Key, ...expressions, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
      return { output: {} };
    },
    applied: () => ({ output: {} }),
  };
}

function tell({ table }: EncryptedTable, keys: readonly ItemKey[]): void {
  publish('fieldseal:audit', () => ({
    action: 'item-reencrypted',
    time: Date.now(),
    table: table.logicalName,
    keyIds: Object.freeze(keys.map(({ keyId }) => keyId)),
  }));
}
