import { setOwn } from '../../bytes/own-property.ts';
import { FieldsealError } from '../../errors.ts';
import { decodeAfterRead, validateForWrite } from '../../schema/validate.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { copyItem } from '../copy.ts';
import { refuseProtoInItem } from '../native.ts';
import { validateAttributes } from '../validate-attributes.ts';
import type { Call, Shape } from './command.ts';

/** Validates `input[member]` in the caller's form. Throws INPUT_INVALID when there is no item. */
export async function validateItem(call: Call, input: Shape, member: string): Promise<Shape> {
  const item = input[member];
  if (!isItem(item)) throw new FieldsealError('INPUT_INVALID', `${member} must be an object of attributes`);
  if (!call.document) return { ...input, [member]: await validateAttributes(call.cipher.table, item as AttributeMap, call.translate) }; // DynamoDB's form, checked where it is serialised
  const plain = item instanceof Map ? fromMap(item) : item;
  refuseProtoInItem(plain);
  return { ...input, [member]: await validateForWrite(call.cipher.table, plain) };
}

/** Encrypts `input[member]`, which is in DynamoDB's own form. */
export async function encryptItem(call: Call, input: Shape, member: string): Promise<Shape> {
  return { ...input, [member]: await call.cipher.encrypt(copyItem(input[member] as AttributeMap)) }; // validated by prepare, translated by the SDK
}

/** Decrypts `output[member]`, if there is one. */
export async function decryptItem(call: Call, output: Shape, member: string): Promise<Shape> {
  const item = output[member];
  if (!isItem(item)) return output;
  const opened = await call.cipher.decrypt(item as AttributeMap); // the SDK's deserializer made it
  if (call.document) refuseProtoInItem(opened);
  return { ...output, [member]: opened };
}

/** Decodes `output[member]`, if there is one, when the caller works with JavaScript values. */
export function decodeItem(call: Call, output: Shape, member: string): Shape {
  const item = output[member];
  if (!call.document || !call.cipher.table.hasCodecs || !isItem(item)) return output;
  return { ...output, [member]: decodeAfterRead(call.cipher.table, item) };
}

function isItem(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromMap(map: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const [name, value] of map) setOwn(item, String(name), value);
  return item;
}
