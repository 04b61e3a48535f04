import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';

/** Where a table's attributes are declared: in a schema, or in DB-ESDK's own configuration. */
export type DeclaredIn = 'schema' | 'attributeActionsOnEncrypt';

/** The ATTRIBUTE_UNKNOWN error for names that nobody declared: those of a whole item, an update, a condition or a filter. */
export function undeclaredFailure(
  logicalName: string,
  names: readonly string[],
  { declaredIn, entity }: { readonly declaredIn: DeclaredIn; readonly entity?: string | undefined },
): FieldsealError {
  const list = quotedList(names);
  const [are, have, them] = names.length > 1 ? ['are', 'have', 'them'] : ['is', 'has', 'it'];
  const fault =
    entity !== undefined
      ? `${entity} does not declare ${list}; declare ${them} there`
      : declaredIn === 'schema'
        ? `${list} ${are} not declared in the schema; declare ${them}`
        : `${list} ${have} no crypto action in attributeActionsOnEncrypt; give ${them} one`;
  return new FieldsealError('ATTRIBUTE_UNKNOWN', `table ${quoted(logicalName)}: ${fault}, or leave ${them} out`, { attributes: names });
}
