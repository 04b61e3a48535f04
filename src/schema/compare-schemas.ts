import { FieldsealError } from '../errors.ts';
import type { CryptoAction } from './crypto-action.ts';
import { SCHEMA_CHANGES, type SchemaChange, type SchemaChangeKind, SEVERITIES } from './schema-change.ts';
import type { Entities } from './single-table.ts';
import type { Table } from './table.ts';

/** Two schemas of one table, or of one entity of it. */
interface Pair {
  readonly older: Table;
  readonly newer: Table;
}

/**
 * What changes for items and programs when `newer` takes the place of `older`: the most serious first, an empty list when nothing does.
 * For a check before a release. Validators and functions of the key cannot be compared. Throws INPUT_INVALID for what is no table.
 */
export function compareSchemas(older: Table, newer: Table): readonly SchemaChange[] {
  const pair = { older, newer };
  requireTables(pair);
  const changes = [...tableChanges(pair), ...entityChanges(pair)];
  for (const name of namesOf(pair)) changes.push(...actionChanges(pair, name).map(change => found(change, name)));
  for (const { entity, ...schemas } of schemaPairs(pair))
    for (const name of namesOf(schemas)) changes.push(...presenceChanges(schemas, name).map(change => found(change, name, entity)));
  return Object.freeze(changes.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)));
}

function found(change: SchemaChangeKind, attribute?: string, entity?: string): SchemaChange {
  return Object.freeze({ entity, attribute, change, ...SCHEMA_CHANGES[change] });
}

function tableChanges({ older, newer }: Pair): SchemaChange[] {
  const from = older.structure;
  const to = newer.structure;
  const changes: SchemaChange[] = [];
  if (from.logicalTableName !== to.logicalTableName) changes.push(found('logical-name'));
  if (from.partitionKeyName !== to.partitionKeyName) changes.push(found('partition-key-name', from.partitionKeyName));
  if (from.sortKeyName !== to.sortKeyName) changes.push(found('sort-key-name', from.sortKeyName ?? to.sortKeyName));
  if (from.unsignedPrefix !== to.unsignedPrefix) {
    if (to.unsignedPrefix !== undefined) changes.push(found('unsigned-prefix-added'));
    // Only such tables write names that they do not declare; those that are declared are compared one by one.
    if (from.unsignedPrefix !== undefined && older.undeclaredUnsigned === 'accept') changes.push(found('unsigned-prefix-removed'));
  }
  if (older.undeclaredUnsigned === 'accept' && newer.undeclaredUnsigned === 'refuse') changes.push(found('undeclared-refused'));
  if (from.version !== to.version) changes.push(found('format-version'));
  return changes;
}

function entityChanges({ older, newer }: Pair): SchemaChange[] {
  const from = entitiesOf(older);
  const to = entitiesOf(newer);
  const isOfKey = (table: Table): boolean => entitiesOf(table) !== undefined && table.discriminator === undefined;
  const changes: SchemaChange[] = [];
  if ((from === undefined) !== (to === undefined) || older.discriminator !== newer.discriminator || isOfKey(older) !== isOfKey(newer))
    changes.push(found('discriminator', newer.discriminator ?? older.discriminator));
  if (from === undefined || to === undefined) return changes;
  for (const name of from.keys()) if (!to.has(name)) changes.push(found('entity-removed', undefined, name));
  for (const name of to.keys()) if (!from.has(name)) changes.push(found('entity-added', undefined, name));
  return changes;
}

/** What happens to an attribute belongs to the whole table, whichever entities declare it. */
function actionChanges({ older, newer }: Pair, name: string): SchemaChangeKind[] {
  const from = older.structure.actions.get(name);
  const to = newer.structure.actions.get(name);
  const wasSigned = older.structure.isSigned(name);
  const isSigned = newer.structure.isSigned(name);
  if (from === undefined) return [additionOf(wasSigned, isSigned), ...(isContext(to) ? contextChange(newer, name, true) : [])];
  if (wasSigned !== isSigned) {
    if (wasSigned) return ['signed-to-unsigned'];
    return [to === undefined ? 'unsigned-removed' : 'unsigned-to-signed'];
  }
  const changes: SchemaChangeKind[] = [];
  if (to === undefined) changes.push('removed');
  else if (from === 'ENCRYPT_AND_SIGN' && to !== from) changes.push('encrypted-to-signed');
  else if (to === 'ENCRYPT_AND_SIGN' && to !== from) changes.push('signed-to-encrypted');
  if (isContext(from) !== isContext(to)) changes.push(...contextChange(isContext(to) ? newer : older, name, isContext(to)));
  if (to !== undefined) changes.push(...codecChange(older.fields[name]?.settings.codec, newer.fields[name]?.settings.codec));
  return changes;
}

/** Of a name that was not declared: signed in that case, unless it was under the unsigned prefix. */
function additionOf(wasSigned: boolean, isSigned: boolean): SchemaChangeKind {
  if (wasSigned === isSigned) return 'added';
  return isSigned ? 'signed-under-old-prefix' : 'unsigned-added';
}

function isContext(action: CryptoAction | undefined): boolean {
  return action === 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
}

/** The keys are in the encryption context in any case; only their action follows the version. */
function contextChange({ fields }: Table, name: string, added: boolean): SchemaChangeKind[] {
  const kind = fields[name]?.kind;
  return kind === 'partition' || kind === 'sort' ? [] : [added ? 'context-added' : 'context-removed'];
}

function codecChange(from: object | undefined, to: object | undefined): SchemaChangeKind[] {
  if (from === to) return [];
  return [from === undefined || to === undefined ? 'codec' : 'codec-object'];
}

function presenceChanges({ older, newer }: Pair, name: string): SchemaChangeKind[] {
  const from = older.fields[name]?.settings;
  const to = newer.fields[name]?.settings;
  if (to === undefined) return [];
  if (from === undefined) return to.optional ? [] : ['added-required'];
  if (from.optional === to.optional) return [];
  return [to.optional ? 'required-to-optional' : 'optional-to-required'];
}

function schemaPairs({ older, newer }: Pair): (Pair & { readonly entity: string | undefined })[] {
  const from = entitiesOf(older);
  const to = entitiesOf(newer);
  if (from === undefined || to === undefined) return [{ entity: undefined, older, newer }];
  return [...from].flatMap(([entity, was]) => {
    const is = to.get(entity);
    return is === undefined ? [] : [{ entity, older: was, newer: is }];
  });
}

/** Asks for the property, not the class: the other schema may come from another copy of the package. */
function entitiesOf({ entities }: Table & { readonly entities?: Entities }): ReadonlyMap<string, Table> | undefined {
  return entities && new Map(Object.entries(entities));
}

function namesOf({ older, newer }: Pair): ReadonlySet<string> {
  return new Set([...Object.keys(older.fields), ...Object.keys(newer.fields)]);
}

function requireTables({ older, newer }: Pair): void {
  if ([older, newer].every(table => typeof table?.structure?.isSigned === 'function')) return;
  throw new FieldsealError('INPUT_INVALID', 'compareSchemas() takes two tables, the older schema and the newer one; .at() is for clients');
}
