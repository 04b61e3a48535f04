import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  BatchWriteCommandInput,
  BatchWriteCommandOutput,
  DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { isRecord } from '../../bytes/objects.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Shape } from '../commands/command.ts';
import { toAttributes } from '../native.ts';
import type { TranslateOptions } from '../validate-attributes.ts';

/** Any client of DynamoDB, encrypted or not: `DynamoDBClient`, `DynamoDB`, `DynamoDBDocumentClient` or `DynamoDBDocument`. */
export type AnyClient = DynamoDBClient | DynamoDBDocumentClient;

/** Document clients have an option of their own; TypeScript takes them for the same as the others in all else. */
export type ByForm<C extends AnyClient, Document, Own> = 'translateConfig' extends keyof C['config'] ? Document : Own;

/** The inputs and outputs of batches, in the form that a client speaks. */
export type WriteInput<C extends AnyClient> = ByForm<C, BatchWriteCommandInput, BatchWriteItemCommandInput>;
export type WriteOutput<C extends AnyClient> = ByForm<C, BatchWriteCommandOutput, BatchWriteItemCommandOutput>;
export type GetInput<C extends AnyClient> = ByForm<C, BatchGetCommandInput, BatchGetItemCommandInput>;
export type GetOutput<C extends AnyClient> = ByForm<C, BatchGetCommandOutput, BatchGetItemCommandOutput>;

/** Sends batches through a client, in the form that it speaks. */
export interface Sender {
  write(input: Shape, signal: AbortSignal | undefined): Promise<Shape>;
  get(input: Shape, signal: AbortSignal | undefined): Promise<Shape>;
  /** An item or key in DynamoDB's own form; undefined for what cannot be. */
  attributes(given: unknown): AttributeMap | undefined;
}

type Command = new (input: never) => object;

/** What is used of a client's `send`, whose types depend on the command. */
interface Sends {
  send(command: object, options: { readonly abortSignal?: AbortSignal }): Promise<Shape>;
}

/** The package of document clients is loaded for those alone. */
export async function senderFor(client: AnyClient): Promise<Sender> {
  const sends = client as unknown as Sends; // every client of the SDK sends every command; its types name those of its own form
  const send = async (Command: Command, input: Shape, signal: AbortSignal | undefined): Promise<Shape> =>
    sends.send(new Command(input as never), signal === undefined ? {} : { abortSignal: signal }); // the service checks the input
  if (!isDocumentClient(client)) {
    return {
      write: (input, signal) => send(BatchWriteItemCommand, input, signal),
      get: (input, signal) => send(BatchGetItemCommand, input, signal),
      attributes: given => (isRecord(given) ? (given as AttributeMap) : undefined), // by the type of the client
    };
  }
  const { BatchGetCommand, BatchWriteCommand } = await import('@aws-sdk/lib-dynamodb');
  const { translateConfig = {} } = client.config as { translateConfig?: TranslateOptions };
  return {
    write: (input, signal) => send(BatchWriteCommand, input, signal),
    get: (input, signal) => send(BatchGetCommand, input, signal),
    attributes: given => translated(given, translateConfig),
  };
}

/** The configuration alone does not tell: document clients share, and mark, the one of the client beneath. */
export function isDocumentClient(client: AnyClient): boolean {
  if (client instanceof DynamoDBClient) return false;
  for (let prototype: unknown = client; isRecord(prototype); prototype = Object.getPrototypeOf(prototype)) {
    const { name } = prototype.constructor;
    if (name === 'DynamoDBDocumentClient') return true;
    if (name === 'DynamoDBClient') return false; // of another copy of the package
  }
  return 'translateConfig' in client.config;
}

function translated(given: unknown, translate: TranslateOptions): AttributeMap | undefined {
  try {
    return isRecord(given) ? toAttributes(given, translate) : undefined;
  } catch {
    return undefined;
  }
}
