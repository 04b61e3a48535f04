import { Buffer } from 'node:buffer';
import { type ExpressionKind, invalid } from './errors.ts';

/** A word is a bare name or a function; `end` stands behind the last token. */
export type TokenKind = 'keyword' | 'word' | 'name' | 'value' | 'index' | 'symbol' | 'unknown' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** DynamoDB's limit for any expression. */
export const MOST_EXPRESSION_BYTES = 4096;

const KINDS = ['word', 'name', 'value', 'index', 'symbol', 'unknown'] as const;
const KEYWORDS = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
const TOKEN =
  /[ \t\r\n]*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(0|[1-9][0-9]*)|(<>|<=|>=|[=<>(),.[\]+-])|([^ \t\r\n]))/uy;

/** The tokens of an expression, the last of kind `end`. Throws DynamoDB's ValidationException for text that is empty or over 4096 bytes. */
export function tokenize(expression: ExpressionKind, text: string): Token[] {
  if (text === '') throw invalid(expression, 'The expression can not be empty;');
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_EXPRESSION_BYTES)
    throw invalid(expression, `Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const group = match.findIndex((captured, i) => i > 0 && captured !== undefined);
    const tokenText = match[group] ?? '';
    const end = match.index + match[0].length;
    const kind = KEYWORDS.has(tokenText.toUpperCase()) ? 'keyword' : (KINDS[group - 1] ?? 'unknown');
    tokens.push({ kind, text: tokenText, start: end - tokenText.length, end });
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: text.length, end: text.length });
  return tokens;
}
