import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Condition, Operand, Path, Source, Update } from './ast.ts';
import { stepsOf } from './paths.ts';

const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';

/** How tightly a condition holds together, to know where parentheses are needed. */
const STRENGTH = { or: 1, and: 2, not: 3 } as const;
const STRONGEST = 4;

/** Writes the expressions of one request with short placeholders of its own, which all of them share. */
export class Printer {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<AttributeValue, string>();

  /** ExpressionAttributeNames: undefined when no expression needs any. */
  get names(): Record<string, string> | undefined {
    return this.#names.size === 0 ? undefined : Object.fromEntries(Array.from(this.#names, ([name, placeholder]) => [placeholder, name]));
  }

  /** ExpressionAttributeValues: undefined when no expression needs any. */
  get values(): Record<string, AttributeValue> | undefined {
    return this.#values.size === 0
      ? undefined
      : Object.fromEntries(Array.from(this.#values, ([value, placeholder]) => [placeholder, value]));
  }

  /** The placeholder of an attribute name or map key. */
  name(name: string): string {
    return placeholderOf(this.#names, name, '#');
  }

  /** The placeholder of a value; the same object keeps its placeholder. */
  value(value: AttributeValue): string {
    return placeholderOf(this.#values, value, ':');
  }

  path(path: Path): string {
    const steps = stepsOf(path).map(step => (typeof step === 'number' ? `[${step}]` : `.${this.name(step)}`));
    return steps.join('').slice(1);
  }

  update(update: Update): string {
    const action = ({ target, value }: Update['add'][number]): string => `${this.path(target)} ${this.value(value.value)}`;
    return [
      clause('SET', update.set, ({ target, source }) => `${this.path(target)}=${this.#source(source)}`),
      clause('REMOVE', update.remove, target => this.path(target)),
      clause('ADD', update.add, action),
      clause('DELETE', update.delete, action),
    ]
      .filter(text => text !== '')
      .join(' ');
  }

  /** Throws a TypeError for a constant, which DynamoDB has no way to write. */
  condition(condition: Condition): string {
    switch (condition.kind) {
      case 'constant':
        throw new TypeError('a condition with a constant cannot be written; fold it first');
      case 'and':
      case 'or': {
        const strength = STRENGTH[condition.kind];
        const left = this.#part(condition.left, strength);
        return `${left} ${condition.kind.toUpperCase()} ${this.#part(condition.right, strength + 1)}`;
      }
      case 'not':
        return `NOT ${this.#part(condition.condition, STRENGTH.not)}`;
      case 'compare':
        return `${this.#operand(condition.left)}${condition.comparator}${this.#operand(condition.right)}`;
      case 'between':
        return `${this.#operand(condition.operand)} BETWEEN ${this.#operand(condition.low)} AND ${this.#operand(condition.high)}`;
      case 'in':
        return `${this.#operand(condition.operand)} IN (${condition.candidates.map(candidate => this.#operand(candidate)).join(',')})`;
      case 'attribute_exists':
      case 'attribute_not_exists':
        return `${condition.kind}(${this.path(condition.path)})`;
      case 'attribute_type':
        return `attribute_type(${this.path(condition.path)},${this.#operand(condition.type)})`;
      case 'begins_with':
      case 'contains':
        return `${condition.kind}(${this.#operand(condition.operand)},${this.#operand(condition.other)})`;
    }
  }

  #part(condition: Condition, strength: number): string {
    const own = condition.kind === 'or' || condition.kind === 'and' || condition.kind === 'not' ? STRENGTH[condition.kind] : STRONGEST;
    return own < strength ? `(${this.condition(condition)})` : this.condition(condition);
  }

  #operand(operand: Operand): string {
    if (operand.kind === 'literal') return this.value(operand.value);
    return operand.kind === 'path' ? this.path(operand) : `size(${this.path(operand.path)})`;
  }

  #source(source: Source): string {
    switch (source.kind) {
      case 'literal':
        return this.value(source.value);
      case 'path':
        return this.path(source);
      case 'plus':
      case 'minus':
        return `${this.#source(source.left)}${source.kind === 'plus' ? '+' : '-'}${this.#source(source.right)}`;
      case 'if_not_exists':
        return `if_not_exists(${this.path(source.path)},${this.#source(source.fallback)})`;
      case 'list_append':
        return `list_append(${this.#source(source.left)},${this.#source(source.right)})`;
    }
  }
}

function placeholderOf<T>(placeholders: Map<T, string>, meaning: T, sign: string): string {
  const placeholder = placeholders.get(meaning) ?? sign + shortName(placeholders.size);
  placeholders.set(meaning, placeholder);
  return placeholder;
}

/** a, b, …, _, aa, ba, …: all names of one character before those of two. */
function shortName(index: number): string {
  const rest = Math.floor(index / CHARACTERS.length);
  return CHARACTERS.charAt(index % CHARACTERS.length) + (rest > 0 ? shortName(rest - 1) : '');
}

function clause<T>(keyword: string, actions: readonly T[], print: (action: T) => string): string {
  return actions.length === 0 ? '' : `${keyword} ${actions.map(print).join(',')}`;
}
