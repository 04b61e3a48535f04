import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { decodeBase64 } from '../../bytes/base64.ts';
import { setOwn } from '../../bytes/own-property.ts';
import {
  type AttributeMap,
  DYNAMODB_TYPES,
  type DynamoDbType,
  isBoolean,
  isString,
  isStrings,
  requireContent,
} from '../../dynamodb/attribute-value.ts';
import { MOST_LEVELS } from '../../dynamodb/serialize.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from './json-text.ts';

/** Reads the content of one type as DynamoDB JSON has it. */
type Read = (content: unknown, level: number) => AttributeValue;

const READ: Readonly<Record<DynamoDbType, Read>> = {
  S: content => ({ S: requireContent(content, 'S', isString) }),
  N: content => ({ N: requireContent(content, 'N', isString) }),
  B: content => ({ B: bytesOf(requireContent(content, 'B', isString)) }),
  BOOL: content => ({ BOOL: requireContent(content, 'BOOL', isBoolean) }),
  NULL: content => ({ NULL: requireContent(content, 'NULL', isBoolean) as true }), // the SDK's type; DynamoDB and DB-ESDK know false too
  SS: content => ({ SS: requireContent(content, 'SS', isStrings) }),
  NS: content => ({ NS: requireContent(content, 'NS', isStrings) }),
  BS: content => ({ BS: requireContent(content, 'BS', isStrings).map(bytesOf) }),
  L: (content, level) => ({ L: requireContent(content, 'L', Array.isArray).map(element => readValue(element, level + 1)) }),
  M: (content, level) => ({ M: mapMembers(requireContent(content, 'M', isJsonObject), value => readValue(value, level + 1)) }),
};

/** An item of DynamoDB JSON. Throws INPUT_INVALID, naming the attribute, for what is not exactly that. */
export function fromDynamoDbJson(item: JsonObject): AttributeMap {
  return mapMembers(item, (value, name) => {
    try {
      return readValue(value, 1);
    } catch (error) {
      if (!isFieldsealError(error)) throw error;
      throw new FieldsealError('INPUT_INVALID', `attribute ${JSON.stringify(name)}: ${error.message}`);
    }
  });
}

/** The reverse of {@link fromDynamoDbJson}, for JSON.stringify. */
export function toDynamoDbJson(item: AttributeMap): JsonObject {
  return mapMembers(item, writeValue);
}

function readValue(value: unknown, level: number): AttributeValue {
  if (level > MOST_LEVELS) throw new FieldsealError('INPUT_INVALID', `the value is nested deeper than ${MOST_LEVELS} levels`);
  const [[type, content] = [], ...others] = isJsonObject(value) ? Object.entries(value) : [];
  const known = DYNAMODB_TYPES.find(name => name === type);
  if (known === undefined || others.length > 0) {
    throw new FieldsealError(
      'INPUT_INVALID',
      `the value is no DynamoDB JSON, an object with one of the types ${DYNAMODB_TYPES.join(', ')}`,
    );
  }
  return READ[known](content, level);
}

function writeValue(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(writeValue) };
  if (value.M !== undefined) return { M: mapMembers(value.M, writeValue) };
  return value;
}

function mapMembers<A, B>(members: Readonly<Record<string, A>>, change: (value: A, name: string) => B): Record<string, B> {
  const changed: Record<string, B> = {};
  for (const [name, value] of Object.entries(members)) setOwn(changed, name, change(value, name));
  return changed;
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new FieldsealError('INPUT_INVALID', 'bytes must be base64 with padding');
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
