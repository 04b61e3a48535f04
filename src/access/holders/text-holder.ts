import { inspect } from 'node:util';
import { UNWRITABLE } from '../../bytes/unwritable.ts';
import { makeUnwritable } from './make-unwritable.ts';

const TEXT = Symbol('text');

/**
 * Holds a text that stands for a value. It is an object and no text, so that no write takes it for the value: writes refuse what has this
 * brand. Prints, and goes into JSON, as its text.
 */
export abstract class TextHolder {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    // Own ones, so that a copy is refused by writes as well, and that holders of different texts are not deeply equal.
    for (const [name, value] of [
      [UNWRITABLE, true],
      [TEXT, text],
    ] as const) {
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }
}

// Not in the class: the type of an exported class cannot be declared without inference where names are computed.
Object.defineProperty(TextHolder.prototype, inspect.custom, { value: TextHolder.prototype.toString });
makeUnwritable(TextHolder.prototype);
