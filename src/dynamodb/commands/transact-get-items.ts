import { isRecord } from '../../bytes/objects.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { Scope } from '../expressions/scope.ts';
import { Collecting } from '../reads/collecting.ts';
import { type Projection, readProjection, WHOLE_ITEM, withoutProjection } from '../reads/projection.ts';
import { type ReadItem, readItem } from '../reads/read-item.ts';
import { type Cancelled, openCancellation } from '../writes/cancellation.ts';
import type { Call, CommandRules, Handler, Shape } from './command.ts';
import { handler } from './handler.ts';
import { refuseForeignKey, refuseLegacy } from './refusals.ts';

/** TransactGetItems: items come back verified and decrypted, each in its place. */
export const transactGetItems: CommandRules = { writes: false, handle };

function handle(call: Call): Handler {
  const collecting = new Collecting(call);
  /** What was asked in each place that is about an encrypted table. */
  const asked = new Map<number, { readonly table: EncryptedTable; readonly projection: Projection }>();
  const reads = new Map<number, ReadItem | undefined>();
  let elements: readonly Cancelled[] = [];
  return handler(call, {
    check(input) {
      for (const get of getsOf(input)) {
        const table = call.tableOf(get.TableName);
        if (table === undefined) continue;
        refuseLegacy(table, get);
        refuseForeignKey(table, get.Key);
      }
    },
    async send(input, next) {
      elements = getsOf(input).map(get => ({ table: call.tableOf(get.TableName), wantsItem: true }));
      for (const [i, get] of getsOf(input).entries()) {
        const table = call.tableOf(get.TableName);
        if (table === undefined) continue;
        const scope = new Scope(get.ExpressionAttributeNames, undefined);
        asked.set(i, { table, projection: readProjection(call, table, get, scope) });
        scope.refuseUnused();
      }
      return next({ ...input, TransactItems: listOf(input.TransactItems).map((action, i) => (asked.has(i) ? whole(action) : action)) });
    },
    async decrypt(output) {
      const places = listOf(output.Responses); // always there: a place for each Get
      const entries = places.flatMap((place, i) => {
        const stored = isRecord(place) ? place.Item : undefined;
        const { table, projection = WHOLE_ITEM } = asked.get(i) ?? {};
        return table !== undefined && isRecord(stored) ? [{ i, table, projection, stored: stored as AttributeMap }] : []; // the SDK's deserializer made it
      });
      const opened = await collecting.readAll(entries, ({ table, stored, projection }) => readItem(call, table, stored, projection));
      for (const [at, { i }] of entries.entries()) reads.set(i, opened[at]);
      return { ...output, Responses: places.map((place, i) => (reads.has(i) ? withItem(place, reads.get(i)?.item) : place)) };
    },
    finish(output) {
      const places = listOf(output.Responses);
      const given = places.map((place, i) => {
        const read = reads.get(i);
        return read === undefined || !isRecord(place) ? place : withItem(place, collecting.handOut(read, place.Item));
      });
      return collecting.finished({ ...output, Responses: given });
    },
    fail: error => openCancellation(error, elements, call.settings.concurrency),
  });
}

/** The `Get` of each action; an empty one for what the server refuses. */
function getsOf({ TransactItems }: Shape): Shape[] {
  return listOf(TransactItems).map(action => (isRecord(action) && isRecord(action.Get) ? action.Get : {}));
}

function whole(action: unknown): unknown {
  return isRecord(action) && isRecord(action.Get) ? { ...action, Get: withoutProjection(action.Get) } : action;
}

/** A place without an item stands for one that is missing, or was left out. */
function withItem(place: unknown, item: unknown): Shape {
  const { Item: _, ...rest } = isRecord(place) ? place : {};
  return item === undefined ? rest : { ...rest, Item: item };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
