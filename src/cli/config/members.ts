import { FieldsealError } from '../../errors.ts';
import { isJsonObject } from '../items/json-text.ts';

type Texts<N extends string> = Readonly<Record<N, string>>;
type Optional<N extends string, T> = { readonly [K in N]?: T };

/**
 * The members of one object in a configuration file, read by name. Whatever is missing, of another type or never asked for is CONFIG_INVALID;
 * messages say where, and never what is there.
 */
export class Members {
  readonly #members: ReadonlyMap<string, unknown>;
  readonly #where: string;
  readonly #asked = new Set<string>();

  /** `where` is the path of the object: `keyring.children[0]`, or '' for the file itself. */
  constructor(value: unknown, where: string) {
    this.#where = where;
    if (!isJsonObject(value)) throw this.#refusal('', value === undefined ? 'is missing' : 'must be an object');
    this.#members = new Map(Object.entries(value));
  }

  /** The path of a member, for messages. */
  pathOf(name: string): string {
    return this.#where === '' ? name : `${this.#where}.${name}`;
  }

  has(name: string): boolean {
    this.#asked.add(name);
    return this.#members.has(name);
  }

  /** A member as it is; undefined when there is none. */
  value(name: string): unknown {
    this.#asked.add(name);
    return this.#members.get(name);
  }

  text(name: string): string {
    return this.#require(name, 'a text', isText);
  }

  texts<N extends string>(...names: readonly N[]): Texts<N> {
    return Object.fromEntries(names.map(name => [name, this.text(name)])) as Texts<N>; // one entry for each name
  }

  list(name: string): readonly string[] {
    return this.#require(name, 'a list of texts', isTexts);
  }

  optionalTexts<N extends string>(...names: readonly N[]): Optional<N, string> {
    return this.#optional(names, 'a text', isText);
  }

  optionalNumbers<N extends string>(...names: readonly N[]): Optional<N, number> {
    return this.#optional(names, 'a number', value => typeof value === 'number');
  }

  optionalFlags<N extends string>(...names: readonly N[]): Optional<N, boolean> {
    return this.#optional(names, 'true or false', value => typeof value === 'boolean');
  }

  optionalLists<N extends string>(...names: readonly N[]): Optional<N, readonly string[]> {
    return this.#optional(names, 'a list of texts', isTexts);
  }

  /** Objects whose members are all texts. */
  optionalMaps<N extends string>(...names: readonly N[]): Optional<N, Readonly<Record<string, string>>> {
    return this.#optional(names, 'an object of texts', value => isJsonObject(value) && Object.values(value).every(isText));
  }

  /** Refuses members that nobody asked for: call it last. */
  end(): void {
    const unknown = [...this.#members.keys()].filter(name => !this.#asked.has(name)).map(name => JSON.stringify(name));
    if (unknown.length > 0) throw this.#refusal('', `has no member ${unknown.join(', ')}; it has ${[...this.#asked].join(', ')}`);
  }

  /** CONFIG_INVALID about a member. */
  refusal(name: string, reason: string): FieldsealError {
    return this.#refusal(this.pathOf(name), reason);
  }

  #require<T>(name: string, kind: string, is: (value: unknown) => value is T): T {
    const value = this.value(name);
    if (is(value)) return value;
    throw this.refusal(name, value === undefined ? 'is missing' : `must be ${kind}`);
  }

  #optional<N extends string, T>(names: readonly N[], kind: string, is: (value: unknown) => boolean): Optional<N, T> {
    const present = names.filter(name => this.has(name));
    const wrong = present.find(name => !is(this.value(name)));
    if (wrong !== undefined) throw this.refusal(wrong, `must be ${kind}`);
    return Object.fromEntries(present.map(name => [name, this.value(name)])) as Optional<N, T>; // `is` has seen each
  }

  #refusal(path: string, reason: string): FieldsealError {
    return new FieldsealError('CONFIG_INVALID', `${path || this.#where || 'the configuration'} ${reason}`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}
