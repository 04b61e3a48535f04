import { quoted, quotedList } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { LegendEntry } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Call } from '../commands/command.ts';
import { refuse, refuseFormatPath, refuseUndeclaredPath } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Path, SetAction, Update } from '../expressions/ast.ts';
import { pathsOfCondition, sourcesOf, targetsOf } from '../expressions/references.ts';

/** How an attribute is kept: what may flow where depends on it. */
export type Protection = 'encrypted' | 'signed' | 'unsigned';

/** How an attribute of a name is kept, be it declared or not. */
export function protectionOf({ table: { structure } }: Pick<EncryptedTable, 'table'>, name: string): Protection {
  if (!structure.isSigned(name)) return 'unsigned';
  return structure.actions.get(name) === 'ENCRYPT_AND_SIGN' ? 'encrypted' : 'signed';
}

/** The parts of an update: what the server does, and what only someone with the key can. */
export interface SplitUpdate {
  /** Of unsigned attributes: sent as they are, so that concurrent changes of the same attributes are not lost. */
  readonly remote: Update;
  /** Of signed and encrypted attributes. */
  readonly local: Update;
  /** Unsigned paths whose values flow into signed attributes: they must still be as they were read. */
  readonly unsignedSources: readonly Path[];
}

/**
 * Splits an update by its targets. Throws ATTRIBUTE_UNKNOWN for targets without declaration, OPERATION_REFUSED for the format's own attributes and
 * for unsigned values that would become signed ones, and DECLASSIFICATION_REFUSED for encrypted values that would be stored under a weaker action.
 */
export function splitUpdate(call: Call, table: EncryptedTable, update: Update): SplitUpdate {
  for (const target of targetsOf(update)) refuseUnknown(table, target);
  const unsignedSources = update.set.flatMap(action => checkedSources(call, table, action));
  const isRemote = (target: Path): boolean => protectionOf(table, target.name) === 'unsigned';
  const part = (wanted: boolean): Update => ({
    set: update.set.filter(({ target }) => isRemote(target) === wanted),
    remove: update.remove.filter(target => isRemote(target) === wanted),
    add: update.add.filter(({ target }) => isRemote(target) === wanted),
    delete: update.delete.filter(({ target }) => isRemote(target) === wanted),
  });
  return { remote: part(true), local: part(false), unsignedSources };
}

/** True when an update does nothing. */
export function isEmpty(update: Update): boolean {
  return targetsOf(update).length === 0;
}

/** True when a condition compares encrypted attributes, or looks inside them: the server cannot decide it. */
export function comparesEncrypted(table: EncryptedTable, condition: Condition): boolean {
  return pathsOfCondition(condition).some(
    ({ path, existence }) => protectionOf(table, path.name) === 'encrypted' && !(existence && path.steps.length === 0),
  );
}

/** Throws OPERATION_REFUSED, or ATTRIBUTE_UNKNOWN, for a condition that names what belongs to the format, or what is not declared. */
export function refuseForeignCondition(table: EncryptedTable, condition: Condition | undefined): void {
  for (const { path } of condition === undefined ? [] : pathsOfCondition(condition)) {
    refuseFormatPath(table, 'ConditionExpression', path);
    refuseUndeclaredPath(table, 'ConditionExpression', path);
  }
}

/** What a name without a declaration holds may be ciphertext of another schema. */
function refuseUnknown(table: EncryptedTable, path: Path): void {
  refuseFormatPath(table, 'UpdateExpression', path);
  refuseUndeclaredPath(table, 'UpdateExpression', path);
  table.table.structure.actionOf(path.name);
}

const STRENGTH: Readonly<Record<Protection, number>> = { unsigned: 0, signed: 1, encrypted: 2 };

/** The unsigned sources of an action with a signed target, once all its sources may flow there. */
function checkedSources(call: Call, table: EncryptedTable, { target, source }: SetAction): Path[] {
  const { allowDeclassify, allowUnsignedSources } = call.settings;
  const into = protectionOf(table, target.name);
  const unsigned: Path[] = [];
  for (const path of sourcesOf(source)) {
    refuseUnknown(table, path);
    const from = protectionOf(table, path.name);
    if (from === 'encrypted' && STRENGTH[into] < STRENGTH.encrypted && (into === 'unsigned' || !allowDeclassify.has(path.name))) {
      throw declassification(table, path.name, target.name, into);
    }
    if (from !== 'unsigned' || into === 'unsigned') continue;
    if (!allowUnsignedSources.has(path.name)) {
      const why = `would sign ${quoted(path.name)}, which anyone who can write to the table can change, as ${quoted(target.name)}`;
      refuse(table, 'UpdateExpression', `${why}; give the value, or name the attribute in allowUnsignedSources`);
    }
    unsigned.push(path);
  }
  return unsigned;
}

/**
 * Throws DECLASSIFICATION_REFUSED when attributes that the item holds encrypted would be stored, or copied, in clear because the schema does not
 * encrypt them any more.
 */
export function refuseWeakened(
  call: Pick<Call, 'settings'>,
  table: EncryptedTable,
  update: Update,
  legend: ReadonlyMap<string, LegendEntry>,
  after: AttributeMap,
): void {
  const replaced = new Set(update.set.filter(({ target }) => target.steps.length === 0).map(({ target }) => target.name));
  refuseKeptInClear(
    call,
    table,
    legend,
    Object.keys(after).filter(name => !replaced.has(name)),
  );
  const isWeakened = weakenedUnder(call, table, legend);
  for (const { target, source } of update.set) {
    const from = sourcesOf(source).find(({ name }) => isWeakened(name));
    if (from !== undefined && protectionOf(table, target.name) !== 'encrypted')
      throw declassification(table, from.name, target.name, 'signed');
  }
}

/**
 * Throws DECLASSIFICATION_REFUSED, with their names, when some of the named attributes are encrypted in the item but not by the schema: they would be
 * stored in clear.
 */
export function refuseKeptInClear(
  call: Weakening,
  table: Pick<EncryptedTable, 'table'>,
  legend: ReadonlyMap<string, LegendEntry>,
  names: readonly string[],
): void {
  const kept = names.filter(weakenedUnder(call, table, legend));
  if (kept.length === 0) return;
  throw new FieldsealError(
    'DECLASSIFICATION_REFUSED',
    `table "${table.table.logicalName}": ${quotedList(kept)} would be stored in clear: encrypted in the item, but not by the schema; encrypt it there too, or name it in allowDeclassify`,
    { attributes: kept },
  );
}

/** Who may store an encrypted attribute in clear. */
interface Weakening {
  readonly settings: Pick<Call['settings'], 'allowDeclassify'>;
}

function weakenedUnder(
  { settings }: Weakening,
  table: Pick<EncryptedTable, 'table'>,
  legend: ReadonlyMap<string, LegendEntry>,
): (name: string) => boolean {
  return name => legend.get(name) === 'e' && protectionOf(table, name) !== 'encrypted' && !settings.allowDeclassify.has(name);
}

function declassification(table: EncryptedTable, from: string, to: string, into: Protection): FieldsealError {
  const fix = into === 'unsigned' ? 'encrypt the target too' : 'encrypt the target too, or name the attribute in allowDeclassify';
  return new FieldsealError(
    'DECLASSIFICATION_REFUSED',
    `table "${table.table.logicalName}": the update would store the encrypted ${quoted(from)} in ${quoted(to)}, which is not encrypted; ${fix}`,
  );
}
