import { isRecord } from '../../bytes/objects.ts';
import { FieldsealError, isFieldsealError } from '../../errors.ts';
import type { Shape } from '../commands/command.ts';
import { tablesOf } from '../commands/tables-of.ts';
import { type Wrapping, wrappingOf } from '../hooks.ts';
import { tableNamed } from '../route.ts';
import { type ForecastKmsCalls, kmsCallsOf } from './kms-calls.ts';
import { notesOn } from './notes.ts';
import { type Rehearsal, rehearse, type SdkCommand } from './rehearsal.ts';
import { type ForecastRequest, requestsOf } from './requests.ts';
import { returnsItems } from './returns-items.ts';

/** What a wrapped client does with a command. */
export interface CommandExplanation {
  /** The SDK's name of the command: `PutItemCommand`, also for the document client's `PutCommand`. */
  readonly command: string;
  /** The encrypted tables that it names. */
  readonly tables: readonly string[];
  readonly path: CommandPath;
  /** The requests to DynamoDB, in their order. */
  readonly requests: readonly ForecastRequest[];
  readonly kmsCalls: readonly ForecastKmsCalls[];
  /** Why it is refused, before anything is sent: a code of this library, or the name of the exception of DynamoDB that it would meet. */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** What else can happen. */
  readonly notes: readonly string[];
}

/**
 * - `refused`: nothing is sent.
 * - `rewritten`: items are read, changed and written back.
 * - `encrypted`: items are encrypted on their way.
 * - `direct`: an update is sent as it is, under a guard.
 * - `decrypted`: items come back, and are opened.
 * - `passed`: sent as it is; nothing is encrypted or opened.
 */
export type CommandPath = 'refused' | 'rewritten' | 'encrypted' | 'direct' | 'decrypted' | 'passed';

/**
 * What a client of `encryptedDocumentClient` or `encryptedClient` would do with a command, without sending anything: the command goes through the
 * client's own code up to the first request. Validators run, and middleware of the `initialize` step that was added to the client. Throws INPUT_INVALID
 * for a client that is not encrypted, or what is no command.
 */
export async function explainCommand(
  client: { readonly config: object; readonly middlewareStack: object },
  command: SdkCommand,
): Promise<CommandExplanation> {
  const wrapping = client?.middlewareStack === undefined ? undefined : wrappingOf(client);
  if (wrapping === undefined)
    throw new FieldsealError('INPUT_INVALID', 'explainCommand takes a client of encryptedDocumentClient() or encryptedClient()');
  if (!isRecord(command?.input) || !('resolveMiddleware' in command))
    throw new FieldsealError('INPUT_INVALID', 'explainCommand takes a command of the AWS SDK, such as new GetCommand({ … })');
  const rehearsal = await rehearse(client, wrapping, command);
  const tables = encryptedTables(wrapping, command.input);
  const about = { command: rehearsal.commandName, tables };
  const { commandName, reads, encryptions, error } = rehearsal;
  if (error !== undefined) {
    const kmsCalls = kmsCallsOf(wrapping, tables, encryptions, false);
    return { ...about, path: 'refused', requests: [], kmsCalls, refusal: refusalOf(error), notes: [] };
  }
  const path = pathOf(rehearsal, command.input, tables);
  return {
    ...about,
    path,
    requests: requestsOf(wrapping, rehearsal, tables),
    kmsCalls: kmsCallsOf(wrapping, tables, encryptions + reads, reads > 0 || returnsItems(commandName, command.input)),
    notes: notesOn(wrapping, path, command.input, tables),
  };
}

/** Throws what is no refusal, as the client would. */
function refusalOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = isFieldsealError(error) ? error.code : isServiceException(error) ? error.name : undefined;
  if (code === undefined || !(error instanceof Error)) throw error;
  return { code, message: error.message };
}

/** An exception of DynamoDB that is thrown here, in its place. */
function isServiceException(error: unknown): error is Error {
  return error instanceof Error && '$fault' in error;
}

function pathOf({ commandName, sent, reads, encryptions }: Rehearsal, input: Shape, tables: readonly string[]): CommandPath {
  if (tables.length === 0) return 'passed';
  if (reads > 0) return 'rewritten';
  if (encryptions > 0) return 'encrypted';
  if (commandName === 'UpdateItemCommand' || hasUpdate(sent, tables)) return 'direct';
  return returnsItems(commandName, input) ? 'decrypted' : 'passed';
}

function hasUpdate(sent: Shape | undefined, tables: readonly string[]): boolean {
  const actions: readonly unknown[] = Array.isArray(sent?.TransactItems) ? sent.TransactItems : [];
  return actions.some(action => isRecord(action) && isRecord(action.Update) && tablesOf(action.Update).some(name => tables.includes(name)));
}

/** The names of the encrypted tables of a request; none where it has a name that is none. */
function encryptedTables({ tables }: Wrapping, input: Shape): string[] {
  try {
    return [...new Set(tablesOf(input))].filter(name => tableNamed(tables, name) !== undefined);
  } catch {
    return [];
  }
}
