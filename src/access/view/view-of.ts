import { inspect } from 'node:util';
import { quoted } from '../../bytes/quoted.ts';
import { UNWRITABLE } from '../../bytes/unwritable.ts';
import { FieldsealError } from '../../errors.ts';
import type { AnyAttribute } from '../../schema/attribute.ts';
import { maskedText } from '../../schema/masks/guard.ts';
import type { NativeItem } from '../../schema/native-item.ts';
import { hold } from '../holders/masked.ts';
import { REDACTED } from '../holders/redacted.ts';
import type { Decision } from '../policy/decide.ts';
import { type Contents, contentsOf, rememberContents, type Shown } from './contents.ts';
import { role } from './view.ts';

/**
 * The view of an item that was decided on: what is in clear as it is, what the role sees of the rest, and nothing that the schema does not
 * declare. `opened` holds decoded values. Frozen. Revealed values are read as properties; printed and in JSON they are `[redacted]`, and a
 * view inside a value that is written is refused. Throws ATTRIBUTE_INVALID for a list or map that should be a pseudonym.
 */
export function viewOf(decision: Decision, opened: NativeItem): object {
  const contents: Contents = new Map(
    Object.entries(decision.entity.fields).flatMap(([name, attribute]) => {
      const value = Object.hasOwn(opened, name) ? opened[name] : undefined;
      const shown = value === undefined ? undefined : show(decision, opened, { name, attribute, value });
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
  const view: object = Object.create(VIEW);
  for (const [name, shown] of contents) Object.defineProperty(view, name, { ...propertyOf(shown), enumerable: true });
  Object.defineProperty(view, role, { value: decision.role, enumerable: true });
  rememberContents(view, contents);
  return Object.freeze(view);
}

interface Present {
  readonly name: string;
  readonly attribute: AnyAttribute;
  readonly value: unknown;
}

function show(decision: Decision, opened: NativeItem, { name, attribute, value }: Present): Shown | undefined {
  if (attribute.kind !== 'encrypted') return { is: 'open', value };
  const treatment = decision.fields.get(name);
  const { mask } = attribute.settings;
  if (treatment === 'reveal') return { is: 'revealed', value };
  if (treatment === 'mask' && mask !== undefined) return { is: 'open', value: hold(maskedText(mask.show, value)) };
  return treatment === 'pseudonym' ? { is: 'open', value: pseudonymOf(decision, opened, { name, attribute, value }) } : undefined;
}

function pseudonymOf({ policy, entity }: Decision, opened: NativeItem, { name, value }: Present): unknown {
  const { pseudonyms, table } = policy;
  const source = { table: table.logicalName, attribute: name, tenant: pseudonyms?.tenant && opened[pseudonyms.tenant] };
  try {
    if (pseudonyms?.tenant !== undefined && source.tenant === undefined) throw new TypeError('no tenant');
    return pseudonyms?.pseudonymOf(value, source);
  } catch (cause) {
    const needs = 'a text, number, boolean, bytes or Date, and a tenant where one is configured';
    const message = `table ${quoted(entity.logicalName)}: ${quoted(name)} has no pseudonym; it needs ${needs}`;
    throw new FieldsealError('ATTRIBUTE_INVALID', message, { cause, attributes: [name] });
  }
}

/** Where a value is behind a getter, `console.dir` and debuggers do not print it either. */
function propertyOf({ is, value }: Shown): PropertyDescriptor {
  return is === 'open' ? { value } : { get: () => value };
}

/** What every view inherits, under names that no attribute has. */
const VIEW: object = Object.freeze(
  Object.create(null, {
    [inspect.custom]: { value: printed },
    [Symbol.toPrimitive]: { value: () => REDACTED },
    [UNWRITABLE]: { value: true },
    toJSON: { value: printable },
  }),
);

function printed(this: object): object {
  return { ...printable.call(this), [role]: Reflect.get(this, role) };
}

function printable(this: object): Record<string, unknown> {
  const contents: Contents = contentsOf(this) ?? new Map();
  return Object.fromEntries([...contents].map(([name, { is, value }]) => [name, is === 'open' ? value : REDACTED]));
}
