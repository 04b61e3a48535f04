import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compareBytes } from '../../bytes/compare.ts';
import { type AttributeMap, typeOf } from '../attribute-value.ts';
import type { Comparator, Condition, Operand } from './ast.ts';
import { getAt } from './paths.ts';
import { hasMember, setOf } from './sets.ts';
import { sizeOf } from './size.ts';
import { areEqual, compareValues } from './values.ts';

const HOLDS: Readonly<Record<Exclude<Comparator, '=' | '<>'>, (order: number) => boolean>> = {
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

/**
 * Whether an item meets a condition, as DynamoDB has it: what is missing, or of another type, equals nothing and has no order, so every
 * comparison with it is false but `<>`.
 */
export function evaluate(condition: Condition, item: AttributeMap): boolean {
  const read = (operand: Operand): AttributeValue | undefined => operandValue(operand, item);
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'and':
      return evaluate(condition.left, item) && evaluate(condition.right, item);
    case 'or':
      return evaluate(condition.left, item) || evaluate(condition.right, item);
    case 'not':
      return !evaluate(condition.condition, item);
    case 'compare':
      return isMet(condition.comparator, read(condition.left), read(condition.right));
    case 'between': {
      const value = read(condition.operand);
      return isMet('>=', value, read(condition.low)) && isMet('<=', value, read(condition.high));
    }
    case 'in': {
      const value = read(condition.operand);
      return condition.candidates.some(candidate => isMet('=', value, read(candidate)));
    }
    case 'attribute_exists':
      return getAt(item, condition.path) !== undefined;
    case 'attribute_not_exists':
      return getAt(item, condition.path) === undefined;
    case 'attribute_type': {
      const value = getAt(item, condition.path);
      return value !== undefined && typeOf(value) === read(condition.type)?.S;
    }
    case 'begins_with':
      return beginsWith(read(condition.operand), read(condition.other));
    case 'contains':
      return contains(read(condition.operand), read(condition.other));
  }
}

function operandValue(operand: Operand, item: AttributeMap): AttributeValue | undefined {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'path') return getAt(item, operand);
  const value = getAt(item, operand.path);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

function isMet(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  const both = left !== undefined && right !== undefined;
  if (comparator === '=') return both && areEqual(left, right);
  if (comparator === '<>') return !both || !areEqual(left, right);
  const order = both ? compareValues(left, right) : undefined;
  return order !== undefined && HOLDS[comparator](order);
}

function beginsWith(value: AttributeValue | undefined, start: AttributeValue | undefined): boolean {
  if (value?.S !== undefined) return start?.S !== undefined && value.S.startsWith(start.S);
  if (value?.B === undefined || start?.B === undefined) return false;
  return compareBytes(value.B.subarray(0, start.B.length), start.B) === 0;
}

/** A part of a string or of bytes, a member of a set, or an element of a list. */
function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value === undefined || part === undefined) return false;
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B).includes(Buffer.from(part.B));
  if (value.L !== undefined) return value.L.some(element => areEqual(element, part));
  const set = setOf(value);
  return set !== undefined && hasMember(set, part);
}
