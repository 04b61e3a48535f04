import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { utf8 } from '../../bytes/utf8.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { copyItem } from '../copy.ts';
import type { Literal } from './ast.ts';
import { validationException } from './errors.ts';
import { requireStorable } from './given-values.ts';

const MOST_PLACEHOLDER_BYTES = 255;
const MOST_NAME_BYTES = 65_535;

/**
 * The placeholders of one request, shared by all its expressions. Throws as DynamoDB does for placeholders that it would refuse, and
 * ATTRIBUTE_INVALID for a value that it could not store.
 */
export class Scope {
  readonly #names: Placeholders<string>;
  readonly #values: Placeholders<AttributeValue>;
  #hasExpression = false;

  constructor(names: unknown, values: unknown) {
    this.#names = new Placeholders('ExpressionAttributeNames', /^#[A-Za-z0-9_]+$/, names, requireName);
    this.#values = new Placeholders('ExpressionAttributeValues', /^:[A-Za-z0-9_]+$/, copied(values), requireStorable);
  }

  /** Every parser says so: placeholders without an expression are an error. */
  noteExpression(): void {
    this.#hasExpression = true;
  }

  /** The attribute or map key that `#placeholder` stands for. */
  name(placeholder: string): string | undefined {
    return this.#names.use(placeholder);
  }

  /** The value that `:placeholder` stands for. */
  literal(placeholder: string): Literal | undefined {
    const value = this.#values.use(placeholder);
    return value && { kind: 'literal', placeholder, value };
  }

  /** Throws as DynamoDB does for placeholders that no expression used. Call it when all of the request are parsed. */
  refuseUnused(): void {
    for (const placeholders of [this.#names, this.#values]) {
      if (!this.#hasExpression) placeholders.refuseAny();
      placeholders.refuseUnused();
    }
  }
}

class Placeholders<T> {
  readonly #parameter: string;
  readonly #meanings = new Map<string, T>();
  readonly #unused: Set<string>;

  constructor(parameter: string, pattern: RegExp, given: unknown, require: (placeholder: string, meaning: unknown) => T) {
    this.#parameter = parameter;
    for (const [placeholder, meaning] of entriesOf(parameter, given)) {
      const invalidKey = (why: string): Error => validationException(`${parameter} contains invalid key: ${why}`);
      if (!pattern.test(placeholder)) throw invalidKey(`Syntax error; key: "${placeholder}"`);
      const { length } = placeholder;
      if (length > MOST_PLACEHOLDER_BYTES)
        throw invalidKey(`The expression attribute map contains a key that is too long; size of key: ${length}`);
      this.#meanings.set(placeholder, require(placeholder, meaning));
    }
    this.#unused = new Set(this.#meanings.keys());
  }

  use(placeholder: string): T | undefined {
    this.#unused.delete(placeholder);
    return this.#meanings.get(placeholder);
  }

  refuseAny(): void {
    if (this.#meanings.size > 0) throw validationException(`${this.#parameter} can only be specified when using expressions`);
  }

  refuseUnused(): void {
    if (this.#unused.size > 0)
      throw validationException(`Value provided in ${this.#parameter} unused in expressions: keys: {${[...this.#unused].join(', ')}}`);
  }
}

function entriesOf(parameter: string, given: unknown): [string, unknown][] {
  if (given === undefined || given === null) return [];
  const entries = typeof given === 'object' ? Object.entries(given) : [];
  if (entries.length === 0) throw validationException(`${parameter} must not be empty`);
  return entries;
}

/** Later changes of the caller's values do not reach expressions, and values without end are refused. */
function copied(values: unknown): unknown {
  return typeof values === 'object' && values !== null ? copyItem(values as AttributeMap) : values; // what is no value is copied as it is
}

function requireName(placeholder: string, name: unknown): string {
  const refuse = (what: string): never => {
    throw validationException(`ExpressionAttributeNames contains invalid value: ${what} for key ${placeholder}`);
  };
  if (typeof name !== 'string') return refuse('Attribute name is no string');
  if (name === '') return refuse('Empty attribute name');
  if (utf8(name).length > MOST_NAME_BYTES) return refuse('Attribute name is too large, must be less than 65536 bytes');
  return name;
}
