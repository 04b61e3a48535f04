import { convertToAttr } from '@aws-sdk/util-dynamodb';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import type { Codec } from '../../schema/codec.ts';
import type { Table } from '../../schema/table.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Call, Shape } from '../commands/command.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition, Source, Update } from '../expressions/ast.ts';
import { parseCondition, parseUpdate } from '../expressions/parser.ts';
import { leavesOf, operandsOf } from '../expressions/references.ts';
import { Scope } from '../expressions/scope.ts';
import type { TranslateOptions } from '../validate-attributes.ts';

/**
 * The input of an update with the operands of attributes that have a codec encoded, when the caller works with JavaScript values: `SET born = :date`
 * takes what the application calls a date. Throws INPUT_INVALID for a placeholder that stands for values of two kinds, VALIDATION_FAILED when a codec
 * fails.
 */
export function encodedOperands({ document, translate }: Call, { table }: EncryptedTable, input: Shape): Shape {
  const values = input.ExpressionAttributeValues;
  if (!document || !table.hasCodecs || typeof values !== 'object' || values === null) return input;
  const scope = new Scope(input.ExpressionAttributeNames, seenByParser(values, translate));
  const uses = new Map<string, Use | undefined>();
  const note = (placeholder: string, attribute: string | undefined): void => {
    const codec = attribute === undefined ? undefined : table.fields[attribute]?.settings.codec;
    if (uses.has(placeholder) && uses.get(placeholder)?.codec !== codec)
      throw new FieldsealError(
        'INPUT_INVALID',
        `${placeholder} stands for values with and without a codec; give each a placeholder of its own`,
      );
    uses.set(placeholder, attribute === undefined || codec === undefined ? undefined : { attribute, codec });
  };
  if (typeof input.UpdateExpression === 'string') noteUpdate(parseUpdate(input.UpdateExpression, scope), note);
  if (typeof input.ConditionExpression === 'string') noteCondition(parseCondition(input.ConditionExpression, scope), note);
  const encode = ([placeholder, value]: [string, unknown]): [string, unknown] => [
    placeholder,
    encoded(table, uses.get(placeholder), value, placeholder),
  ];
  return { ...input, ExpressionAttributeValues: Object.fromEntries(Object.entries(values).map(encode)) };
}

/** What a placeholder stands for: a value of an attribute that has a codec. */
interface Use {
  readonly attribute: string;
  readonly codec: Codec<unknown, unknown, unknown>;
}

/** The operands in DynamoDB's own form; what only a codec can make storable, as a text. */
function seenByParser(values: object, { marshallOptions }: TranslateOptions): AttributeMap {
  return Object.fromEntries(
    Object.entries(values).map(([placeholder, value]) => {
      try {
        return [placeholder, convertToAttr(value, marshallOptions)];
      } catch {
        return [placeholder, { S: '?' }];
      }
    }),
  );
}

/** Tells that a placeholder stands for a whole value of an attribute, or for something else. */
type Note = (placeholder: string, attribute: string | undefined) => void;

function noteUpdate(update: Update, note: Note): void {
  for (const { target, source } of update.set) noteSource(source, target.steps.length === 0 ? target.name : undefined, note);
  for (const { value } of [...update.add, ...update.delete]) note(value.placeholder, undefined);
}

function noteSource(source: Source, attribute: string | undefined, note: Note): void {
  if (source.kind === 'literal') note(source.placeholder, attribute);
  else if (source.kind === 'if_not_exists') noteSource(source.fallback, attribute, note);
  else if (source.kind !== 'path') for (const side of [source.left, source.right]) noteSource(side, undefined, note);
}

/** Placeholders that are compared with a whole attribute. */
function noteCondition(condition: Condition, note: Note): void {
  for (const leaf of leavesOf(condition)) {
    const compares = leaf.kind === 'compare' || leaf.kind === 'between' || leaf.kind === 'in';
    const operands = operandsOf(leaf);
    const [whole] = operands.filter(operand => operand.kind === 'path' && operand.steps.length === 0);
    const attribute = compares && whole?.kind === 'path' ? whole.name : undefined;
    for (const operand of operands) if (operand.kind === 'literal') note(operand.placeholder, attribute);
  }
}

function encoded({ logicalName }: Table, use: Use | undefined, value: unknown, placeholder: string): unknown {
  if (use === undefined) return value;
  const { attribute, codec } = use;
  try {
    return codec.encode(value);
  } catch (cause) {
    const message = `table ${quoted(logicalName)}: the codec of ${quoted(attribute)} cannot encode the value ${placeholder}`;
    throw new FieldsealError('VALIDATION_FAILED', message, { attributes: [attribute], cause });
  }
}
