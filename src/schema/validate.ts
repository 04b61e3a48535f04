import { quoted, quotedList } from '../bytes/quoted.ts';
import { isUnwritable, unwritablePath } from '../bytes/unwritable.ts';
import { FieldsealError, type FieldsealErrorCode, type FieldsealErrorOptions } from '../errors.ts';
import type { AnyAttribute } from './attribute.ts';
import { type Outcome, validateAttribute } from './attribute-outcome.ts';
import { entityInWords } from './entity-names.ts';
import { declaredNames, issuePath } from './issue-path.ts';
import { RESERVED_PREFIX } from './names.ts';
import type { NativeItem } from './native-item.ts';
import type { Table } from './table.ts';
import { undeclaredFailure } from './undeclared.ts';

type SettledEntry = readonly [name: string, outcome: Outcome];
type Entry = readonly [name: string, outcome: Outcome | Promise<Outcome>];

const MISSING: Outcome = { is: 'missing' };

/**
 * The item to store: every declared attribute of its entity validated, then encoded by its codec. A new object; the input stays as it is.
 * A promise only if a validator is asynchronous. Fails with ENTITY_UNKNOWN, ATTRIBUTE_UNKNOWN (undeclared names), ATTRIBUTE_RESERVED or
 * ITEM_ALREADY_ENCRYPTED (names of the format), ATTRIBUTE_MISSING, or VALIDATION_FAILED, which tells attributes and paths, never a value
 * nor the validator's own words. The error's `attributes` name what is at fault.
 */
export function validateForWrite(table: Table, item: NativeItem): Record<string, unknown> | Promise<Record<string, unknown>> {
  const entity = table.entityOf(item);
  const given = presentIn(item);
  refuseFormatNames(entity, [...given.keys()]);
  refuseUndeclared(entity, [...given.keys()]);
  refuseView(entity, item);
  refuseUnwritable(entity, given);
  const outcomes = Object.entries(entity.fields).map(([name, attribute]): Entry => [name, validateAttribute(attribute, given.get(name))]);
  const finish = (settled: readonly SettledEntry[]): Record<string, unknown> =>
    requireEntity(table, entity, assemble(entity, given, new Map(settled)));
  return outcomes.every(isSettled) ? finish(outcomes) : Promise.all(outcomes.map(settle)).then(finish);
}

/**
 * What an update stores: the changed attributes, and no others, validated and encoded. `table` is the entity that the item belongs to.
 * Fails with ATTRIBUTE_UNKNOWN, ATTRIBUTE_RESERVED and VALIDATION_FAILED as {@link validateForWrite}, and with ATTRIBUTE_MISSING for the removal of an
 * attribute that every item must have.
 */
export async function validateChanged(table: Table, changed: NativeItem, removed: readonly string[]): Promise<Record<string, unknown>> {
  const given = presentIn(changed);
  const names = [...new Set([...given.keys(), ...removed])];
  refuseReserved(table, names);
  refuseUndeclared(table, names);
  refuseUnwritable(table, given);
  const gone = await Promise.all(
    declaredEntries(table, removed).map(([name, attribute]) => settle([name, validateAttribute(attribute, undefined)])),
  );
  refuseMissing(table, new Map(gone.map(([name, outcome]) => [name, outcome.is === 'absent' ? outcome : MISSING])));
  const outcomes = await Promise.all(
    declaredEntries(table, [...given.keys()]).map(([name, attribute]) => settle([name, validateAttribute(attribute, given.get(name))])),
  );
  refuseUndefined(table, outcomes);
  return assemble(table, given, new Map(outcomes));
}

/**
 * The item as its owner knows it: stored values decoded by their codecs, which all entities of a table share. Validators do not run again.
 * Attributes may be absent, as after a projection. Throws ATTRIBUTE_INVALID when a codec fails.
 */
export function decodeAfterRead(table: Table, item: NativeItem): Record<string, unknown> {
  if (!table.hasCodecs) return { ...item };
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, decode(table, name, value)]));
}

function presentIn(item: NativeItem): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(item).filter(([, value]) => value !== undefined));
}

function declaredEntries(table: Table, names: readonly string[]): (readonly [name: string, attribute: AnyAttribute])[] {
  return names.flatMap(name => {
    const attribute = table.fields[name];
    return attribute === undefined ? [] : [[name, attribute] as const];
  });
}

function refuseFormatNames(table: Table, names: readonly string[]): void {
  if (table.undeclaredUnsigned === 'accept') return;
  if (names.includes('aws_dbe_head') || names.includes('aws_dbe_foot')) {
    throw failure('ITEM_ALREADY_ENCRYPTED', table, 'the item has a header or footer already; decrypt it first');
  }
  refuseReserved(table, names);
}

