import type { ItemExplanation, ItemInspection } from '../../dynamodb/explain.ts';
import { columns, type Row } from '../columns.ts';
import { printable } from '../problem.ts';
import type { AttributeInspection } from './attributes.ts';

/** What is shown of an item. */
export interface Shown {
  /** Absent when the header cannot be read. */
  readonly inspection?: Omit<ItemInspection, 'attributes'> & { readonly attributes: readonly AttributeInspection[] };
  /** Absent when nobody tried to open the item. */
  readonly explanation?: WithoutInspection<ItemExplanation>;
}

/** Of each member of the union. */
type WithoutInspection<E> = E extends unknown ? Omit<E, 'inspection'> : never;

/** For people. */
export function inspectionText({ inspection, explanation }: Shown): string {
  const lines = [...(inspection ? inspectionLines(inspection) : []), ...(explanation ? explanationLines(explanation) : [])];
  return lines.map(line => `${printable(line)}\n`).join('');
}

/** For programs. */
export function inspectionJson({ inspection, explanation }: Shown): string {
  const lines = JSON.stringify({ ...inspection, ...(explanation && { opens: explanation }) }, undefined, 2).split('\n');
  return lines.map(line => `${printable(line)}\n`).join('');
}

function inspectionLines(inspection: NonNullable<Shown['inspection']>): string[] {
  const { formatVersion, algorithmSuiteId, messageId, legend, storedContext, encryptedDataKeys, attributes } = inspection;
  const unclear = attributes.filter(({ action }) => action === undefined).length;
  return [
    ...columns([
      ['format version', String(formatVersion)],
      ['algorithm suite', algorithmSuiteId],
      ['message id', messageId],
      ['legend', legend],
      ['size', `${inspection.itemBytes} bytes: header ${inspection.headerBytes}, footer ${inspection.footerBytes}`],
    ]),
    ...section(
      'encrypted data keys',
      encryptedDataKeys.map(({ providerId, providerInfo, bytes }) => [providerId, providerInfo, `${bytes} bytes`]),
    ),
    ...section('stored encryption context', Object.entries(storedContext)),
    ...section('attributes', attributes.map(attributeRow)),
    ...(unclear > 0 ? [`  (${legend.length} of ${attributes.length} attributes are signed; a --config that fits tells which)`] : []),
  ];
}

function attributeRow({ name, action, type, encryptedType, bytes }: AttributeInspection): Row {
  return [name, action ?? 'unclear', encryptedType === undefined ? type : `${type} of ${encryptedType}`, `${bytes} bytes`];
}

function explanationLines(explanation: NonNullable<Shown['explanation']>): string[] {
  if (explanation.outcome === 'authentic') return ['opens: yes, the item is authentic'];
  const { code, stage, hint } = explanation;
  return [`opens: no, ${code}${stage === undefined ? '' : ` (${stage})`}: ${hint}`];
}

function section(title: string, rows: readonly Row[]): string[] {
  return rows.length === 0 ? [] : [title, ...columns(rows).map(line => `  ${line}`)];
}
