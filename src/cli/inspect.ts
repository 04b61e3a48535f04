import type { AttributeMap } from '../dynamodb/attribute-value.ts';
import { type ItemInspection, inspectItem } from '../dynamodb/explain.ts';
import { FieldsealError, isFieldsealError } from '../errors.ts';
import { type ConfiguredTable, readEncryptor } from './config/read-encryptor.ts';
import { EXIT, type ExitCode, type Host } from './host.ts';
import { inspectAttributes } from './inspection/attributes.ts';
import { inspectionJson, inspectionText, type Shown } from './inspection/inspection-text.ts';
import { readItem } from './items/item-text.ts';
import { checkInputs } from './lines/inputs.ts';
import { readOneLine, readWhole } from './lines/read-whole.ts';
import { OutputFailure, write } from './output.ts';
import { problemLine } from './problem.ts';

/** What `fieldseal inspect` is asked to do. */
export interface InspectOptions {
  readonly input: string;
  /** Try to open the item under this configuration. */
  readonly config: string | undefined;
  /** Counted from 1; undefined when the whole input is the item. */
  readonly line: number | undefined;
  readonly json: boolean;
}

/** Shows one item. Throws a FieldsealError only before its input is read. */
export async function inspectInput(options: InspectOptions, host: Host): Promise<ExitCode> {
  const { input, line, json } = options;
  const configured = options.config === undefined ? undefined : await readEncryptor(options.config, host);
  await checkInputs([input]);
  try {
    const shown = await inspect(await readInput(options, host), configured);
    await write(host.stdout, json ? inspectionJson(shown) : inspectionText(shown));
    return shown.explanation?.outcome === 'failed' ? EXIT.failed : EXIT.done;
  } catch (error) {
    if (error instanceof OutputFailure && error.readerHasGone) return EXIT.readerGone;
    host.stderr.write(problemLine(line === undefined ? input : `${input}:${line}`, error));
    return EXIT.failed;
  }
}

async function readInput({ input, line }: InspectOptions, host: Host): Promise<AttributeMap> {
  const bytes = line === undefined ? await readWhole(input, host) : await readOneLine(input, line, host);
  try {
    return readItem(bytes, line === undefined ? 'the input' : 'the line').item;
  } catch (error) {
    if (line !== undefined || !isFieldsealError(error) || !error.message.endsWith('is not JSON')) throw error;
    throw new FieldsealError('INPUT_INVALID', `${error.message}; if it has one item a line, use --line`);
  }
}

async function inspect(item: AttributeMap, configured: ConfiguredTable | undefined): Promise<Shown> {
  if (configured === undefined) return { inspection: withAttributes(item, inspectItem(item)) };
  const { table, encryptor } = configured;
  const { inspection, ...explanation } = await encryptor.explain(item);
  return { ...(inspection && { inspection: withAttributes(item, inspection, name => table.structure.isSigned(name)) }), explanation };
}

function withAttributes(
  item: AttributeMap,
  inspection: ItemInspection,
  isSigned?: (name: string) => boolean,
): NonNullable<Shown['inspection']> {
  return { ...inspection, attributes: inspectAttributes(item, inspection, isSigned) };
}
