import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError, type FieldsealErrorCode } from '../errors.ts';
import { type Outcome, validateAttribute } from './attribute-outcome.ts';
import { RESERVED_PREFIX } from './names.ts';
import type { Table } from './table.ts';

/** Attributes by name, as plain JavaScript values. Own enumerable properties count; one that is undefined is absent. */
export type NativeItem = Readonly<Record<string, unknown>>;

type SettledEntry = readonly [name: string, outcome: Outcome];
type Entry = readonly [name: string, outcome: Outcome | Promise<Outcome>];

/**
 * The item to store: every declared attribute validated, then encoded by its codec. A new object; the input stays as it is. A promise only if a
 * validator is asynchronous. Fails with ATTRIBUTE_UNKNOWN (undeclared names), ATTRIBUTE_RESERVED or ITEM_ALREADY_ENCRYPTED (names of the format),
 * ATTRIBUTE_MISSING, or VALIDATION_FAILED, which tells attributes and paths, never a value nor the validator's own words.
 */
export function validateForWrite(table: Table, item: NativeItem): Record<string, unknown> | Promise<Record<string, unknown>> {
  const given = new Map(Object.entries(item).filter(([, value]) => value !== undefined));
  refuseFormatNames(table, [...given.keys()]);
  refuseUndeclared(table, [...given.keys()]);
  const outcomes = Object.entries(table.fields).map(([name, attribute]): Entry => [name, validateAttribute(attribute, given.get(name))]);
  if (outcomes.every(isSettled)) return assemble(table, given, new Map(outcomes));
  return Promise.all(outcomes.map(settle)).then(settled => assemble(table, given, new Map(settled)));
}

/**
 * The item as its owner knows it: stored values decoded by their codecs. Validators do not run again. Attributes may be absent, as after a
 * projection. Throws ATTRIBUTE_INVALID when a codec fails.
 */
export function decodeAfterRead(table: Table, item: NativeItem): Record<string, unknown> {
  if (!table.hasCodecs) return { ...item };
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, decode(table, name, value)]));
}

function refuseFormatNames(table: Table, names: readonly string[]): void {
  if (table.undeclaredUnsigned === 'accept') return;
  const reserved = names.filter(name => name.startsWith(RESERVED_PREFIX));
  if (reserved.includes('aws_dbe_head') || reserved.includes('aws_dbe_foot')) {
    throw failure('ITEM_ALREADY_ENCRYPTED', table, 'the item has a header or footer already; decrypt it first');
  }
  if (reserved.length === 0) return;
  throw failure(
    'ATTRIBUTE_RESERVED',
    table,
    `names that start with ${RESERVED_PREFIX} belong to the format; leave out ${quotedList(reserved)}`,
  );
}

function refuseUndeclared(table: Table, names: readonly string[]): void {
  const undeclared = names.filter(name => table.fields[name] === undefined);
  const unknown = undeclared.filter(name => table.undeclaredUnsigned === 'refuse' || table.structure.isSigned(name));
  if (unknown.length === 0) return;
  throw failure(
    'ATTRIBUTE_UNKNOWN',
    table,
    `no declaration of ${quotedList(unknown)}; declare it in the schema, or leave it out of the item`,
  );
}

function isSettled(entry: Entry): entry is SettledEntry {
  return !(entry[1] instanceof Promise);
}

async function settle([name, outcome]: Entry): Promise<SettledEntry> {
  return [name, await outcome];
}

function assemble(table: Table, given: ReadonlyMap<string, unknown>, outcomes: ReadonlyMap<string, Outcome>): Record<string, unknown> {
  refuseMissing(table, outcomes);
  refuseInvalid(table, outcomes);
  const result = new Map(given);
  for (const [name, outcome] of outcomes) {
    if (outcome.is === 'value') result.set(name, outcome.value);
    else result.delete(name);
  }
  return Object.fromEntries(result);
}

function refuseMissing(table: Table, outcomes: ReadonlyMap<string, Outcome>): void {
  const missing = [...outcomes].filter(([, outcome]) => outcome.is === 'missing').map(([name]) => name);
  if (missing.length === 0) return;
  const { partitionKeyName, sortKeyName, actions } = table.structure;
  const isFixed = (name: string): boolean =>
    name === partitionKeyName || name === sortKeyName || actions.get(name) === 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
  const advice = missing.every(isFixed) ? 'key and context attributes are never absent' : 'declare what may be absent with .optional()';
  throw failure('ATTRIBUTE_MISSING', table, `every item needs ${quotedList(missing)}; give a value (${advice})`);
}

function refuseInvalid(table: Table, outcomes: ReadonlyMap<string, Outcome>): void {
  const faults = [...outcomes].flatMap(([name, outcome]) => describeFault(name, outcome) ?? []);
  if (faults.length === 0) return;
  const causes = [...outcomes.values()].map(outcome => (outcome.is === 'broken' ? outcome.cause : undefined));
  const message = `${faults.join('; ')} (run the validator on the value to see why: its words quote values and are left out)`;
  throw failure(
    'VALIDATION_FAILED',
    table,
    message,
    causes.find(cause => cause !== undefined),
  );
}

function describeFault(name: string, outcome: Outcome): string | undefined {
  if (outcome.is === 'refused') return `${quoted(name)} is not valid${outcome.paths.length > 0 ? ` at ${outcome.paths.join(', ')}` : ''}`;
  if (outcome.is !== 'broken') return undefined;
  return outcome.part === 'codec' ? `the codec of ${quoted(name)} cannot encode the value` : `the validator of ${quoted(name)} failed`;
}

function decode(table: Table, name: string, value: unknown): unknown {
  const codec = table.fields[name]?.settings.codec;
  if (codec === undefined || value === undefined) return value;
  try {
    return codec.decode(value);
  } catch (cause) {
    const message = `the codec of ${quoted(name)} cannot decode the stored value; check that items were written with this codec`;
    throw failure('ATTRIBUTE_INVALID', table, message, cause);
  }
}

function failure(code: FieldsealErrorCode, table: Table, message: string, cause?: unknown): FieldsealError {
  return new FieldsealError(code, `table ${quoted(table.logicalName)}: ${message}`, { cause });
}
