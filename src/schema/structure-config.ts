import { isRecord } from '../bytes/objects.ts';
import { quoted, quotedList } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import { CRYPTO_ACTIONS, type CryptoAction, isCryptoAction } from './crypto-action.ts';

/** The part of a DB-ESDK table configuration that says which attribute gets which action. */
export interface StructureConfig {
  /** Signed into every item; survives a renamed or restored table. */
  readonly logicalTableName: string;
  readonly partitionKeyName: string;
  readonly sortKeyName?: string | undefined;
  readonly attributeActionsOnEncrypt: Readonly<Record<string, CryptoAction>>;
  /** Exact names outside the signature; each is DO_NOTHING. An empty list is the same as none. */
  readonly allowedUnsignedAttributes?: readonly string[] | undefined;
  /** Every name that starts with this is outside the signature. An empty prefix is the same as none. */
  readonly allowedUnsignedAttributePrefix?: string | undefined;
}

/** A {@link StructureConfig} whose parts have the right types; DB-ESDK's rules are yet to be checked. */
export interface ReadConfig {
  readonly logicalTableName: string;
  readonly partitionKeyName: string;
  readonly sortKeyName: string | undefined;
  readonly actions: ReadonlyMap<string, CryptoAction>;
  readonly unsignedNames: ReadonlySet<string>;
  readonly unsignedPrefix: string | undefined;
}

// DynamoDB's limits, which DB-ESDK enforces on its configuration.
const LONGEST_KEY_NAME = 255;
const LONGEST_NAME = 65_535;

/** Reads a configuration that may come from a JSON file. Throws SCHEMA_INVALID, whatever it is given. */
export function readStructureConfig(config: unknown): ReadConfig {
  if (!isRecord(config)) {
    refuse(
      `a table configuration is an object with logicalTableName, partitionKeyName and attributeActionsOnEncrypt; got ${kindOf(config)}`,
    );
  }
  return {
    logicalTableName: readText(config.logicalTableName, 'logicalTableName'),
    partitionKeyName: readKeyName(config.partitionKeyName, 'partitionKeyName'),
    sortKeyName: config.sortKeyName === undefined ? undefined : readKeyName(config.sortKeyName, 'sortKeyName'),
    actions: readActions(config.attributeActionsOnEncrypt),
    unsignedNames: readUnsignedNames(config.allowedUnsignedAttributes),
    unsignedPrefix: readUnsignedPrefix(config.allowedUnsignedAttributePrefix),
  };
}

function readActions(value: unknown): ReadonlyMap<string, CryptoAction> {
  if (!isRecord(value)) refuse(`attributeActionsOnEncrypt must be an object of attribute names and crypto actions; got ${kindOf(value)}`);
  const actions = new Map<string, CryptoAction>();
  const unknown: string[] = [];
  for (const [name, action] of Object.entries(value)) {
    readName(name, 'a name in attributeActionsOnEncrypt', LONGEST_NAME);
    if (isCryptoAction(action)) actions.set(name, action);
    else unknown.push(name);
  }
  if (unknown.length > 0) {
    refuse(`attributeActionsOnEncrypt gives ${quotedList(unknown)} an action that does not exist; use one of ${CRYPTO_ACTIONS.join(', ')}`);
  }
  return actions;
}

function readUnsignedNames(value: unknown): ReadonlySet<string> {
  if (value === undefined) return new Set();
  if (!Array.isArray(value)) refuse(`allowedUnsignedAttributes must be a list of attribute names; got ${kindOf(value)}`);
  const names = new Set<string>();
  for (const element of value) {
    const name = readName(element, 'a name in allowedUnsignedAttributes', LONGEST_NAME);
    if (names.has(name)) refuse(`allowedUnsignedAttributes names ${quoted(name)} more than once; name each attribute once`);
    names.add(name);
  }
  return names;
}

function readUnsignedPrefix(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return readText(value, 'allowedUnsignedAttributePrefix') || undefined;
}

function readKeyName(value: unknown, what: string): string {
  const name = readName(value, what, LONGEST_KEY_NAME);
  if (name === '') refuse(`${what} is empty; give the attribute's name`);
  return name;
}

function readName(value: unknown, what: string, longest: number): string {
  const name = readText(value, what);
  if (name.length > longest)
    refuse(`${what}, ${quoted(name)}, is longer than ${longest} characters, which DynamoDB does not allow; shorten it`);
  return name;
}

function readText(value: unknown, what: string): string {
  if (typeof value !== 'string') refuse(`${what} must be a string; got ${kindOf(value)}`);
  if (!value.isWellFormed()) refuse(`${what}, ${quoted(value)}, holds a lone surrogate, which UTF-8 cannot hold; replace it`);
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

function refuse(message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', message);
}
