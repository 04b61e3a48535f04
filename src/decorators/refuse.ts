import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';

/** The class for a message. */
export function classInWords(type: unknown): string {
  return typeof type === 'function' && type.name !== '' ? `class ${quoted(type.name)}` : 'the class';
}

/** Throws SCHEMA_INVALID. */
export function refuse(subject: string, message: string): never {
  throw new FieldsealError('SCHEMA_INVALID', `${subject}: ${message}`);
}
