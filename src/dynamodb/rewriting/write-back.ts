import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { FieldsealError } from '../../errors.ts';
import { FOOTER_ATTRIBUTE } from '../../format/header.ts';
import { RESERVED_PREFIX } from '../../schema/structure.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Shape } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Literal, Path, Source, Update } from '../expressions/ast.ts';
import { Printer } from '../expressions/print.ts';
import { areSame } from './same.ts';
import { allOf } from './split-condition.ts';

/** DynamoDB's limit of an expression, in bytes. */
const MOST_EXPRESSION_BYTES = 4096;

/** The expressions of an update, as the SDK takes them. */
export interface Expressions extends Shape {
  readonly UpdateExpression: string | undefined;
  readonly ConditionExpression: string | undefined;
  readonly ExpressionAttributeNames: Record<string, string> | undefined;
  readonly ExpressionAttributeValues: AttributeMap | undefined;
}

/** Prints an update under conditions that must all hold. Throws UPDATE_TOO_WIDE for more than DynamoDB reads. */
export function printed(table: EncryptedTable, update: Update, conditions: readonly Condition[]): Expressions {
  const printer = new Printer();
  const condition = allOf(conditions);
  const UpdateExpression = printer.update(update);
  if (Buffer.byteLength(UpdateExpression) > MOST_EXPRESSION_BYTES) throw tooWide(table);
  return {
    UpdateExpression: UpdateExpression === '' ? undefined : UpdateExpression,
    ConditionExpression: condition === undefined ? undefined : printer.condition(condition),
    ExpressionAttributeNames: printer.names,
    ExpressionAttributeValues: printer.values,
  };
}

/** What is written back: every encrypted attribute, the header and the footer, what changed of the signed ones, and the caller's own actions on unsigned ones. */
export function writeBack(stored: AttributeMap, sealed: AttributeMap, isSigned: (name: string) => boolean, remote: Update): Update {
  const written = Object.entries(sealed).filter(([name, value]) => isWritten(name, isSigned) && !areSame(value, stored[name]));
  const gone = Object.keys(stored).filter(name => isSigned(name) && !Object.hasOwn(sealed, name));
  return {
    ...remote,
    set: [...written.map(([name, value]) => ({ target: top(name), source: literal(value) })), ...remote.set],
    remove: [...gone.map(top), ...remote.remove],
  };
}

/** Whether a rewriting stores an attribute: what is signed, and what belongs to the format. */
export function isWritten(name: string, isSigned: (name: string) => boolean): boolean {
  return isSigned(name) || name.startsWith(RESERVED_PREFIX);
}

/** The values of the caller's that an update puts into unsigned attributes, as lists by attribute. */
export function writtenUnsigned(remote: Update): AttributeMap {
  const written = new Map<string, AttributeValue[]>();
  const note = ({ name }: Path, values: readonly AttributeValue[]): unknown => written.set(name, [...(written.get(name) ?? []), ...values]);
  for (const { target, source } of remote.set) note(target, literalsOf(source));
  for (const { target, value } of remote.add) note(target, [value.value]);
  return Object.fromEntries(Array.from(written, ([name, L]) => [name, { L }]));
}

function literalsOf(source: Source): AttributeValue[] {
  if (source.kind === 'literal') return [source.value];
  if (source.kind === 'path') return [];
  return source.kind === 'if_not_exists' ? literalsOf(source.fallback) : [...literalsOf(source.left), ...literalsOf(source.right)];
}

/** A top-level attribute as a path. */
export function top(name: string): Path {
  return { kind: 'path', name, steps: [] };
}

/** A value as an operand. */
export function literal(value: AttributeValue): Literal {
  return { kind: 'literal', placeholder: ':', value };
}

/** `attribute_exists(path)` or its opposite. */
export function existence(path: Path, exists: boolean): Condition {
  return { kind: exists ? 'attribute_exists' : 'attribute_not_exists', path };
}

/** `left = value`. */
export function equals(left: Path, value: AttributeValue): Condition {
  return { kind: 'compare', comparator: '=', left, right: literal(value) };
}

/** The condition that nobody has rewritten the item since its footer was read. */
export function sameFooter(footer: Uint8Array): Condition {
  return equals(top(FOOTER_ATTRIBUTE), { B: footer });
}

function tooWide({ table }: EncryptedTable): FieldsealError {
  return new FieldsealError(
    'UPDATE_TOO_WIDE',
    `table "${table.logicalName}": the rewritten update is longer than the ${MOST_EXPRESSION_BYTES} bytes that DynamoDB reads; keep fewer encrypted attributes, for instance as members of one map`,
  );
}
