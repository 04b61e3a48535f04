import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type AnyAttribute, AttributeNode, type AttributeSettings, type Shape } from './attribute.ts';
import type { CryptoAction } from './crypto-action.ts';
import { defineStructure, type Structure } from './structure.ts';
import type { Table } from './table.ts';

/** The structure of a table that holds items of all these entities, which agree where they overlap. */
export function mergeStructures(entities: readonly Table[]): Structure {
  const [first] = entities;
  if (first === undefined) throw new RangeError('there is no entity');
  const { logicalTableName, partitionKeyName, sortKeyName, unsignedPrefix } = first.structure;
  const actions: Record<string, CryptoAction> = Object.create(null);
  for (const { structure } of entities) for (const [name, action] of structure.actions) actions[name] = action;
  return defineStructure(
    {
      logicalTableName,
      partitionKeyName,
      sortKeyName,
      attributeActionsOnEncrypt: actions,
      allowedUnsignedAttributes: [...new Set(entities.flatMap(({ structure }) => [...structure.unsignedNames]))],
      allowedUnsignedAttributePrefix: unsignedPrefix,
    },
    'schema',
  );
}

/**
 * The attributes of all entities. What differs between entities is said as far as it holds for every item: an attribute that some entity
 * lacks may be absent, its validator accepts what that of one entity accepts. Those in `validated` have a validator in any case, so that
 * callers who make JavaScript values for validators alone make them of what tells the entity.
 */
export function mergeFields(entities: readonly Table[], validated: readonly string[]): Shape {
  const fields: Record<string, AnyAttribute> = Object.create(null);
  for (const name of new Set(entities.flatMap(entity => Object.keys(entity.fields)))) {
    const declared = entities.flatMap(entity => entity.fields[name] ?? []);
    const [first] = declared;
    if (first === undefined) continue;
    const settings = declared.map(attribute => attribute.settings);
    fields[name] = new AttributeNode(first.kind, {
      ...first.settings,
      validator: mergeValidators(settings, validated.includes(name)),
      mask: settings.every(({ mask }) => mask === first.settings.mask) ? first.settings.mask : undefined,
      optional: declared.length < entities.length || settings.some(({ optional }) => optional),
    });
  }
  return Object.freeze(fields);
}

function mergeValidators(settings: readonly AttributeSettings[], always: boolean): StandardSchemaV1 | undefined {
  const validators = settings.flatMap(({ validator }) => validator ?? []);
  if (validators.length === 0 && !always) return undefined;
  if (new Set(validators).size === 1 && validators.length === settings.length) return validators[0];
  return acceptedByOne(validators.length === settings.length ? validators : []);
}

/** Gives out what the first validator that accepts the value makes of it; without validators, every value as it is. */
function acceptedByOne(validators: readonly StandardSchemaV1[]): StandardSchemaV1 {
  async function validate(value: unknown): Promise<StandardSchemaV1.Result<unknown>> {
    let refusal: StandardSchemaV1.Result<unknown> = { value };
    for (const validator of validators) {
      const result = await validator['~standard'].validate(value);
      if (!result.issues) return result;
      refusal = result;
    }
    return refusal;
  }
  return Object.freeze({ '~standard': Object.freeze({ version: 1, vendor: 'fieldseal', validate }) });
}
