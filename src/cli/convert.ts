import type { AttributeMap } from '../dynamodb/attribute-value.ts';
import { FieldsealError } from '../errors.ts';
import { readEncryptor } from './config/read-encryptor.ts';
import { EXIT, type ExitCode, type Host } from './host.ts';
import { readItem, writeItem } from './items/item-text.ts';
import { inOrder } from './lines/in-order.ts';
import { checkInputs } from './lines/inputs.ts';
import { type Line, readLines } from './lines/read-lines.ts';
import { OutputFailure } from './output.ts';
import { Report } from './report.ts';

/** What `fieldseal encrypt` and `fieldseal decrypt` are asked to do. */
export interface ConvertOptions {
  readonly direction: 'encrypt' | 'decrypt';
  readonly inputs: readonly string[];
  readonly config: string;
  /** Go on after a line that fails. */
  readonly goOn: boolean;
  readonly mostLineBytes: number;
  readonly quiet: boolean;
}

/** Lines at work at a time: enough to wait for many keys at once, few enough to stay small in memory. */
const LINES_AT_WORK = 16;

type Change = (item: AttributeMap) => Promise<AttributeMap>;

/** What became of one line: its new text, or why there is none. */
interface Outcome {
  readonly place: string;
  readonly text?: string;
  readonly error?: unknown;
}

/** Encrypts or decrypts every line. Throws a FieldsealError only before the first one is read. */
export async function convert(options: ConvertOptions, host: Host): Promise<ExitCode> {
  const { direction, quiet, mostLineBytes } = options;
  const { encryptor, writesPlaintext } = await readEncryptor(options.config, host);
  if (direction === 'encrypt' && writesPlaintext) {
    throw new FieldsealError(
      'CONFIG_INVALID',
      `${options.config}: under this plaintextOverride nothing would be encrypted; take it out to encrypt`,
    );
  }
  const { names, totalBytes } = await checkInputs(options.inputs);
  const report = await Report.start(host, { done: `${direction}ed`, totalBytes, quiet });
  const lines = readLines(names, host, { mostBytes: mostLineBytes, onRead: bytes => report.bytesRead(bytes) });
  const change: Change = direction === 'encrypt' ? encryptor.encryptAttributes : item => encryptor.decryptAttributes(item);
  try {
    report.end(await convertLines(lines, change, options.goOn, report));
  } catch (error) {
    if (!(error instanceof OutputFailure)) throw error;
    report.close();
    if (error.readerHasGone) return EXIT.readerGone;
    report.problem('fieldseal', error);
    report.end(false);
  }
  return report.failed === 0 ? EXIT.done : EXIT.failed;
}

/** True when it stopped at a line that failed. */
async function convertLines(lines: AsyncIterable<Line>, change: Change, goOn: boolean, report: Report): Promise<boolean> {
  for await (const { place, text, error } of inOrder(lines, LINES_AT_WORK, line => convertLine(line, change))) {
    if (text !== undefined) {
      await report.result(text);
      continue;
    }
    report.problem(place, error);
    if (!goOn) return true;
  }
  return false;
}

/** Never rejects. */
async function convertLine({ place, content }: Line, change: Change): Promise<Outcome> {
  try {
    if (content instanceof Error) throw content;
    const { item, wrapped } = readItem(content, 'the line');
    return { place, text: writeItem(await change(item), wrapped) };
  } catch (error) {
    return { place, error };
  }
}
