import type { Condition, Path, Update } from './ast.ts';
import { readCondition } from './condition-syntax.ts';
import { Cursor } from './cursor.ts';
import type { ExpressionKind } from './errors.ts';
import { readPath } from './operand-syntax.ts';
import { Resolver } from './resolve.ts';
import type { Scope } from './scope.ts';
import type { PathSyntax } from './syntax.ts';
import { readUpdate } from './update-syntax.ts';

/** An update expression. Throws DynamoDB's ValidationException for all that DynamoDB refuses without a look at the table or an item. */
export function parseUpdate(text: string, scope: Scope): Update {
  return parse('UpdateExpression', text, scope, readUpdate, (resolver, syntax) => resolver.update(syntax));
}

/** A condition or filter expression; throws as {@link parseUpdate}. */
export function parseCondition(
  text: string,
  scope: Scope,
  kind: 'ConditionExpression' | 'FilterExpression' = 'ConditionExpression',
): Condition {
  return parse(kind, text, scope, readCondition, (resolver, syntax) => resolver.condition(syntax));
}

/** A key condition expression, as a condition: that it may only compare keys is for the server to say. */
export function parseKeyCondition(text: string, scope: Scope): Condition {
  return parse('KeyConditionExpression', text, scope, readCondition, (resolver, syntax) => resolver.condition(syntax));
}

/** A projection expression; throws as {@link parseUpdate}. */
export function parseProjection(text: string, scope: Scope): Path[] {
  return parse('ProjectionExpression', text, scope, readPaths, (resolver, syntax) => resolver.paths(syntax));
}

function parse<Syntax, Ast>(
  kind: ExpressionKind,
  text: string,
  scope: Scope,
  read: (cursor: Cursor) => Syntax,
  resolve: (resolver: Resolver, syntax: Syntax) => Ast,
): Ast {
  scope.noteExpression();
  const cursor = new Cursor(kind, text);
  const syntax = read(cursor);
  cursor.finish();
  const ast = resolve(new Resolver(kind, scope), syntax);
  cursor.refuseManyOperators();
  return ast;
}

function readPaths(cursor: Cursor): PathSyntax[] {
  const paths: PathSyntax[] = [];
  do paths.push(readPath(cursor));
  while (cursor.take(','));
  return paths;
}