function refuseReserved(table: Table, names: readonly string[]): void {
  const reserved = names.filter(name => name.startsWith(RESERVED_PREFIX));
  if (reserved.length === 0) return;
  throw failure(
    'ATTRIBUTE_RESERVED',
    table,
    `names that start with ${RESERVED_PREFIX} belong to the format; leave out ${quotedList(reserved)}`,
    { attributes: reserved },
  );
}

function refuseUndeclared(table: Table, names: readonly string[]): void {
  const undeclared = names.filter(name => table.fields[name] === undefined);
  const unknown = undeclared.filter(name => table.undeclaredUnsigned === 'refuse' || table.structure.isSigned(name));
  if (unknown.length === 0) return;
  const declaredIn = table.undeclaredUnsigned === 'refuse' ? 'schema' : 'attributeActionsOnEncrypt';
  throw undeclaredFailure(table.logicalName, unknown, { declaredIn, entity: entityInWords(table) });
}

/** What a role does not see of an item is not in its view: put in the place of the item, it would take that away. */
function refuseView(table: Table, item: NativeItem): void {
  if (isUnwritable(item))
    throw failure('VALIDATION_FAILED', table, 'a view of an item is not the item; give the values that are to be written');
}

/** What a view masks, written back, would replace the value that it stands for. Validators do not see it: they might make text of it. */
function refuseUnwritable(table: Table, given: ReadonlyMap<string, unknown>): void {
  const places = [...given].flatMap(([name, value]) => {
    const path = unwritablePath(value);
    return path === undefined ? [] : [name + pathInWords(table.fields[name], value, path)];
  });
  if (places.length === 0) return;
  const message = `what is masked, a pseudonym or wrapped cannot be written; leave out ${quotedList(places)}, or give the values themselves`;
  throw failure('VALIDATION_FAILED', table, message, { attributes: places });
}

function pathInWords(attribute: AnyAttribute | undefined, value: unknown, path: readonly PropertyKey[]): string {
  const validator = attribute?.settings.validator;
  return issuePath({ message: '', path }, value, validator === undefined ? new Set() : declaredNames(validator));
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
  throw failure('ATTRIBUTE_MISSING', table, `every item needs ${quotedList(missing)}; give a value (${advice})`, { attributes: missing });
}

/** In an update, what a validator makes undefined would be left as it is, though the caller meant to change it. */
function refuseUndefined(table: Table, outcomes: readonly SettledEntry[]): void {
  const names = outcomes.filter(([, outcome]) => outcome.is === 'absent').map(([name]) => name);
  if (names.length === 0) return;
  throw failure(
    'VALIDATION_FAILED',
    table,
    `the validator of ${quotedList(names)} makes the value undefined; remove the attribute instead`,
    { attributes: names },
  );
}

/** A validator may change what tells the entity; the item would then be read as another one than it was validated as. */
function requireEntity(table: Table, entity: Table, stored: Record<string, unknown>): Record<string, unknown> {
  if (table === entity || table.entityOf(stored) === entity) return stored;
  const { partitionKeyName, sortKeyName } = table.structure;
  const tellsEntity = table.discriminator === undefined ? [partitionKeyName, sortKeyName] : [table.discriminator];
  const what = table.discriminator === undefined ? 'the key' : quoted(table.discriminator);
  throw failure(
    'VALIDATION_FAILED',
    table,
    `a validator changes ${what} so that the item would belong to another entity; keep it as it is`,
    { attributes: tellsEntity.filter(name => name !== undefined) },
  );
}

function refuseInvalid(table: Table, outcomes: ReadonlyMap<string, Outcome>): void {
  const faults = [...outcomes].flatMap(([name, outcome]) => describeFault(name, outcome) ?? []);
  if (faults.length === 0) return;
  const causes = [...outcomes.values()].map(outcome => (outcome.is === 'broken' ? outcome.cause : undefined));
  const message = `${faults.join('; ')} (run the validator on the value to see why: its words quote values and are left out)`;
  throw failure('VALIDATION_FAILED', table, message, {
    attributes: [...outcomes].flatMap(([name, outcome]) => faultyPaths(name, outcome)),
    cause: causes.find(cause => cause !== undefined),
  });
}

/** `name`, or the paths in it that are known: `address.city`, `tags[0]`. */
function faultyPaths(name: string, outcome: Outcome): readonly string[] {
  if (outcome.is === 'broken') return [name];
  if (outcome.is !== 'refused') return [];
  return outcome.paths.length === 0 ? [name] : outcome.paths.map(path => name + path);
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
    throw failure('ATTRIBUTE_INVALID', table, message, { cause });
  }
}

function failure(
  code: FieldsealErrorCode,
  table: Table,
  message: string,
  options?: Pick<FieldsealErrorOptions, 'attributes' | 'cause'>,
): FieldsealError {
  const where = [`table ${quoted(table.logicalName)}`, entityInWords(table)].filter(part => part !== undefined).join(', ');
  return new FieldsealError(code, `${where}: ${message}`, options);
}
