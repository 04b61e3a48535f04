import type { Call, Shape } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { encodedOperands } from '../rewriting/encode-operands.ts';
import { refuseUpdateParameters } from '../rewriting/request.ts';
import { transactedUpdate } from '../rewriting/transacted.ts';
import { declined } from './declined.ts';
import type { FinishedAction } from './transaction-attempts.ts';

/** Refuses parameters of an `Update` of a transaction, whatever form its values have. */
export function checkUpdate(_call: Call, table: EncryptedTable, action: Shape): void {
  refuseUpdateParameters(table, action);
}

/** Encodes, in the caller's form, the operands of attributes that have a codec. */
export async function prepareUpdate(call: Call, table: EncryptedTable, action: Shape): Promise<Shape> {
  return encodedOperands(call, table, action);
}

/**
 * The `Update` to send, in DynamoDB's own form, made from what the item is now; `previous` is the one of an attempt that is outdated. Throws
 * {@link ActionDeclined} for what the item does not allow, and what the same update alone would throw before it reads.
 */
export async function buildUpdate(
  call: Call,
  table: EncryptedTable,
  action: Shape,
  previous: FinishedAction | undefined,
): Promise<FinishedAction> {
  const update = previous?.update ?? (await transactedUpdate(call, table, action));
  const finished = await update.action(call).catch((error: unknown) => {
    throw declined(error);
  });
  return { action: finished, update, verdict: reason => update.verdict(reason) };
}
