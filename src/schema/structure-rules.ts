import { quoted, quotedList } from '../bytes/quoted.ts';
import type { CryptoAction } from './crypto-action.ts';
import { CONTEXT_PREFIX, RESERVED_PREFIX } from './names.ts';
import type { ReadConfig } from './structure-config.ts';

/** Says what is wrong and how to mend it, or nothing when the rule holds. */
type Rule = (config: ReadConfig) => string | undefined;

const CONTEXT_ACTION = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';

/**
 * The checks that DB-ESDK makes of a configuration (ddb-table-encryption-config.md), in the order in which they are reported. That at least one
 * attribute is signed follows from them: the partition key is. Reserved names among the unsigned ones are let be, as DB-ESDK does: they are unsigned
 * in any case.
 */
export const STRUCTURE_RULES: readonly Rule[] = Object.freeze([
  configuredNamesAreNotReserved,
  keysDiffer,
  partitionKeyIsSigned,
  sortKeyIsSigned,
  doNothingIsUnsigned,
  unsignedNamesDoNothing,
  namesUnderThePrefixDoNothing,
]);

/** 2 when any attribute is in the encryption context, else 1. */
export function versionOf(actions: ReadonlyMap<string, CryptoAction>): 1 | 2 {
  return contextNames(actions).length > 0 ? 2 : 1;
}

/** True when the footer covers an attribute of this name. */
export function isSignedName(config: Pick<ReadConfig, 'unsignedNames' | 'unsignedPrefix'>, name: string): boolean {
  return !name.startsWith(RESERVED_PREFIX) && !config.unsignedNames.has(name) && !isUnderPrefix(config, name);
}

function configuredNamesAreNotReserved({ actions }: ReadConfig): string | undefined {
  const names = [...actions.keys()].filter(name => name.startsWith(RESERVED_PREFIX) || name.startsWith(CONTEXT_PREFIX));
  if (names.length === 0) return undefined;
  return `names that start with ${RESERVED_PREFIX} or ${CONTEXT_PREFIX} belong to the format; rename ${quotedList(names)}`;
}

function keysDiffer({ partitionKeyName, sortKeyName }: ReadConfig): string | undefined {
  if (partitionKeyName !== sortKeyName) return undefined;
  return `${quoted(partitionKeyName)} is both the partition and the sort key; name two attributes, or leave the sort key out`;
}

function partitionKeyIsSigned(config: ReadConfig): string | undefined {
  return keyIsSigned(config, 'partition', config.partitionKeyName);
}

function sortKeyIsSigned(config: ReadConfig): string | undefined {
  return config.sortKeyName === undefined ? undefined : keyIsSigned(config, 'sort', config.sortKeyName);
}

function keyIsSigned({ actions }: ReadConfig, which: 'partition' | 'sort', name: string): string | undefined {
  const required = versionOf(actions) === 2 ? CONTEXT_ACTION : 'SIGN_ONLY';
  const action = actions.get(name);
  if (action === required) return undefined;
  const found = action === undefined ? 'has no action' : `is ${action}`;
  const reason = required === CONTEXT_ACTION ? ` because the encryption context includes ${quotedList(contextNames(actions))}` : '';
  return `the ${which} key ${quoted(name)} ${found}; it must be ${required}${reason}`;
}

function doNothingIsUnsigned(config: ReadConfig): string | undefined {
  const names = configured(config, (name, action) => action === 'DO_NOTHING' && isSignedName(config, name));
  if (names.length === 0) return undefined;
  return `DO_NOTHING attributes must be outside the signature; list ${quotedList(names)} in allowedUnsignedAttributes, or sign them`;
}

function unsignedNamesDoNothing(config: ReadConfig): string | undefined {
  const names = configured(config, (name, action) => action !== 'DO_NOTHING' && config.unsignedNames.has(name));
  if (names.length === 0) return undefined;
  return `names in allowedUnsignedAttributes must be DO_NOTHING; take ${quotedList(names)} off the list, or make them DO_NOTHING`;
}

function namesUnderThePrefixDoNothing(config: ReadConfig): string | undefined {
  const names = configured(config, (name, action) => action !== 'DO_NOTHING' && isUnderPrefix(config, name));
  if (names.length === 0) return undefined;
  const prefix = quoted(config.unsignedPrefix ?? '');
  return `names under the unsigned prefix ${prefix} must be DO_NOTHING; rename ${quotedList(names)}, make them DO_NOTHING (unsigned), or choose another prefix`;
}

function configured(config: ReadConfig, condition: (name: string, action: CryptoAction) => boolean): string[] {
  return [...config.actions].filter(([name, action]) => condition(name, action)).map(([name]) => name);
}

function contextNames(actions: ReadonlyMap<string, CryptoAction>): string[] {
  return [...actions].filter(([, action]) => action === CONTEXT_ACTION).map(([name]) => name);
}

function isUnderPrefix({ unsignedPrefix }: Pick<ReadConfig, 'unsignedPrefix'>, name: string): boolean {
  return unsignedPrefix !== undefined && name.startsWith(unsignedPrefix);
}
