import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { SetAction, Update } from '../expressions/ast.ts';
import { toNatives } from '../native.ts';
import { type TranslateOptions, validateChangedAttributes } from '../validate-attributes.ts';
import { protectionOf } from './flow.ts';

/**
 * The update with the values that it sets unsigned attributes to validated. What the server computes (`a + :b`, ADD) is not seen by validators, and
 * nor is anything where the key does not tell which entity the item is.
 */
export async function validatedLiterals(
  table: EncryptedTable,
  update: Update,
  key: AttributeMap,
  translate: TranslateOptions,
): Promise<Update> {
  const entity = table.table.entityOfKey(toNatives(key, translate));
  if (entity === undefined) return update;
  const set = await Promise.all(
    update.set.map(async (action): Promise<SetAction> => {
      const { target, source } = action;
      if (source.kind !== 'literal' || target.steps.length > 0 || protectionOf(table, target.name) !== 'unsigned') return action;
      const { [target.name]: value } = await validateChangedAttributes(entity, { [target.name]: source.value }, [], translate);
      return value === undefined ? action : { target, source: { ...source, value } };
    }),
  );
  return { ...update, set };
}
