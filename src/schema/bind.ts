import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { Shape } from './attribute.ts';
import { readIndexes } from './secondary-index.ts';
import type { BoundTable, Table } from './table.ts';

/** A table's name, or its ARN. Any other text would match no request, and items would pass in clear. */
const PHYSICAL_NAME = /^(arn:[\w-]+:dynamodb:[\w-]*:\d*:table\/)?[\w.-]{1,255}$/;

/** What `.at()` of every table does. Throws CONFIG_INVALID, whatever it is given. */
export function bind<F extends Shape>(table: Table<F>, physicalName: unknown, options: unknown = {}): BoundTable<F> {
  if (typeof physicalName !== 'string' || !PHYSICAL_NAME.test(physicalName))
    refuse(table.logicalName, '.at() takes the name or ARN of the table in DynamoDB');
  if (typeof options !== 'object' || options === null)
    refuse(table.logicalName, 'the options of .at() must be an object such as { indexes }');
  const unknown = Object.keys(options).filter(name => name !== 'indexes');
  if (unknown.length > 0) refuse(table.logicalName, `.at() has no option ${quotedList(unknown)}; there is indexes`);
  return Object.freeze({ table, physicalName, indexes: readIndexes(table, 'indexes' in options ? options.indexes : undefined) });
}

function refuse(logicalName: string, message: string): never {
  throw new FieldsealError('CONFIG_INVALID', `table ${quoted(logicalName)}: ${message}`);
}
