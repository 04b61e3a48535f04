import type { AttributeValue, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { setOwn } from '../../bytes/own-property.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { MOST_LEVELS } from '../serialize.ts';
import type { Path, Source, Update } from './ast.ts';
import { addNumbers, subtractNumbers, type Unstorable } from './decimal.ts';
import { validationException } from './errors.ts';
import { type Branch, pathTree } from './path-tree.ts';
import { getAt } from './paths.ts';
import { difference, setOf, toValue, union } from './sets.ts';
import { inNormalForm, levelsOf } from './values.ts';

/** What becomes of the value at a path; undefined removes it. */
type Edit = (old: AttributeValue | undefined) => AttributeValue | undefined;

const UNSTORABLE: Readonly<Record<Unstorable, string>> = {
  precision: 'DynamoDB only supports precision up to 38 digits',
  overflow: 'Number overflow. Attempting to store a number with magnitude larger than supported range',
  underflow: 'Number underflow. Attempting to store a number with magnitude smaller than supported range',
};

/**
 * The item as an update leaves it; the one given is not changed, and what the update does not touch is shared with it. All right sides and
 * list indexes refer to the item before the update. Numbers that the update writes are in normal form. Throws DynamoDB's ValidationException.
 */
export function applyUpdate(update: Update, item: AttributeMap): AttributeMap {
  const edits: (readonly [Path, Edit])[] = [
    ...update.set.map(({ target, source }) => [target, always(inNormalForm(sourceValue(source, item)))] as const),
    ...update.remove.map(target => [target, always(undefined)] as const),
    ...update.add.map(({ target, value }) => [target, (old: AttributeValue | undefined) => added(old, value.value)] as const),
    ...update.delete.map(({ target, value }) => [target, (old: AttributeValue | undefined) => deleted(old, value.value)] as const),
  ];
  const tree = pathTree(
    'UpdateExpression',
    edits.map(([target, edit]) => [target, withinLevels(target, edit)] as const),
  );
  return editMap(item, tree);
}

/** What is written must not nest deeper than DynamoDB stores. */
function withinLevels({ steps }: Path, edit: Edit): Edit {
  return old => {
    const value = edit(old);
    if (value !== undefined && steps.length + levelsOf(value) > MOST_LEVELS)
      throw validationException('Nesting Levels have exceeded supported limits');
    return value;
  };
}

function always(value: AttributeValue | undefined): Edit {
  return () => value;
}

/** The right side of a SET action. All of it is evaluated, also the fallback that is not needed. */
function sourceValue(source: Source, item: AttributeMap): AttributeValue {
  switch (source.kind) {
    case 'literal':
      return source.value;
    case 'path': {
      const value = getAt(item, source);
      if (value === undefined) throw validationException('The provided expression refers to an attribute that does not exist in the item');
      return value;
    }
    case 'if_not_exists': {
      const fallback = sourceValue(source.fallback, item);
      return getAt(item, source.path) ?? fallback;
    }
    case 'list_append': {
      const [left, right] = [sourceValue(source.left, item), sourceValue(source.right, item)];
      if (left.L === undefined || right.L === undefined) throw wrongOperand();
      return { L: [...left.L, ...right.L] };
    }
    case 'plus':
      return computed(addNumbers, sourceValue(source.left, item), sourceValue(source.right, item));
    case 'minus':
      return computed(subtractNumbers, sourceValue(source.left, item), sourceValue(source.right, item));
  }
}

function added(old: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (old === undefined) return inNormalForm(value);
  if (old.N !== undefined) return computed(addNumbers, old, value);
  const [members, more] = [setOf(old), setOf(value)];
  const joined = members && more && union(members, more);
  const result = joined && toValue(joined);
  if (result === undefined) throw wrongOperand();
  return result;
}

function deleted(old: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (old === undefined) return undefined;
  const [members, less] = [setOf(old), setOf(value)];
  const rest = members && less && difference(members, less);
  if (rest === undefined) throw wrongOperand();
  return toValue(rest);
}

function computed(compute: typeof addNumbers, left: AttributeValue, right: AttributeValue): AttributeValue {
  if (left.N === undefined || right.N === undefined) throw wrongOperand();
  const result = compute(left.N, right.N);
  if (typeof result === 'string') return { N: result };
  throw validationException(UNSTORABLE[result.unstorable]);
}

function edited(branch: Branch<Edit>, old: AttributeValue | undefined): AttributeValue | undefined {
  if (branch.leaf !== undefined) return branch.leaf(old);
  if (branch.keys.size > 0 && old?.M !== undefined) return { M: editMap(old.M, branch.keys) };
  if (branch.indexes.size > 0 && old?.L !== undefined) return { L: editList(old.L, branch.indexes) };
  throw validationException('The document path provided in the update expression is invalid for update');
}

function editMap(map: AttributeMap, branches: ReadonlyMap<string, Branch<Edit>>): AttributeMap {
  const result: AttributeMap = {};
  const keep = (name: string, value: AttributeValue | undefined): void => {
    if (value !== undefined) setOwn(result, name, value);
  };
  for (const [name, value] of Object.entries(map)) {
    const branch = branches.get(name);
    keep(name, branch === undefined ? value : edited(branch, value));
  }
  for (const [name, branch] of branches) if (!Object.hasOwn(map, name)) keep(name, edited(branch, undefined));
  return result;
}

/** Removed elements leave no gap, and elements beyond the end follow each other in the order of their indexes. */
function editList(list: readonly AttributeValue[], branches: ReadonlyMap<number, Branch<Edit>>): AttributeValue[] {
  const result = list.map((value, index) => {
    const branch = branches.get(index);
    return branch === undefined ? value : edited(branch, value);
  });
  const beyond = [...branches].filter(([index]) => index >= list.length).sort(([a], [b]) => a - b);
  for (const [, branch] of beyond) result.push(edited(branch, undefined));
  return result.filter(value => value !== undefined);
}

function wrongOperand(): DynamoDBServiceException {
  return validationException('An operand in the update expression has an incorrect data type');
}
