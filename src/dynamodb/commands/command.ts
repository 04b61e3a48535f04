import type { EncryptedTable } from '../encrypted-table.ts';
import type { Settings } from '../settings.ts';
import type { TranslateOptions } from '../validate-attributes.ts';
import type { InternalRequests } from '../wire.ts';
import type { ClientMemory } from '../writes/memory.ts';

/** An input or output of the SDK, whose members depend on the command. */
export type Shape = Readonly<Record<string, unknown>>;

/** One call of a command on encrypted tables. */
export interface Call {
  /** The SDK's name of the command. */
  readonly commandName: string;
  /** The encrypted table, for commands that name one; the first of several otherwise. */
  readonly table: EncryptedTable;
  /** The encrypted table of a name or ARN, if it is one. */
  tableOf(nameOrArn: unknown): EncryptedTable | undefined;
  readonly settings: Settings;
  /** True when items are JavaScript values outside the translating middleware. Inside it they are in DynamoDB's own form. */
  readonly document: boolean;
  readonly translate: TranslateOptions;
  /** What the client remembers from call to call. */
  readonly memory: ClientMemory;
  /** Ends waits of our own. Versions of the SDK that do not tell it end the next request. */
  readonly signal: AbortSignal | undefined;
  /** How many sendings of the last request got no answer, or one that leaves open whether they were carried out. */
  doubtfulSendings(): number;
  /** Requests of our own within the caller's. */
  readonly internal: InternalRequests;
}

/** What the SDK's client returned, `output` in the caller's form. */
export interface Result {
  readonly output: Shape;
}

/** Sends an input in DynamoDB's own form, with the SDK's retries. Each call is a request of its own. */
export type Send = (input: Shape) => Promise<Result>;

/** Works one call of a command. Each step returns a new object and leaves its input as it is. State between the steps is the handler's own. */
export interface Handler {
  /** Refuses parameters, whatever form values have. Runs on the caller's input, and again on what is about to be sent. */
  check(input: Shape): void;
  /** Validates the caller's input, in the form the caller uses. Runs once, outside the SDK's retries. */
  prepare(input: Shape): Promise<Shape>;
  /** Encrypts the input, in DynamoDB's own form and nobody else's, and sends it. */
  send(input: Shape, next: Send): Promise<Result>;
  /** Decrypts an output of `next` in DynamoDB's own form. Runs inside the SDK's retries. */
  decrypt(output: Shape): Promise<Shape>;
  /** Finishes the output in the form the caller uses. */
  finish(output: Shape): Shape;
  /** The error to throw for one that came back: with its items opened. */
  fail(error: unknown): Promise<unknown>;
}

/** How a command works on encrypted tables. */
export interface CommandRules {
  /** True when the command may have changed a table once it has an output. */
  readonly writes: boolean;
  handle(call: Call): Handler;
}
