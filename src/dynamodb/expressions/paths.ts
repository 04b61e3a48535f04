import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { quoted } from '../../bytes/quoted.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Path } from './ast.ts';

/** All steps of a path, the attribute being the first. */
export function stepsOf({ name, steps }: Path): readonly (string | number)[] {
  return [name, ...steps];
}

/** The value at a path; undefined where a part of it is missing, or is no map or list. */
export function getAt(item: AttributeMap, path: Path): AttributeValue | undefined {
  let value = member(item, path.name);
  for (const step of path.steps) value = value && childOf(value, step);
  return value;
}

/** The map entry or list element of a value. */
export function childOf({ M, L }: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return L?.[step];
  return M && member(M, step);
}

/** True when the path is the prefix, or leads into what the prefix names. */
export function hasPrefix(path: Path, prefix: Path): boolean {
  return path.name === prefix.name && prefix.steps.every((step, i) => path.steps[i] === step);
}

export function isSamePath(a: Path, b: Path): boolean {
  return a.steps.length === b.steps.length && hasPrefix(a, b);
}

/** A path in the form of DynamoDB's messages: `[a, b, [0]]`. */
export function pathText(path: Path): string {
  const steps = stepsOf(path).map(step => (typeof step === 'number' ? `[${step}]` : quoted(step).slice(1, -1)));
  return `[${steps.join(', ')}]`;
}

function member(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
