import { quoted } from '../../bytes/quoted.ts';
import type { Call, Shape } from '../commands/command.ts';
import { isEncryptedName, readCondition, refuse, refuseFormatPath, requireText } from '../commands/refusals.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import type { Condition } from '../expressions/ast.ts';
import { validationException } from '../expressions/errors.ts';
import { parseKeyCondition } from '../expressions/parser.ts';
import { pathsOfCondition } from '../expressions/references.ts';
import { Scope } from '../expressions/scope.ts';
import { type IndexUse, indexPartial, indexUse, projectedNames } from './index-use.ts';
import { type Projection, projectionToNames, readProjection, withoutProjection } from './projection.ts';

/** How one page of a Query or Scan is read. */
export interface PagePlan {
  /** What is sent. */
  readonly input: Shape;
  readonly projection: Projection;
  readonly index: IndexUse | undefined;
  readonly filter: Condition | undefined;
}

/** Plans a Query or Scan in DynamoDB's own form. Throws OPERATION_REFUSED, INDEX_PARTIAL, or DynamoDB's ValidationException. */
export function planPage(call: Call, input: Shape): PagePlan {
  const { table } = call;
  const scope = new Scope(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
  const compared = readKeyCondition(table, input.KeyConditionExpression, scope);
  const filter = input.FilterExpression === undefined ? undefined : readCondition(table, 'FilterExpression', input.FilterExpression, scope);
  const projection = readProjection(call, table, input, scope);
  scope.refuseUnused();
  const index = indexUse(table, input.IndexName, compared);
  if (index?.holds === 'too little' && input.Select !== 'COUNT' && call.settings.onPartialIndex === 'error') throw indexPartial(index);
  return { ...selected(input, projection, index), index, filter };
}

/** The attributes that a key condition names. An encrypted one is never a key. */
function readKeyCondition(table: EncryptedTable, text: unknown, scope: Scope): string[] {
  if (text === undefined) return [];
  const parameter = 'KeyConditionExpression';
  const paths = pathsOfCondition(parseKeyCondition(requireText(table, parameter, text), scope)).map(({ path }) => path);
  for (const path of paths) {
    refuseFormatPath(table, parameter, path);
    if (isEncryptedName(table, path.name)) {
      refuse(
        table,
        parameter,
        `names ${quoted(path.name)}, which is encrypted and can be no key; query by a key or by an index on an attribute that is signed or unsigned`,
      );
    }
  }
  return [...new Set(paths.map(({ name }) => name))];
}

/** What is asked of the server: whole items, as far as the index has them. A projection goes together with the `Select` that demands one. */
function selected(input: Shape, projection: Projection, index: IndexUse | undefined): Pick<PagePlan, 'input' | 'projection'> {
  refuseContradictions(input);
  const { Select, ...rest } = input;
  const whole = index?.holds === 'local' ? { Select: 'ALL_ATTRIBUTES' } : {};
  if (Select === undefined || Select === 'SPECIFIC_ATTRIBUTES') return { input: { ...withoutProjection(rest), ...whole }, projection };
  const names = Select === 'ALL_PROJECTED_ATTRIBUTES' && index !== undefined ? projectedNames(index) : undefined;
  if (names === undefined) return { input, projection };
  return { input: { ...input, ...whole }, projection: projectionToNames(names) };
}

/** As DynamoDB does: a server that let them pass would send what nobody can verify. */
function refuseContradictions({ Select, ProjectionExpression, IndexName }: Shape): void {
  if (Select === undefined) return;
  if (ProjectionExpression !== undefined && Select !== 'SPECIFIC_ATTRIBUTES')
    throw validationException(`Cannot specify the ProjectionExpression when choosing to get ${Select}`);
  const invalid = (what: string): Error => validationException(`One or more parameter values were invalid: ${what}`);
  if (ProjectionExpression === undefined && Select === 'SPECIFIC_ATTRIBUTES')
    throw invalid('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  if (IndexName === undefined && Select === 'ALL_PROJECTED_ATTRIBUTES')
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
}
