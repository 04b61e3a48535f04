import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  GetItemCommand,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';

/** Ends a middleware stack: hands a signed HTTP request to the caller's request handler, with the options of the caller's call. */
export type Terminal = (args: { readonly request: unknown }) => Promise<unknown>;

/** What is used of the client beneath a wrapped one. */
export interface BaseClient {
  readonly config: object;
  readonly middlewareStack: unknown;
}

/** Reads within a caller's request: they go through the plain client's middleware, and stop with the caller's abort signal and timeouts. */
export interface InternalRequests {
  get(input: GetItemCommandInput): Promise<GetItemCommandOutput>;
  batchGet(input: BatchGetItemCommandInput): Promise<BatchGetItemCommandOutput>;
}

/** The same, with writes. They are for those who guard them, and count their sendings. */
export interface OwnRequests extends InternalRequests {
  update(input: UpdateItemCommandInput): Promise<UpdateItemCommandOutput>;
}

/** The parts of the SDK's commands that its types keep to itself. */
interface Resolvable<I, O> {
  readonly input: I;
  readonly middlewareStack: { add(middleware: unknown, options: object): void };
  resolveMiddleware(stack: unknown, config: unknown, options: undefined): (command: unknown) => Promise<{ readonly output: O }>;
}

/** Requests through `client` that end at `terminal`. `redact` is the middleware that keeps values from the SDK's logger. */
export function internalRequests(client: BaseClient, terminal: () => Terminal, redact: unknown): OwnRequests {
  async function send<I, O>(command: object): Promise<O> {
    const resolvable = command as Resolvable<I, O>; // every command of the SDK has these; its types fix the client's
    resolvable.middlewareStack.add(redact, { name: 'fieldsealRedact', step: 'initialize', priority: 'high', override: true });
    const end = terminal();
    const { requestHandler } = client.config as { readonly requestHandler: { readonly metadata?: unknown } };
    const { metadata } = requestHandler;
    const config = { ...client.config, requestHandler: { metadata, handle: (request: unknown) => end({ request }) } };
    const { output } = await resolvable.resolveMiddleware(client.middlewareStack, config, undefined)(command);
    return output;
  }
  return {
    get: input => send(new GetItemCommand(input)),
    batchGet: input => send(new BatchGetItemCommand(input)),
    update: input => send(new UpdateItemCommand(input)),
  };
}
