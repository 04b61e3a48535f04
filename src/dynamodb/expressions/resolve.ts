import type { Condition, Literal, Operand, Path, Source, Update, ValueAction } from './ast.ts';
import { type ExpressionKind, invalid } from './errors.ts';
import { FUNCTIONS } from './functions.ts';
import { refuseClashes } from './path-tree.ts';
import type { Leaf } from './references.ts';
import type { Scope } from './scope.ts';
import { sizeOf } from './size.ts';
import { checkLeaf, checkOperandType, checkSource, checkValueAction } from './static-checks.ts';
import type {
  CallSyntax,
  ConditionSyntax,
  OperandSyntax,
  PathSyntax,
  SumSyntax,
  UpdateSyntax,
  ValueActionSyntax,
  ValueSyntax,
} from './syntax.ts';

/** Makes the AST of what was read: looks up placeholders and checks operands, from left to right as DynamoDB does. */
export class Resolver {
  readonly #kind: ExpressionKind;
  readonly #scope: Scope;

  constructor(kind: ExpressionKind, scope: Scope) {
    this.#kind = kind;
    this.#scope = scope;
  }

  update({ set, remove, add, delete: deletions }: UpdateSyntax): Update {
    const targets = [...set, ...remove.map(target => ({ target })), ...add, ...deletions].map(({ target }) => this.path(target));
    refuseClashes(this.#kind, targets); // before values are looked up, as DynamoDB does
    return {
      set: set.map(({ target, source }) => ({ target: this.path(target), source: this.#source(source) })),
      remove: remove.map(target => this.path(target)),
      add: add.map(action => this.#valueAction('ADD', action)),
      delete: deletions.map(action => this.#valueAction('DELETE', action)),
    };
  }

  paths(syntax: readonly PathSyntax[]): Path[] {
    const paths = syntax.map(path => this.path(path));
    refuseClashes(this.#kind, paths);
    return paths;
  }

  condition(syntax: ConditionSyntax): Condition {
    switch (syntax.kind) {
      case 'and':
      case 'or':
        return { kind: syntax.kind, left: this.condition(syntax.left), right: this.condition(syntax.right) };
      case 'not':
        return { kind: 'not', condition: this.condition(syntax.condition) };
      default: {
        const leaf = this.#leaf(syntax);
        checkLeaf(this.#kind, leaf);
        return leaf;
      }
    }
  }

  /** A path, placeholders resolved. */
  path({ steps: [first, ...rest] }: PathSyntax): Path {
    return {
      kind: 'path',
      name: this.#name(String(first)),
      steps: rest.map(step => (typeof step === 'number' ? step : this.#name(step))),
    };
  }

  #leaf(syntax: Exclude<ConditionSyntax, { kind: 'and' | 'or' | 'not' }>): Leaf {
    switch (syntax.kind) {
      case 'compare':
        return {
          kind: 'compare',
          comparator: syntax.comparator,
          left: this.#operand(syntax.left),
          right: this.#operand(syntax.right),
        };
      case 'between':
        return {
          kind: 'between',
          operand: this.#operand(syntax.operand),
          low: this.#operand(syntax.low),
          high: this.#operand(syntax.high),
        };
      case 'in':
        return {
          kind: 'in',
          operand: this.#operand(syntax.operand),
          candidates: syntax.candidates.map(candidate => this.#operand(candidate)),
        };
      case 'call':
        return this.#predicate(syntax);
    }
  }

  #predicate(call: CallSyntax): Leaf {
    const [first, second] = this.#operandsOf(call);
    switch (call.name) {
      case 'attribute_exists':
      case 'attribute_not_exists':
        return { kind: call.name, path: this.#documentPath(call, first) };
      case 'attribute_type':
        return { kind: 'attribute_type', path: this.#documentPath(call, first), type: this.#operand(second) };
      default:
        return {
          kind: call.name === 'contains' ? 'contains' : 'begins_with',
          operand: this.#operand(first),
          other: this.#operand(second),
        };
    }
  }

  #operand(syntax: OperandSyntax): Operand {
    if (syntax.kind === 'path') return this.path(syntax);
    return syntax.kind === 'value' ? this.#literal(syntax) : this.#size(syntax);
  }

  /** The size of a value is known already, and stands for the value from here on. */
  #size(call: CallSyntax): Operand {
    const [syntax] = this.#operandsOf(call);
    const operand = this.#operand(syntax);
    checkOperandType(this.#kind, 'size', operand, ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M']);
    if (operand.kind === 'path') return { kind: 'size', path: operand };
    return operand.kind === 'size' ? operand : { ...operand, value: { N: String(sizeOf(operand.value)) } };
  }

  #valueAction(operator: 'ADD' | 'DELETE', { target, value }: ValueActionSyntax): ValueAction {
    const action = { target: this.path(target), value: this.#literal(value) };
    checkValueAction(operator, action);
    return action;
  }

  #source(syntax: OperandSyntax | SumSyntax): Source {
    const source = this.#uncheckedSource(syntax);
    checkSource(source);
    return source;
  }

  #uncheckedSource(syntax: OperandSyntax | SumSyntax): Source {
    switch (syntax.kind) {
      case 'path':
        return this.path(syntax);
      case 'value':
        return this.#literal(syntax);
      case 'plus':
      case 'minus':
        return { kind: syntax.kind, left: this.#source(syntax.left), right: this.#source(syntax.right) };
      case 'call': {
        const [first, second] = this.#operandsOf(syntax);
        if (syntax.name === 'list_append') return { kind: 'list_append', left: this.#source(first), right: this.#source(second) };
        return { kind: 'if_not_exists', path: this.#documentPath(syntax, first), fallback: this.#source(second) };
      }
    }
  }

  /** As many operands as the function takes; the second is repeated where there is but one. */
  #operandsOf({ name, operands }: CallSyntax): [OperandSyntax, OperandSyntax] {
    const [first, second = first] = operands;
    if (first === undefined || second === undefined || operands.length !== FUNCTIONS.get(name)?.operands) {
      const count = `operator or function: ${name}, number of operands: ${operands.length}`;
      throw invalid(this.#kind, `Incorrect number of operands for operator or function; ${count}`);
    }
    return [first, second];
  }

  #documentPath({ name }: CallSyntax, operand: OperandSyntax): Path {
    if (operand.kind === 'path') return this.path(operand);
    throw invalid(this.#kind, `Operator or function requires a document path; operator or function: ${name}`);
  }

  #name(text: string): string {
    if (!text.startsWith('#')) return text;
    const name = this.#scope.name(text);
    if (name !== undefined) return name;
    throw invalid(this.#kind, `An expression attribute name used in the document path is not defined; attribute name: ${text}`);
  }

  #literal({ placeholder }: ValueSyntax): Literal {
    const literal = this.#scope.literal(placeholder);
    if (literal !== undefined) return literal;
    throw invalid(this.#kind, `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
  }
}
