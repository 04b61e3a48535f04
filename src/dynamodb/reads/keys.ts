import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { setOwn } from '../../bytes/own-property.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { EncryptedTable } from '../encrypted-table.ts';

/** The names of a table's key attributes. */
export function keyNamesOf({ table }: EncryptedTable): string[] {
  const { partitionKeyName, sortKeyName } = table.structure;
  return sortKeyName === undefined ? [partitionKeyName] : [partitionKeyName, sortKeyName];
}

/** Those of the named attributes that an item has. */
export function pick(item: AttributeMap, names: Iterable<string>): AttributeMap {
  const picked: AttributeMap = {};
  for (const name of names) {
    const value = ownValue(item, name);
    if (value !== undefined) setOwn(picked, name, value);
  }
  return picked;
}

/** A text that two items share exactly when all of the named attributes are there in both, or missing in both, and equal. */
export function identityOf(item: AttributeMap, names: readonly string[]): string {
  return JSON.stringify(names.map(name => textOf(ownValue(item, name))));
}

/** Key attributes are texts, numbers, which DynamoDB gives back in one normal form, or bytes. */
function textOf(value: AttributeValue | undefined): readonly unknown[] {
  if (value === undefined) return [];
  return value.B instanceof Uint8Array ? ['B', Buffer.from(value.B).toString('base64')] : Object.entries(value);
}

function ownValue(item: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}
