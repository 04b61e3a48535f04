import { isRecord } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../commands/command.ts';

/** What is sent of a table's part of a batch, and the attributes that it asks for in addition. */
export interface KeyedPart {
  readonly sent: Shape;
  readonly added: readonly string[];
}

/**
 * A part of a batch whose projection, if it has one, holds the key. Items come back in any order, and without their keys nobody could tell which is
 * which. Throws INPUT_INVALID for the legacy parameter.
 */
export function withKeys(part: Shape, keyNames: readonly string[]): KeyedPart {
  const { ProjectionExpression: projection, ExpressionAttributeNames: names, AttributesToGet: legacy } = part;
  if (legacy !== undefined) throw new FieldsealError('INPUT_INVALID', 'AttributesToGet is a legacy parameter; use ProjectionExpression');
  if (typeof projection !== 'string') return { sent: part, added: [] };
  const projected = namesIn(projection, names);
  const added = keyNames.filter(name => !projected.has(name));
  if (added.length === 0) return { sent: part, added };
  const placeholders = added.map((_, i) => `#fieldsealKey${i}`);
  return {
    sent: {
      ...part,
      ProjectionExpression: [projection, ...placeholders].join(', '),
      ExpressionAttributeNames: { ...(isRecord(names) && names), ...Object.fromEntries(placeholders.map((text, i) => [text, added[i]])) },
    },
    added,
  };
}

/** The attributes that a projection begins its paths with. What is no projection is refused by the service. */
function namesIn(projection: string, names: unknown): ReadonlySet<unknown> {
  return new Set(
    projection.split(',').map(path => {
      const [first = ''] = path.trim().split(/[.[]/);
      return first.startsWith('#') && isRecord(names) ? names[first] : first;
    }),
  );
}
