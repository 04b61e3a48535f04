import { isRecord } from '../../bytes/objects.ts';
import { quoted } from '../../bytes/quoted.ts';
import type { Call, Shape } from '../commands/command.ts';
import { refuse, refuseFormatPath, refuseUndeclaredPath, requireText } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Path } from '../expressions/ast.ts';
import { validationException } from '../expressions/errors.ts';
import { parseProjection } from '../expressions/parser.ts';
import type { Scope } from '../expressions/scope.ts';

/** What a caller wants of each item. Items are read and verified whole, whatever it is. */
export interface Projection {
  /** Undefined: the whole item. */
  readonly paths: readonly Path[] | undefined;
  /** The attributes that are decrypted, if encrypted. Undefined: all. */
  readonly wanted: ReadonlySet<string> | undefined;
}

export const WHOLE_ITEM: Projection = { paths: undefined, wanted: undefined };

/** The projection of a request, or of the part of it that is about one table. Throws OPERATION_REFUSED, or DynamoDB's ValidationException. */
export function readProjection(call: Call, table: EncryptedTable, part: Shape, scope: Scope): Projection {
  if (part.ProjectionExpression === undefined) return WHOLE_ITEM;
  const paths = parseProjection(requireText(table, 'ProjectionExpression', part.ProjectionExpression), scope);
  for (const path of paths) {
    refuseFormatPath(table, 'ProjectionExpression', path);
    refuseUndeclaredPath(table, 'ProjectionExpression', path);
    refuseKeyPart(table, path);
    if (call.document) refuseCodecPart(table, path);
  }
  return projectionTo(paths);
}

/** The projection to whole attributes of these names. */
export function projectionToNames(names: Iterable<string>): Projection {
  return projectionTo(Array.from(names, name => ({ kind: 'path', name, steps: [] })));
}

/** The same part of a request for whole items: without its projection, and without the placeholders that only the projection used. */
export function withoutProjection(part: Shape): Shape {
  const { ProjectionExpression: dropped, ...rest } = part;
  return dropped === undefined ? part : withUsedNames(rest);
}

const OTHER_EXPRESSIONS = ['KeyConditionExpression', 'FilterExpression'];

function withUsedNames(part: Shape): Shape {
  const { ExpressionAttributeNames: names, ...rest } = part;
  if (!isRecord(names)) return part;
  const texts = OTHER_EXPRESSIONS.map(expression => String(rest[expression] ?? '')).join(' ');
  const used = new Set(texts.match(/#[A-Za-z0-9_]+/g));
  const kept = Object.entries(names).filter(([placeholder]) => used.has(placeholder));
  return kept.length === 0 ? rest : { ...rest, ExpressionAttributeNames: Object.fromEntries(kept) };
}

function projectionTo(paths: readonly Path[]): Projection {
  return { paths, wanted: new Set(paths.map(({ name }) => name)) };
}

/** As DynamoDB does. */
function refuseKeyPart({ table: { structure } }: EncryptedTable, { name, steps }: Path): void {
  if (steps.length > 0 && (name === structure.partitionKeyName || name === structure.sortKeyName))
    throw validationException(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${quoted(name)}`,
    );
}

/** Half of what a codec made is nothing that it could decode. */
function refuseCodecPart(table: EncryptedTable, { name, steps }: Path): void {
  if (steps.length > 0 && table.table.fields[name]?.settings.codec !== undefined)
    refuse(table, 'ProjectionExpression', `names a part of ${quoted(name)}, which a codec decodes as a whole; name all of it`);
}
