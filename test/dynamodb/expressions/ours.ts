import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { AttributeMap } from '../../../src/dynamodb/attribute-value.ts';
import type { Condition, Path, Update } from '../../../src/dynamodb/expressions/ast.ts';
import { evaluate } from '../../../src/dynamodb/expressions/evaluate-condition.ts';
import { applyUpdate } from '../../../src/dynamodb/expressions/evaluate-update.ts';
import { parseCondition, parseProjection, parseUpdate } from '../../../src/dynamodb/expressions/parser.ts';
import { project } from '../../../src/dynamodb/expressions/projection.ts';
import { Scope } from '../../../src/dynamodb/expressions/scope.ts';

/** Short ways to write values and to run expressions on items. */
export const S = (text: string): AttributeValue => ({ S: text });
export const N = (number: string | number): AttributeValue => ({ N: String(number) });
export const B = (...bytes: number[]): AttributeValue => ({ B: Uint8Array.from(bytes) });
export const L = (...elements: AttributeValue[]): AttributeValue => ({ L: elements });
export const M = (entries: AttributeMap): AttributeValue => ({ M: entries });
export const SS = (...members: string[]): AttributeValue => ({ SS: members });
export const NS = (...members: (string | number)[]): AttributeValue => ({ NS: members.map(String) });
export const BS = (...members: number[]): AttributeValue => ({ BS: members.map(byte => Uint8Array.of(byte)) });
export const TRUE: AttributeValue = { BOOL: true };
export const NULL: AttributeValue = { NULL: true };

export type Values = Record<string, AttributeValue>;
export type Names = Record<string, string>;

export const condition = (text: string, values?: Values, names?: Names): Condition => parseCondition(text, new Scope(names, values));
export const update = (text: string, values?: Values, names?: Names): Update => parseUpdate(text, new Scope(names, values));
export const projection = (text: string, names?: Names): Path[] => parseProjection(text, new Scope(names, undefined));

export const holds = (text: string, item: AttributeMap, values?: Values): boolean => evaluate(condition(text, values), item);
export const updated = (item: AttributeMap, text: string, values?: Values): AttributeMap => applyUpdate(update(text, values), item);
export const projected = (item: AttributeMap, text: string): AttributeMap => project(item, projection(text));

/** The message of DynamoDB's ValidationException that the function throws. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationException') return error.message;
    throw error;
  }
  return 'not refused';
}
