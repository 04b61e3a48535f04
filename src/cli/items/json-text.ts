import { decodeUtf8 } from '../../bytes/utf8.ts';
import { FieldsealError, type FieldsealErrorCode } from '../../errors.ts';

/** An object as JSON holds it: every member is an own property, `__proto__` too. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses bytes that must be one JSON object in UTF-8. Throws `code`, with a message that says which of these they are not and quotes nothing:
 * the messages of JSON.parse do.
 */
export function parseJsonObject(bytes: Uint8Array, what: string, code: FieldsealErrorCode): JsonObject {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new FieldsealError(code, `${what} is not UTF-8`);
  const value = parse(text);
  if (value === undefined) throw new FieldsealError(code, `${what} is not JSON`);
  if (!isJsonObject(value)) throw new FieldsealError(code, `${what} is JSON, but not an object`);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
