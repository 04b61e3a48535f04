import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { quoted } from '../../bytes/quoted.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { summedCapacity } from '../capacity.ts';
import type { Call, Handler, Shape } from '../commands/command.ts';
import { handler } from '../commands/handler.ts';
import { isEncryptedName, namesIn, refuse, refuseLegacy, requireText } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { Collecting } from './collecting.ts';
import { readPage } from './page-items.ts';
import { type PagePlan, planPage } from './page-plan.ts';
import type { ReadItem } from './read-item.ts';

/** Works one page of a Query or Scan. `Count` follows the items that are returned; `ScannedCount` and `LastEvaluatedKey` are the server's. */
export function pages(call: Call): Handler {
  const collecting = new Collecting(call);
  let plan: PagePlan | undefined;
  let reads: readonly ReadItem[] = [];
  return handler(call, {
    check(input) {
      refuseLegacy(call.table, input);
      if (input.IndexName !== undefined) requireText(call.table, 'IndexName', input.IndexName);
      refuseEncryptedStart(call.table, input.ExclusiveStartKey);
    },
    async send(input, next) {
      plan = planPage(call, input);
      return next(plan.input);
    },
    async decrypt(output) {
      if (plan === undefined || !Array.isArray(output.Items)) return output; // the server counted only
      const page = await readPage(call, plan, output.Items as AttributeMap[], collecting); // the SDK's deserializer made them
      reads = page.reads;
      return { ...withCapacity(output, page.consumed), Items: reads.map(({ item }) => item), Count: reads.length };
    },
    finish(output) {
      if (!Array.isArray(output.Items)) return output;
      const Items = output.Items.flatMap((item: unknown, i) => (reads[i] === undefined ? [] : (collecting.handOut(reads[i], item) ?? [])));
      return collecting.finished({ ...output, Items, Count: Items.length });
    },
  });
}

/** The server would refuse it, but not before it was sent. */
function refuseEncryptedStart(table: EncryptedTable, key: unknown): void {
  const encrypted = namesIn(key).find(name => isEncryptedName(table, name));
  if (encrypted !== undefined)
    refuse(table, 'ExclusiveStartKey', `names ${quoted(encrypted)}, which is no key attribute and would be sent in clear`);
}

function withCapacity(output: Shape, consumed: readonly ConsumedCapacity[]): Shape {
  if (consumed.length === 0) return output;
  return { ...output, ConsumedCapacity: summedCapacity([output.ConsumedCapacity as ConsumedCapacity | undefined, ...consumed]) }; // the SDK's deserializer made it
}
