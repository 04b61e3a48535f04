import { FOOTER_ATTRIBUTE, HEADER_ATTRIBUTE } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Result } from '../commands/command.ts';
import type { Condition } from '../expressions/ast.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import { isEncrypted } from '../item.ts';
import { Contention } from './contention.ts';
import { isFailedCondition } from './exceptions.ts';
import type { Work } from './plan.ts';
import { asAsked } from './rewrite.ts';
import { allOf } from './split-condition.ts';
import { type Expressions, existence, printed, sameFooter, top } from './write-back.ts';

type Read = () => Promise<AttributeMap | undefined>;
type Write = (expressions: Expressions) => Promise<Result>;

/** How an item that is there is stored. */
export type Form = 'encrypted' | 'plaintext';

/**
 * Sends an update that needs no key as it is, under a guard that the item is what it is taken for: encrypted where only unsigned attributes change,
 * plaintext where the policy lets plaintext be written. Gives undefined when the item must be rewritten, or made.
 */
export async function sendDirect(work: Work, read: Read, write: Write): Promise<Result | undefined> {
  const contention = new Contention(work.call);
  let form = firstForm(work);
  while (form !== undefined) {
    try {
      return await write(guardedDirect(work, form));
    } catch (error) {
      if (!isFailedCondition(error)) throw error;
      const now: AttributeMap | undefined = error.Item ?? (await read());
      const next = await formFor(work, now);
      if (next === form && (error.Item !== undefined || isRefusedBy(demanded(work), now))) throw asAsked(work, error, now);
      form = next;
    }
    if (form !== undefined) await contention.pause();
  }
  return undefined;
}

/** The form in which an update is tried first without reading; undefined when it needs the item. */
export function firstForm({ table, isDirect }: Work): Form | undefined {
  if (table.policy.writesPlaintext) return 'plaintext';
  return isDirect ? 'encrypted' : undefined;
}

/**
 * The form in which an update can be sent, for the item as it is now; undefined when that must be rewritten, or made. Throws NOT_ENCRYPTED for a
 * plaintext item where the policy forbids to read one, NOT_AUTHENTIC for half a format.
 */
export async function formFor({ table, isDirect }: Work, item: AttributeMap | undefined): Promise<Form | undefined> {
  if (item === undefined) return table.policy.writesPlaintext ? 'plaintext' : undefined;
  if (isEncrypted(item)) return isDirect ? 'encrypted' : undefined;
  await table.decrypt(item);
  return isDirect || table.policy.writesPlaintext ? 'plaintext' : undefined;
}

/** The update as it is, under its guard. An update without one would make an item without header and footer out of nothing. */
export function guardedDirect(work: Work, form: Form): Expressions {
  const { table, validated } = work;
  const condition = demanded(work);
  const format = [HEADER_ATTRIBUTE, FOOTER_ATTRIBUTE].map(name => existence(top(name), form === 'encrypted'));
  const mayBeMade = form === 'encrypted' || table.policy.writesPlaintext;
  const guard = mayBeMade ? format : [...format, existence(top(table.table.structure.partitionKeyName), true)];
  return printed(table, validated, condition === undefined ? guard : [condition, ...guard]);
}

/** What the caller demands of the item: a condition, and maybe that it is the one that was read. */
function demanded({ condition, expectedFooter }: Work): Condition | undefined {
  return allOf([...(condition === undefined ? [] : [condition]), ...(expectedFooter === undefined ? [] : [sameFooter(expectedFooter)])]);
}

/** Servers that do not tell the item of a failed condition leave open whether it was the condition that failed, or the guard. */
function isRefusedBy(condition: Condition | undefined, item: AttributeMap | undefined): boolean {
  return condition !== undefined && !evaluate(condition, item ?? {});
}
