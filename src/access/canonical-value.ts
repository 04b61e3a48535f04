import { types } from 'node:util';
import { utf8 } from '../bytes/utf8.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { FieldsealError } from '../errors.ts';

/** Equal values have equal bytes, values of different types different ones: `1` is not `'1'`, and `1n` is `1`, as in DynamoDB. */
export function canonicalBytes(value: unknown): Uint8Array {
  if (typeof value === 'string') return tagged('s', utf8(value));
  if (typeof value === 'number' && Number.isFinite(value)) return tagged('n', utf8(decimal(value)));
  if (typeof value === 'bigint') return tagged('n', utf8(String(value)));
  if (typeof value === 'boolean') return tagged('b', Uint8Array.of(value ? 1 : 0));
  if (types.isUint8Array(value)) return tagged('x', value);
  if (types.isDate(value) && !Number.isNaN(value.getTime())) return tagged('d', utf8(value.toISOString()));
  throw new FieldsealError(
    'ATTRIBUTE_INVALID',
    'a pseudonym is made of a text, a finite number, a bigint, a boolean, bytes or a valid Date; mask or leave out values of other kinds',
  );
}

function decimal(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

function tagged(tag: 's' | 'n' | 'b' | 'x' | 'd', bytes: Uint8Array): Uint8Array {
  return new ByteWriter(bytes.length + 1).text(tag).bytes(bytes).finish();
}
