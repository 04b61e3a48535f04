/** Arbitrary tables, each with an item that fits it. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { type Action, type Config, type Item, isSigned } from '../reference/formulas.ts';
import { deserialize, serialize } from '../reference/serialize.ts';
import { attributeName, attributeValue, text } from './values.ts';

export interface Sample {
  readonly config: Config;
  readonly item: Item;
}

type Role = Action | 'under the prefix' | 'on the list only';

interface Attribute {
  readonly name: string;
  readonly role: Role;
  readonly present: boolean;
  readonly value: AttributeValue;
}

const attribute: fc.Arbitrary<Attribute> = fc.record({
  name: attributeName,
  role: fc.constantFrom<Role>(
    'ENCRYPT_AND_SIGN',
    'ENCRYPT_AND_SIGN',
    'ENCRYPT_AND_SIGN',
    'SIGN_ONLY',
    'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
    'DO_NOTHING',
    'under the prefix',
    'on the list only',
  ),
  present: fc.boolean().map(absent => !absent), // shrinks to present
  value: attributeValue,
});

interface Plan {
  readonly logicalTableName: string;
  readonly version: 1 | 2;
  readonly keys: readonly (readonly [name: string, value: AttributeValue])[];
  readonly prefix: string | undefined;
  readonly attributes: readonly Attribute[];
}

/** Every part of a configuration: versions 1 and 2, with and without sort key, unsigned lists and prefixes, absent and undeclared attributes. */
export const sample: fc.Arbitrary<Sample> = fc
  .record<Plan>({
    logicalTableName: text,
    version: fc.constantFrom(1, 2),
    keys: fc.uniqueArray(fc.tuple(attributeName, attributeValue), { minLength: 1, maxLength: 2, selector: ([name]) => name }),
    prefix: fc.option(fc.constantFrom(':', 'a', '__', '\ufe4c', '\u{10000}', '__proto__'), { nil: undefined }),
    attributes: fc.uniqueArray(attribute, { maxLength: 8, selector: ({ name }) => name }),
  })
  .map(fitting);

function fitting({ logicalTableName, version, keys, prefix, attributes }: Plan): Sample {
  const [[partitionKeyName, partition] = ['id', { S: '' }], sort] = keys;
  const usable = keys.some(([name]) => prefix !== undefined && name.startsWith(prefix)) ? undefined : prefix;
  const inContext = version === 2 ? 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' : 'SIGN_ONLY';
  const actions = new Map<string, Action>(keys.map(([name]) => [name, inContext]));
  const item = new Map<string, AttributeValue>([[partitionKeyName, partition], ...(sort === undefined ? [] : [sort])]);
  const unsigned: string[] = [];

  for (const { name: given, role, present, value } of attributes) {
    const name = role === 'under the prefix' ? `${usable ?? ''}${given}` : given;
    if (actions.has(name) || item.has(name) || unsigned.includes(name)) continue;
    const action = actionOf(role, usable !== undefined && name.startsWith(usable), version);
    if (action === 'DO_NOTHING' && (usable === undefined || !name.startsWith(usable))) unsigned.push(name);
    if (role !== 'on the list only') actions.set(name, action);
    if (present || action === 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT') item.set(name, value);
  }
  const config = {
    logicalTableName,
    partitionKeyName,
    sortKeyName: sort?.[0],
    attributeActionsOnEncrypt: Object.fromEntries(actions),
    allowedUnsignedAttributes: unsigned.length > 0 ? unsigned : undefined,
    allowedUnsignedAttributePrefix: usable,
  };
  return { config, item: Object.fromEntries(item) };
}

function actionOf(role: Role, underPrefix: boolean, version: 1 | 2): Action {
  if (underPrefix || role === 'under the prefix' || role === 'on the list only') return 'DO_NOTHING';
  if (role === 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' && version === 1) return 'SIGN_ONLY';
  return role;
}

export function isEncrypted({ attributeActionsOnEncrypt }: Config, name: string): boolean {
  return Object.hasOwn(attributeActionsOnEncrypt, name) && attributeActionsOnEncrypt[name] === 'ENCRYPT_AND_SIGN';
}

/** What an item is after a round trip: numbers and sets that were encrypted have their one form, all else is as it was. */
export function afterRoundTrip({ config, item }: Sample): Item {
  const entries = Object.entries(item);
  return Object.fromEntries(entries.map(([name, value]) => [name, isEncrypted(config, name) ? deserialize(serialize(value)) : value]));
}

/** Says so when a generated table is not what it is meant to be. */
export function isUsable({ config, item }: Sample): boolean {
  return Object.keys(item).every(name => !isSigned(config, name) || Object.hasOwn(config.attributeActionsOnEncrypt, name));
}
