/** What a function may be used as: a condition, an operand, the whole right side of a SET action. */
export type FunctionUse = 'condition' | 'operand' | 'source';

interface FunctionRules {
  readonly where: 'condition' | 'update';
  readonly uses: readonly FunctionUse[];
  readonly operands: number;
}

/** The functions of the expression language. Their names are case-sensitive. */
export const FUNCTIONS: ReadonlyMap<string, FunctionRules> = new Map<string, FunctionRules>([
  ['attribute_exists', { where: 'condition', uses: ['condition'], operands: 1 }],
  ['attribute_not_exists', { where: 'condition', uses: ['condition'], operands: 1 }],
  ['attribute_type', { where: 'condition', uses: ['condition'], operands: 2 }],
  ['begins_with', { where: 'condition', uses: ['condition'], operands: 2 }],
  ['contains', { where: 'condition', uses: ['condition'], operands: 2 }],
  ['size', { where: 'condition', uses: ['operand'], operands: 1 }],
  ['if_not_exists', { where: 'update', uses: ['operand', 'source'], operands: 2 }],
  ['list_append', { where: 'update', uses: ['source'], operands: 2 }],
]);
