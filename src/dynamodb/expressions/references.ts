import { FieldsealError } from '../../errors.ts';

/** A top-level attribute that an expression names. */
export interface AttributeReference {
  readonly name: string;
  /** True when the whole attribute is only asked whether it exists. */
  readonly existence: boolean;
}

const TOKEN = /\s+|([A-Za-z_][\w]*)|(#\w+)|:\w+|(\d+)|(<>|<=|>=|[=<>(),.[\]+-])/y;
const EXISTENCE = new Set(['attribute_exists', 'attribute_not_exists']);
const FUNCTIONS = new Set([...EXISTENCE, 'attribute_type', 'begins_with', 'contains', 'size']);
const KEYWORDS = new Set(['and', 'or', 'not', 'between', 'in']);

/**
 * The attributes that a condition expression names, placeholders resolved. It finds names and judges nothing else: DynamoDB checks the grammar.
 * Throws OPERATION_REFUSED for text that cannot be read, since an attribute could hide in it.
 */
export function attributeReferences(expression: string, names: unknown): AttributeReference[] {
  const tokens = tokenize(expression);
  const references: AttributeReference[] = [];
  tokens.forEach((token, i) => {
    const previous = tokens[i - 1];
    if (!startsPath(token, previous, tokens[i + 1])) return;
    const isArgument = previous === '(' && EXISTENCE.has(tokens[i - 2] ?? '');
    references.push({ name: resolve(token, names), existence: isArgument && tokens[i + 1] === ')' });
  });
  return references;
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const [token] = TOKEN.exec(expression) ?? [];
    if (token === undefined)
      throw new FieldsealError('OPERATION_REFUSED', 'a condition expression holds characters that DynamoDB has no use for');
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

/** Names after a dot are nested; names before a parenthesis are functions. */
function startsPath(token: string, previous: string | undefined, next: string | undefined): boolean {
  if (token.startsWith('#')) return previous !== '.';
  if (!/^[A-Za-z_]/.test(token) || previous === '.') return false;
  if (FUNCTIONS.has(token) && next === '(') return false;
  return !KEYWORDS.has(token.toLowerCase());
}

function resolve(token: string, names: unknown): string {
  if (!token.startsWith('#')) return token;
  const name =
    typeof names === 'object' && names !== null && Object.hasOwn(names, token) ? (names as Record<string, unknown>)[token] : undefined;
  if (typeof name !== 'string')
    throw new FieldsealError('OPERATION_REFUSED', `a condition expression uses ${token}, which ExpressionAttributeNames does not define`);
  return name;
}
