import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { CryptoAction } from './crypto-action.ts';
import { FrozenMap, FrozenSet } from './frozen.ts';
import { readStructureConfig, type StructureConfig } from './structure-config.ts';
import { isSignedName, STRUCTURE_RULES, versionOf } from './structure-rules.ts';
import { type DeclaredIn, undeclaredFailure } from './undeclared.ts';

export type { CryptoAction } from './crypto-action.ts';
export { RESERVED_PREFIX } from './names.ts';
export type { StructureConfig } from './structure-config.ts';

/** A checked, frozen {@link StructureConfig}: which attributes are signed, which encrypted, and under which format version. */
export interface Structure {
  readonly logicalTableName: string;
  readonly partitionKeyName: string;
  readonly sortKeyName: string | undefined;
  readonly actions: ReadonlyMap<string, CryptoAction>;
  readonly unsignedNames: ReadonlySet<string>;
  readonly unsignedPrefix: string | undefined;
  /** 2 when any attribute is SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT, else 1. Decides what is written; readers follow the item's header. */
  readonly version: 1 | 2;
  /** True when the footer covers an attribute of this name. The same on encrypt and decrypt. */
  isSigned(name: string): boolean;
  /** The action on encrypt. Throws ATTRIBUTE_UNKNOWN for a signed name without a configured action. */
  actionOf(name: string): CryptoAction;
}

/**
 * Checks a configuration as DB-ESDK does and freezes it. Throws SCHEMA_INVALID, one message for each rule; also for input that is not a
 * configuration at all. `declaredIn` is where messages send users to declare an attribute.
 */
export function defineStructure(config: StructureConfig, declaredIn: DeclaredIn = 'attributeActionsOnEncrypt'): Structure {
  const read = readStructureConfig(config);
  const table = quoted(read.logicalTableName);
  for (const rule of STRUCTURE_RULES) {
    const fault = rule(read);
    if (fault !== undefined) throw new FieldsealError('SCHEMA_INVALID', `table ${table}: ${fault}`);
  }
  const actions = new FrozenMap(read.actions);
  const isSigned = (name: string): boolean => isSignedName(read, name);
  const actionOf = (name: string): CryptoAction => {
    const action = actions.get(name);
    if (action !== undefined) return action;
    if (!isSigned(name)) return 'DO_NOTHING';
    throw undeclaredFailure(read.logicalTableName, [name], { declaredIn });
  };
  return Object.freeze({
    ...read,
    actions,
    unsignedNames: new FrozenSet(read.unsignedNames),
    version: versionOf(actions),
    isSigned,
    actionOf,
  });
}
