import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Call } from '../commands/command.ts';
import { refuse } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Path, Update } from '../expressions/ast.ts';
import { evaluate } from '../expressions/evaluate-condition.ts';
import { applyUpdate } from '../expressions/evaluate-update.ts';
import { getAt } from '../expressions/paths.ts';
import { pathsOfCondition, sourcesOf, targetsOf } from '../expressions/references.ts';
import { binaryOf, isEncrypted } from '../item.ts';
import { entityOfAttributes, validateAttributes, validateChangedAttributes } from '../validate-attributes.ts';
import { conditionalCheckFailed } from './exceptions.ts';
import { refuseWeakened, type SplitUpdate } from './flow.ts';
import { NOTHING, type UpdateRequest } from './request.ts';
import { areSame } from './same.ts';
import { remainingCondition } from './split-condition.ts';
import type { Guard } from './verdict.ts';
import {
  type Expressions,
  equals,
  existence,
  isWritten,
  literal,
  printed,
  sameFooter,
  top,
  writeBack,
  writtenUnsigned,
} from './write-back.ts';

/** An update that is ready to be sent, and what is known when it succeeds. */
export interface Plan {
  readonly expressions: Expressions;
  readonly guard: Guard;
  /** The item as it was stored when it was read; undefined when there was none. */
  readonly stored: AttributeMap | undefined;
  /** The decrypted item before. Encrypted attributes that nobody needs are missing. */
  readonly before: AttributeMap;
  /** The decrypted item after; its unsigned attributes are as they were read. */
  readonly after: AttributeMap;
  /** What is stored when it succeeds, but for unsigned attributes. */
  readonly sealed: AttributeMap;
}

/** What planning needs beside the item. */
export interface Work extends UpdateRequest {
  readonly call: Call;
  readonly split: SplitUpdate;
  /** The update as it is sent where no key is needed: its values validated. */
  readonly validated: Update;
  /** True when the server can do it all: nothing that is signed changes, nothing that is encrypted is compared. */
  readonly isDirect: boolean;
  /** True when the caller asked for the item as it was. */
  readonly wantsOld: boolean;
}

/**
 * Plans the rewriting of an item as it was read, or the making of a new one. Throws the SDK's ConditionalCheckFailedException when the condition
 * does not hold, its ValidationException when the update does not fit the item, and FieldsealError for what encryption, policy or validators forbid.
 */
export async function planUpdate(work: Work, stored: AttributeMap | undefined): Promise<Plan> {
  refuseOtherFooter(work, stored);
  return stored === undefined ? planInsert(work) : planRewrite(work, stored);
}

/** The item that the caller read is gone, or was rewritten. */
function refuseOtherFooter({ expectedFooter, wantsFailedItem }: Work, stored: AttributeMap | undefined): void {
  if (expectedFooter === undefined || (stored !== undefined && evaluate(sameFooter(expectedFooter), stored))) return;
  const error = conditionalCheckFailed(undefined);
  throw wantsFailedItem && stored !== undefined ? Object.assign(error, { Item: stored }) : error;
}

async function planInsert(work: Work): Promise<Plan> {
  const { call, table, key, update, condition } = work;
  if (condition !== undefined && !evaluate(condition, {})) throw conditionalCheckFailed(undefined);
  const after = await validateAttributes(table.table, { ...key, ...applyUpdate(update, key) }, call.translate).catch(asOfNewItem);
  refuseOtherKey(table, key, after);
  const sealed = await table.seal(after);
  const { partitionKeyName } = table.table.structure;
  const set = Object.entries(sealed).filter(([name]) => !Object.hasOwn(key, name));
  const everything = { ...NOTHING, set: set.map(([name, value]) => ({ target: top(name), source: literal(value) })) };
  const expressions = printed(table, everything, [existence(top(partitionKeyName), false)]);
  const guard = { footer: binaryOf(sealed, FOOTER_ATTRIBUTE), oldFooter: undefined, remaining: undefined, sources: [] };
  return { expressions, guard, stored: undefined, before: {}, after, sealed };
}

/** Who updates an item does not expect to make one. */
function asOfNewItem(error: unknown): never {
  if (!isFieldsealError(error)) throw error;
  const { code, message, attributes } = error;
  throw new FieldsealError(code, `no item has this key, so the update would make one: ${message}`, { attributes, cause: error });
}

/** An item signed for another key than it is stored under could never be read. */
function refuseOtherKey({ table }: EncryptedTable, key: AttributeMap, item: AttributeMap): void {
  const changed = Object.keys(key).find(name => !areSame(key[name], item[name]));
  if (changed === undefined) return;
  throw new FieldsealError(
    'VALIDATION_FAILED',
    `table "${table.logicalName}": the validator of the key ${quoted(changed)} changes its value; give the value as the validator makes it`,
  );
}

