import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Path, SetAction, Update } from '../expressions/ast.ts';
import { entityOfKeyAttributes, type TranslateOptions, validateChangedAttributes } from '../validate-attributes.ts';
import { protectionOf } from './flow.ts';

/**
 * The update with the values validated that it gives to whole attributes which the server changes: unsigned ones, and all where plaintext is written.
 * Throws VALIDATION_FAILED, and ATTRIBUTE_MISSING when it removes one that every item has. What the server computes (`a + :b`, ADD) is not seen by
 * validators, and nor is anything where the key does not tell which entity the item is.
 */
export async function validatedLiterals(
  table: EncryptedTable,
  update: Update,
  key: AttributeMap,
  translate: TranslateOptions,
): Promise<Update> {
  const entity = entityOfKeyAttributes(table.table, key, translate);
  if (entity === undefined) return update;
  const isSeen = ({ name, steps }: Path): boolean =>
    steps.length === 0 && (table.policy.writesPlaintext || protectionOf(table, name) === 'unsigned');
  await validateChangedAttributes(
    entity,
    {},
    update.remove.filter(isSeen).map(({ name }) => name),
    translate,
  );
  const set = await Promise.all(
    update.set.map(async (action): Promise<SetAction> => {
      const { target, source } = action;
      if (source.kind !== 'literal' || !isSeen(target)) return action;
      const { [target.name]: value } = await validateChangedAttributes(entity, { [target.name]: source.value }, [], translate);
      return value === undefined ? action : { target, source: { ...source, value } };
    }),
  );
  return { ...update, set };
}
