import type { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { type ExpressionKind, invalid } from './errors.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';

/** Deeper than this no expression nests within the limit of operators, unless by redundant parentheses. */
const MOST_DEPTH = 700;
const MOST_OPERATORS = 300;

/**
 * Reads one expression token by token. As in DynamoDB, what is wrong with names and functions is not raised before all of the text has been
 * read: it is noted, and raised by {@link finish}.
 */
export class Cursor {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  #operators = 0;
  /** Where the last pair of parentheses opened and closed. */
  #group = { open: -1, close: -1 };
  #note: string | undefined;

  constructor(kind: ExpressionKind, text: string) {
    this.kind = kind;
    this.#text = text;
    this.#tokens = tokenize(kind, text);
  }

  is(text: string): boolean {
    const { kind, text: found } = this.#token();
    return kind === 'symbol' ? found === text : kind === 'keyword' && found.toUpperCase() === text;
  }

  /** Goes past the symbol or keyword if it is next. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#position++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.syntaxError();
  }

  isKind(kind: TokenKind): boolean {
    return this.#token().kind === kind;
  }

  takeKind(kind: TokenKind): string {
    const token = this.#token();
    if (token.kind !== kind) throw this.syntaxError();
    this.#position++;
    return token.text;
  }

  /** True before a function: a word and an opening parenthesis. */
  startsCall(): boolean {
    const next = this.#tokens[this.#position + 1];
    return this.isKind('word') && next?.kind === 'symbol' && next.text === '(';
  }

  syntaxError(): DynamoDBServiceException {
    const token = this.#token();
    const start = this.#tokens[this.#position - 1]?.start ?? 0;
    const end = this.#tokens[this.#position + 1]?.end ?? token.end;
    return invalid(this.kind, `Syntax error; token: "${token.text}", near: "${this.#text.slice(start, end)}"`);
  }

  /** Keeps what is to be raised when the whole text has turned out to be readable. The first note wins. */
  note(what: string): void {
    this.#note ??= what;
  }

  countOperator(): void {
    this.#operators++;
  }

  /** A parenthesised part, or one behind NOT. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MOST_DEPTH) {
      this.refuseManyOperators();
      throw this.#redundantParentheses();
    }
    const result = read();
    this.#depth--;
    return result;
  }

  /** The inside of parentheses that group. Throws when all there is inside is another such pair. */
  grouped<T>(read: () => T): T {
    const open = this.#position;
    this.expect('(');
    const inside = this.nested(read);
    const close = this.#position;
    this.expect(')');
    if (this.#group.open === open + 1 && this.#group.close === close - 1) throw this.#redundantParentheses();
    this.#group = { open, close };
    return inside;
  }

  /** Raises what was noted, once the text has been read to its end. */
  finish(): void {
    if (!this.isKind('end')) throw this.syntaxError();
    if (this.#note !== undefined) throw invalid(this.kind, this.#note);
  }

  /** What DynamoDB counts last: operators, keywords and functions, but not the `=` of SET. */
  refuseManyOperators(): void {
    if (this.#operators > MOST_OPERATORS)
      throw invalid(this.kind, `The expression contains too many operators; operator count: ${MOST_OPERATORS + 1}`);
  }

  #redundantParentheses(): DynamoDBServiceException {
    return invalid(this.kind, 'The expression has redundant parentheses;');
  }

  #token(): Token {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new RangeError('read past the end of an expression');
    return token;
  }
}