async function planRewrite(work: Work, stored: AttributeMap): Promise<Plan> {
  const { table, split } = work;
  if (!isEncrypted(stored)) throw await plaintextItem(table, stored);
  const { item: before, record } = await table.open(stored, neededNames(work, stored));
  const remaining = decide(work, before);
  const after = await changed(work, before, remaining);
  refuseWeakened(work.call, table, work.update, record.legend, after);
  const { isSigned } = table.table.structure;
  const sealed = await table.seal(after, { ...pick(after, isSigned), ...writtenUnsigned(split.remote) });
  const oldFooter = binaryOf(stored, FOOTER_ATTRIBUTE);
  const sources = split.unsignedSources.map(path => asRead(path, before));
  const conditions = [sameFooter(oldFooter), ...(remaining === undefined ? [] : [remaining]), ...sources];
  const expressions = printed(table, writeBack(stored, sealed, isSigned, split.remote), conditions);
  const guard = { footer: binaryOf(sealed, FOOTER_ATTRIBUTE), oldFooter, remaining, sources };
  return { expressions, guard, stored, before, after, sealed: pick(sealed, name => isWritten(name, isSigned)) };
}

/** An update never signs what it finds unsigned: anyone who can write to the table could have put it there. */
async function plaintextItem(table: EncryptedTable, stored: AttributeMap): Promise<FieldsealError> {
  await table.decrypt(stored); // throws unless the policy lets plaintext items be read
  return new FieldsealError(
    'NOT_ENCRYPTED',
    `an item of table "${table.table.logicalName}" is not encrypted, and an update does not sign what nobody vouched for; put the whole item to encrypt it`,
  );
}

/** The encrypted attributes to open: all but those that are replaced whole and looked at by nobody. */
function neededNames({ update, condition, wantsOld, wantsFailedItem, table }: Work, stored: AttributeMap): ReadonlySet<string> | undefined {
  if (wantsOld || wantsFailedItem) return undefined;
  const replaced = new Set(update.set.filter(({ target }) => target.steps.length === 0).map(({ target }) => target.name));
  const looked = [
    ...update.set.flatMap(({ source }) => sourcesOf(source)),
    ...(condition === undefined ? [] : pathsOfCondition(condition).map(({ path }) => path)),
  ];
  for (const { name } of looked) replaced.delete(name);
  return new Set(Object.keys(stored).filter(name => table.table.structure.isSigned(name) && !replaced.has(name)));
}

/** What is left of the condition for the server. */
function decide({ table, condition, wantsFailedItem }: Work, before: AttributeMap): Condition | undefined {
  if (condition === undefined) return undefined;
  const remaining = remainingCondition(table, condition, before);
  if (remaining.kind !== 'constant') return remaining;
  if (!remaining.value) throw conditionalCheckFailed(wantsFailedItem ? before : undefined);
  return undefined;
}

/** The item after the update: its signed and encrypted attributes changed and validated. A condition that fails wins over an update that does not fit. */
async function changed(work: Work, before: AttributeMap, remaining: Condition | undefined): Promise<AttributeMap> {
  const { call, table, split, wantsFailedItem } = work;
  const after = applied(
    () => applyUpdate(split.local, before),
    () => {
      if (remaining !== undefined && !evaluate(remaining, before)) throw conditionalCheckFailed(wantsFailedItem ? before : undefined);
    },
  );
  refuseNewEntity(table, before, after);
  const targets = new Set(targetsOf(split.local).map(({ name }) => name));
  const changedOnes = pick(after, name => targets.has(name));
  const removed = [...targets].filter(name => !Object.hasOwn(after, name));
  const entity = entityOfAttributes(table.table, before, call.translate);
  const validated = await validateChangedAttributes(entity, changedOnes, removed, call.translate);
  return { ...pick(after, name => !targets.has(name)), ...validated };
}

function applied(work: () => AttributeMap, beforeFailure: () => void): AttributeMap {
  try {
    return work();
  } catch (error) {
    beforeFailure();
    throw error;
  }
}

/** What decides which entity an item is was signed when it was made, and stays. */
function refuseNewEntity(table: EncryptedTable, before: AttributeMap, after: AttributeMap): void {
  const { discriminator } = table.table;
  if (discriminator === undefined || areSame(before[discriminator], after[discriminator])) return;
  refuse(table, 'UpdateExpression', `changes ${quoted(discriminator)}, which says what the item is; put a new item and delete this one`);
}

/** The condition that an unsigned value, which flows into a signed attribute, is still as it was read. */
function asRead(path: Path, item: AttributeMap): Condition {
  const value = getAt(item, path);
  return value === undefined ? existence(path, false) : equals(path, value);
}

function pick(item: AttributeMap, wanted: (name: string) => boolean): AttributeMap {
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted(name)));
}
