import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A document path, placeholders resolved: the attribute, then map keys and list indexes. */
export interface Path {
  readonly kind: 'path';
  /** The top-level attribute. */
  readonly name: string;
  readonly steps: readonly (string | number)[];
}

/** A value of ExpressionAttributeValues. */
export interface Literal {
  readonly kind: 'literal';
  /** As the caller wrote it, with its colon. */
  readonly placeholder: string;
  readonly value: AttributeValue;
}

/** `size(path)`, which conditions may compare. */
export interface Size {
  readonly kind: 'size';
  readonly path: Path;
}

/** What a condition compares. */
export type Operand = Path | Literal | Size;

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A condition or filter expression. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: 'attribute_exists' | 'attribute_not_exists'; readonly path: Path }
  | { readonly kind: 'attribute_type'; readonly path: Path; readonly type: Operand }
  | { readonly kind: 'begins_with' | 'contains'; readonly operand: Operand; readonly other: Operand }
  /** A part whose outcome is known already. Never parsed: folding leaves it. */
  | { readonly kind: 'constant'; readonly value: boolean };

/** The right side of a SET action. */
export type Source =
  | Path
  | Literal
  | { readonly kind: 'plus' | 'minus'; readonly left: Source; readonly right: Source }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly fallback: Source }
  | { readonly kind: 'list_append'; readonly left: Source; readonly right: Source };

export interface SetAction {
  readonly target: Path;
  readonly source: Source;
}

/** An ADD or DELETE action. */
export interface ValueAction {
  readonly target: Path;
  readonly value: Literal;
}

/** An update expression, the actions of each clause in the order they were written. */
export interface Update {
  readonly set: readonly SetAction[];
  readonly remove: readonly Path[];
  readonly add: readonly ValueAction[];
  readonly delete: readonly ValueAction[];
}
