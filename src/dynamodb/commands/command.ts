import type { TableCipher } from '../table-cipher.ts';
import type { TranslateOptions } from '../validate-attributes.ts';

/** An input or output of the SDK, whose members depend on the command. */
export type Shape = Readonly<Record<string, unknown>>;

/** One call of a command on an encrypted table. */
export interface Call {
  readonly cipher: TableCipher;
  /** True when items are JavaScript values outside the translating middleware. Inside it they are in DynamoDB's own form. */
  readonly document: boolean;
  readonly translate: TranslateOptions;
}

/** How a command works on an encrypted table. Each step returns a new object and leaves its input as it is. */
export interface CommandRules {
  /** Refuses parameters, whatever form values have. Runs on the caller's input, and again on what is about to be sent. */
  check(call: Call, input: Shape): void;
  /** Validates the caller's input, in the form the caller uses. Runs once, outside the SDK's retries. */
  prepare(call: Call, input: Shape): Promise<Shape>;
  /** Encrypts the input in DynamoDB's own form. */
  encrypt(call: Call, input: Shape): Promise<Shape>;
  /** Decrypts the output in DynamoDB's own form. */
  decrypt(call: Call, output: Shape): Promise<Shape>;
  /** Finishes the output in the form the caller uses. */
  finish(call: Call, output: Shape): Shape;
  /** True when the command may have changed the table once it has an output. */
  readonly writes: boolean;
}
