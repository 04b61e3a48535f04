import { isRecord } from '../../bytes/objects.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { Scope } from '../expressions/scope.ts';
import { Collecting, type Entry } from '../reads/collecting.ts';
import { type Projection, readProjection, WHOLE_ITEM, withoutProjection } from '../reads/projection.ts';
import { type ReadItem, readItem } from '../reads/read-item.ts';
import type { Call, CommandRules, Handler, Shape } from './command.ts';
import { handler } from './handler.ts';
import { refuseForeignKey, refuseLegacy } from './refusals.ts';
import { tableName } from './tables-of.ts';

/** BatchGetItem: items of encrypted tables come back verified and decrypted, items of others as they are. */
export const batchGetItem: CommandRules = { writes: false, handle };

/** What the caller asked of one encrypted table. */
interface Asked {
  readonly part: Shape;
  readonly projection: Projection;
}

function handle(call: Call): Handler {
  const collecting = new Collecting(call);
  const asked = new Map<string, Asked>();
  const reads = new Map<string, ReadItem[]>();
  return handler(call, {
    check(input) {
      for (const [, table, part] of encryptedParts(call, input.RequestItems)) {
        refuseLegacy(table, part);
        for (const key of Array.isArray(part.Keys) ? part.Keys : []) refuseForeignKey(table, key);
      }
    },
    async send(input, next) {
      const widened = encryptedParts(call, input.RequestItems).map(([name, table, part]) => {
        const scope = new Scope(part.ExpressionAttributeNames, undefined);
        asked.set(name, { part, projection: readProjection(call, table, part, scope) });
        scope.refuseUnused();
        return [name, withoutProjection(part)] as const;
      });
      return next({ ...input, RequestItems: { ...asShape(input.RequestItems), ...Object.fromEntries(widened) } });
    },
    async decrypt(output) {
      const entries = entriesOf(call, output.Responses);
      const opened = await collecting.readAll(entries, ({ name, table, stored }) =>
        readItem(call, table, stored, partOf(asked, name)?.projection ?? WHOLE_ITEM),
      );
      for (const { name } of entries) reads.set(name, []);
      for (const [i, { name }] of entries.entries()) if (opened[i] !== undefined) reads.get(name)?.push(opened[i]);
      const items = Array.from(reads, ([name, list]) => [name, list.map(({ item }) => item)]);
      return {
        ...output,
        ...(isRecord(output.Responses) && { Responses: { ...output.Responses, ...Object.fromEntries(items) } }),
        ...(isRecord(output.UnprocessedKeys) && { UnprocessedKeys: asAsked(asked, output.UnprocessedKeys) }),
      };
    },
    finish(output) {
      if (!isRecord(output.Responses)) return output;
      const given = Array.from(reads, ([name, list]) => [name, handOutAll(collecting, list, asShape(output.Responses)[name])]);
      return collecting.finished({ ...output, Responses: { ...output.Responses, ...Object.fromEntries(given) } });
    },
  });
}

function handOutAll(collecting: Collecting, reads: readonly ReadItem[], items: unknown): unknown[] {
  return reads.flatMap((read, i) => collecting.handOut(read, Array.isArray(items) ? items[i] : undefined) ?? []);
}

/** The parts of a request that are about encrypted tables. */
function encryptedParts(call: Call, requestItems: unknown): (readonly [name: string, table: EncryptedTable, part: Shape])[] {
  return Object.entries(asShape(requestItems)).flatMap(([name, part]) => {
    const table = call.tableOf(name);
    return table !== undefined && isRecord(part) ? [[name, table, part] as const] : [];
  });
}

function entriesOf(call: Call, responses: unknown): (Entry & { readonly name: string })[] {
  return Object.entries(asShape(responses)).flatMap(([name, items]) => {
    const table = call.tableOf(name);
    if (table === undefined || !Array.isArray(items)) return [];
    return items.map((stored: AttributeMap) => ({ name, table, stored })); // the SDK's deserializer made them
  });
}

/** What was asked of the table that an answer names, which may do so by its name where the request had its ARN. */
function partOf(asked: ReadonlyMap<string, Asked>, name: string): Asked | undefined {
  return asked.get(name) ?? [...asked].find(([given]) => tableName(given) === tableName(name))?.[1];
}

/** Keys that are left over, with the caller's own projection: what is sent again is widened again. */
function asAsked(asked: ReadonlyMap<string, Asked>, unprocessed: Shape): Shape {
  return Object.fromEntries(
    Object.entries(unprocessed).map(([name, left]) => {
      const part = partOf(asked, name)?.part;
      return [name, part === undefined ? left : { ...part, Keys: asShape(left).Keys }];
    }),
  );
}

function asShape(value: unknown): Shape {
  return isRecord(value) ? value : {};
}
