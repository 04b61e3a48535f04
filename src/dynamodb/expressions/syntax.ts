import type { Comparator } from './ast.ts';

/** What the text of an expression says, before placeholders are looked up. The AST is made of it in `resolve.ts`. */
export interface PathSyntax {
  readonly kind: 'path';
  /** The first is the attribute. Text is a name or `#placeholder`, a number a list index. */
  readonly steps: readonly (string | number)[];
}
export interface ValueSyntax {
  readonly kind: 'value';
  readonly placeholder: string;
}
export interface CallSyntax {
  readonly kind: 'call';
  readonly name: string;
  readonly operands: readonly OperandSyntax[];
}
export type OperandSyntax = PathSyntax | ValueSyntax | CallSyntax;

export type ConditionSyntax =
  | CallSyntax
  | { readonly kind: 'and' | 'or'; readonly left: ConditionSyntax; readonly right: ConditionSyntax }
  | { readonly kind: 'not'; readonly condition: ConditionSyntax }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: OperandSyntax; readonly right: OperandSyntax }
  | { readonly kind: 'between'; readonly operand: OperandSyntax; readonly low: OperandSyntax; readonly high: OperandSyntax }
  | { readonly kind: 'in'; readonly operand: OperandSyntax; readonly candidates: readonly OperandSyntax[] };

export interface SumSyntax {
  readonly kind: 'plus' | 'minus';
  readonly left: OperandSyntax;
  readonly right: OperandSyntax;
}

export interface ValueActionSyntax {
  readonly target: PathSyntax;
  readonly value: ValueSyntax;
}

export interface UpdateSyntax {
  readonly set: { readonly target: PathSyntax; readonly source: OperandSyntax | SumSyntax }[];
  readonly remove: PathSyntax[];
  readonly add: ValueActionSyntax[];
  readonly delete: ValueActionSyntax[];
}
