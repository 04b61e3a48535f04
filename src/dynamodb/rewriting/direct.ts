import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Result } from '../commands/command.ts';
import type { Condition } from '../expressions/ast.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import { isEncrypted } from '../item.ts';
import { Attempts } from './attempts.ts';
import { isFailedCondition } from './exceptions.ts';
import type { Work } from './plan.ts';
import { asAsked } from './rewrite.ts';
import { type Expressions, existence, printed, top } from './write-back.ts';

type Read = () => Promise<AttributeMap | undefined>;
type Write = (expressions: Expressions) => Promise<Result>;

/**
 * Sends an update that needs no key as it is, under a guard that the item is what it is taken for: encrypted where only unsigned attributes change,
 * plaintext where the policy lets plaintext be written. Gives undefined when the item must be rewritten, or made.
 */
export async function sendDirect(work: Work, read: Read, write: Write): Promise<Result | undefined> {
  const attempts = new Attempts(work.table, work.call.settings.updateTimeoutMs);
  let form: Form | undefined = work.table.policy.writesPlaintext ? 'plaintext' : work.isDirect ? 'encrypted' : undefined;
  while (form !== undefined) {
    try {
      return await write(printed(work.table, work.update, [...(work.condition ? [work.condition] : []), ...guardOf(work, form)]));
    } catch (error) {
      if (!isFailedCondition(error)) throw error;
      const now: AttributeMap | undefined = error.Item ?? (await read());
      const found = await formOf(work, now);
      if (found === form && (error.Item !== undefined || isRefusedBy(work.condition, now))) throw await asAsked(work, now);
      if (found === undefined || (found === 'encrypted' && !work.isDirect)) return undefined;
      form = found;
    }
    await attempts.pause();
  }
  return undefined;
}

/** How an item that is there is stored. */
type Form = 'encrypted' | 'plaintext';

/** Throws NOT_ENCRYPTED for a plaintext item where the policy forbids to read one, NOT_AUTHENTIC for half a format. */
async function formOf({ table }: Work, item: AttributeMap | undefined): Promise<Form | undefined> {
  if (item === undefined) return table.policy.writesPlaintext ? 'plaintext' : undefined;
  if (isEncrypted(item)) return 'encrypted';
  await table.decrypt(item);
  return 'plaintext';
}

/** An update without a guard would make an item without header and footer out of nothing, which nobody could read. */
function guardOf({ table }: Work, form: Form): Condition[] {
  const format = [HEADER_ATTRIBUTE, FOOTER_ATTRIBUTE].map(name => existence(top(name), form === 'encrypted'));
  const mayBeMade = form === 'encrypted' || table.policy.writesPlaintext;
  return mayBeMade ? format : [...format, existence(top(table.table.structure.partitionKeyName), true)];
}

/** Servers that do not tell the item of a failed condition leave open whether it was the condition that failed, or the guard. */
function isRefusedBy(condition: Condition | undefined, item: AttributeMap | undefined): boolean {
  return condition !== undefined && !evaluate(condition, item ?? {});
}
