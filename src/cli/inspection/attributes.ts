import { type AttributeMap, type DynamoDbType, typeOf } from '../../dynamodb/attribute-value.ts';
import type { ItemInspection } from '../../dynamodb/explain.ts';
import { itemSize } from '../../dynamodb/item-size.ts';
import { type Terminal, TypeId } from '../../format/terminal.ts';
import type { CryptoAction } from '../../schema/crypto-action.ts';
import { RESERVED_PREFIX } from '../../schema/structure.ts';

/** One attribute of an encrypted item, without its value. */
export interface AttributeInspection {
  readonly name: string;
  /** What its writer did with it; absent when that cannot be told. */
  readonly action?: CryptoAction;
  /** The type that is stored: B for what is encrypted. */
  readonly type: DynamoDbType;
  /** The type of what is encrypted; its header tells. */
  readonly encryptedType?: DynamoDbType;
  /** Name and value, as DynamoDB counts them. */
  readonly bytes: number;
}

const ACTIONS: Readonly<Record<string, CryptoAction>> = {
  e: 'ENCRYPT_AND_SIGN',
  s: 'SIGN_ONLY',
  c: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
};

const ENCRYPTED_TYPES: ReadonlyMap<Terminal['typeId'], DynamoDbType> = new Map([
  [TypeId.NULL, 'NULL'],
  [TypeId.STRING, 'S'],
  [TypeId.NUMBER, 'N'],
  [TypeId.BOOLEAN, 'BOOL'],
  [TypeId.BINARY, 'B'],
  [TypeId.STRING_SET, 'SS'],
  [TypeId.NUMBER_SET, 'NS'],
  [TypeId.BINARY_SET, 'BS'],
  [TypeId.MAP, 'M'],
  [TypeId.LIST, 'L'],
]);

/**
 * The attributes of an encrypted item in canonical order. The legend has one letter for each signed attribute, and which ones are signed is not
 * stored: without `isSigned`, actions are told only when there are as many letters as attributes.
 */
export function inspectAttributes(
  item: AttributeMap,
  inspection: ItemInspection,
  isSigned?: (name: string) => boolean,
): AttributeInspection[] {
  const names = inspection.attributes.filter(name => !name.startsWith(RESERVED_PREFIX));
  const signed = names.filter(name => isSigned?.(name) ?? true);
  const letters = signed.length === inspection.legend.length ? [...inspection.legend] : [];
  const actions = new Map(signed.map((name, index) => [name, ACTIONS[letters[index] ?? '']]));
  return names.map(name => inspectAttribute(item, name, actions.has(name) ? actions.get(name) : 'DO_NOTHING'));
}

function inspectAttribute(item: AttributeMap, name: string, action: CryptoAction | undefined): AttributeInspection {
  const value = item[name] ?? { NULL: true };
  const encryptedType = action === 'ENCRYPT_AND_SIGN' ? encryptedTypeOf(value.B) : undefined;
  return {
    name,
    ...(action && { action }),
    type: typeOf(value),
    ...(encryptedType && { encryptedType }),
    bytes: itemSize(Object.fromEntries([[name, value]])),
  };
}

/** A sealed value begins with the two bytes of its type. */
function encryptedTypeOf(sealed: Uint8Array | undefined): DynamoDbType | undefined {
  const [high, low] = sealed ?? [];
  return high === undefined || low === undefined ? undefined : ENCRYPTED_TYPES.get(high * 0x100 + low);
}
