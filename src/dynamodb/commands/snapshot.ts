import { isPlain } from '../../bytes/objects.ts';
import { setOwn } from '../../bytes/own-property.ts';
import { FieldsealError } from '../../errors.ts';
import { MOST_VALUES } from '../copy.ts';
import type { Shape } from './command.ts';

/** The parts of a request with items: lists of actions of items of 32 levels, two objects a level in DynamoDB's own form. */
const MOST_LEVELS = 80;
/** A hundred items at most, of no more values than one item can hold all together: they share 16 MB. */
const MOST = 10 * MOST_VALUES;

/**
 * The input as it is now, to its leaves: what the SDK serialises later must be what was looked at, whatever the caller's objects become
 * meanwhile. What is neither an array, a plain object nor bytes is passed on as it is, to be refused where it is read. Throws ATTRIBUTE_INVALID
 * for more values than a request can hold.
 */
export function snapshot(input: Shape): Shape {
  let values = 0;
  const copy = (value: unknown, level: number): unknown => {
    if (++values > MOST) throw new FieldsealError('ATTRIBUTE_INVALID', `the request has over ${MOST} values, or contains itself`);
    if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return value;
    if (value instanceof Uint8Array) return Uint8Array.from(value);
    if (Array.isArray(value)) return Array.from(value, element => copy(element, level + 1));
    if (!isPlain(value)) return value;
    const members: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) setOwn(members, name, copy(member, level + 1));
    return members;
  };
  return copy({ ...input }, 1) as Shape; // a plain object becomes one
}
