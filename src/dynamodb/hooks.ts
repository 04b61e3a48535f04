import { FieldsealError } from '../errors.ts';
import type { Call, Handler, Result, Shape } from './commands/command.ts';
import { snapshot } from './commands/snapshot.ts';
import type { EncryptedTables } from './encrypted-table.ts';
import { hideItems, showItems, unopenedOutput, unreadable, untranslated } from './failures.ts';
import { type Locks, relocked, takeLocks, underLocks } from './locks/lock.ts';
import { refuseByMode } from './mode.ts';
import { type Route, routeOf, tableNamed } from './route.ts';
import type { Settings } from './settings.ts';
import type { TranslateOptions } from './validate-attributes.ts';
import { type BaseClient, internalRequests, type Terminal } from './wire.ts';
import type { ClientMemory } from './writes/memory.ts';

/** What all requests of one wrapped client share. */
export interface Wrapping {
  readonly tables: EncryptedTables;
  readonly settings: Settings;
  readonly memory: ClientMemory;
  /** The plain client. */
  readonly client: BaseClient;
}

/** What is used of a middleware stack and a middleware, whatever their version. */
export interface Stack {
  clone(): Stack;
  concat(from: Stack): Stack;
  identify(): string[];
  add(middleware: Middleware | TerminalMiddleware, options: object): void;
  addRelativeTo(middleware: Middleware, options: object): void;
}
interface Args {
  readonly input: Shape;
}
type Next = (args: Args) => Promise<Result>;
type Middleware = (next: Next, context: Context) => Next;
type TerminalMiddleware = (next: Terminal, context: Context) => Terminal;

/** What one request's hooks share. The SDK hands the same context object to every middleware of a request. */
interface Context {
  readonly commandName?: string;
  /** Read by the SDK's logger when it logs. */
  dynamoDbDocumentClientOptions?: object;
  readonly __smithy_context?: { readonly abortSignal?: AbortSignal };
  [DOUBTFUL]?: number;
  [STATE]?: State;
  [TERMINAL]?: Terminal;
}
interface State {
  readonly call: Call;
  readonly route: Route;
  readonly handler: Handler;
  /** Taken from the caller's input, since translation would lose them. */
  readonly locks: Locks;
  /** How far the request came: the SDK's translation between JavaScript and DynamoDB values lies outside `translated` and `opened`. */
  progress: 'prepared' | 'translated' | 'opened';
  /** Of the output that was opened. */
  metadata?: unknown;
  /** Thrown inside the SDK's retry loop, a failure to decrypt would send the request again: it is kept until the loop is left. */
  failure?: { readonly error: unknown };
}

const STATE: unique symbol = Symbol('fieldseal');
const TERMINAL: unique symbol = Symbol('fieldseal terminal');
const DOUBTFUL: unique symbol = Symbol('fieldseal doubtful sendings');
const wrappings = new WeakMap<object, Wrapping>();

/** True for stacks that have the hooks. */
export function isHooked(stack: object): boolean {
  return wrappings.has(stack);
}

/** What a client that has the hooks was wrapped with. */
export function wrappingOf(client: { readonly middlewareStack: object }): Wrapping | undefined {
  return wrappings.get(client.middlewareStack);
}

/**
 * A copy of a client's stack that adds the hooks whenever the SDK joins it with a command's: only then is it known whether the command
 * translates JavaScript values, and the hooks have their place on the inner side of that.
 */
export function hookedStack(base: Stack, wrapping: Wrapping): Stack {
  const stack = base.clone();
  const { clone, concat } = stack;
  stack.concat = from => install(concat(from), wrapping);
  stack.clone = () => hookedStack({ ...stack, clone }, wrapping); // the SDK's own clone of this stack, which keeps what users added to it
  wrappings.set(stack, wrapping);
  return stack;
}

function install(stack: Stack, wrapping: Wrapping): Stack {
  const document = stack.identify().some(name => name.startsWith('DocumentMarshall'));
  const place = (toDocument: string, otherwise: string): object =>
    document ? { relation: 'after', toMiddleware: toDocument } : { relation: 'before', toMiddleware: otherwise };
  stack.add(outerHook(wrapping, document), { name: 'fieldsealCall', step: 'initialize', priority: 'high', override: true });
  stack.addRelativeTo(sendHook(wrapping), {
    name: 'fieldsealSend',
    ...place('DocumentMarshall', 'serializerMiddleware'),
    override: true,
  });
  stack.addRelativeTo(decryptHook, { name: 'fieldsealDecrypt', ...place('DocumentUnmarshall', 'deserializerMiddleware'), override: true });
  if (document) {
    const around = (toMiddleware: string): object => ({ relation: 'before', toMiddleware, override: true });
    stack.addRelativeTo(marshallHook, { name: 'fieldsealMarshall', ...around('DocumentMarshall') });
    stack.addRelativeTo(unmarshallHook, { name: 'fieldsealUnmarshall', ...around('DocumentUnmarshall') });
  }
  stack.add(terminalHook, { name: 'fieldsealTerminal', step: 'deserialize', priority: 'low', override: true });
  return stack;
}

function outerHook(wrapping: Wrapping, document: boolean): Middleware {
  return (next, context) => async args => {
    refuseCachedHandlers(wrapping.client.config);
    const route = routeOf(wrapping, nameOf(context), args.input);
    if (route === undefined) return next(args);
    const call = callOf(wrapping, route, document, context);
    const handler = route.rules.handle(call);
    const { input: given, locks } = takeLocks(args.input);
    const state: State = { call, route, handler, locks, progress: 'prepared' };
    context[STATE] = state;
    redacted(context);
    refuseByMode(call, given, route.rules);
    handler.check(given);
    const input = await handler.prepare(given);
    const result = await next({ ...args, input }).catch(async (error: unknown) => {
      throw await handler.fail(showItems(error));
    });
    if (state.failure !== undefined) throw unopenedOutput(state.failure.error, route.rules.writes);
    return { ...result, output: handler.finish(result.output) };
  };
}

function callOf({ tables, settings, memory, client }: Wrapping, { commandName, table }: Route, document: boolean, context: Context): Call {
  const terminal = (): Terminal => {
    if (context[TERMINAL] === undefined) throw new FieldsealError('OPERATION_REFUSED', 'the SDK’s middleware stack was changed by others');
    return context[TERMINAL];
  };
  return Object.freeze({
    commandName,
    table,
    tableOf: (name: unknown) => tableNamed(tables, name),
    settings,
    document,
    translate: translateOf(client),
    memory,
    signal: context.__smithy_context?.abortSignal,
    doubtfulSendings: () => context[DOUBTFUL] ?? 0,
    internal: internalRequests(client, terminal, redact),
  });
}

/** A document client made over a wrapped one writes its options into the configuration that both share. */
function translateOf({ config }: BaseClient): TranslateOptions {
  return (config as { readonly translateConfig?: TranslateOptions }).translateConfig ?? {}; // only document clients have one
}

/**
 * Other middleware may have changed the input, or the caller the object it came from, since it was looked at: what is about to be serialised is
 * copied, routed and checked again.
 */
function sendHook(wrapping: Wrapping): Middleware {
  return (next, context) => async args => {
    const state = context[STATE];
    const input = snapshot(args.input);
    if (!sameTables(routeOf(wrapping, nameOf(context), input), state?.route)) {
      throw new FieldsealError(
        'OPERATION_REFUSED',
        'the table of a request changed after it was checked; change table names before the client is called',
      );
    }
    if (state === undefined) return next({ ...args, input });
    state.progress = 'translated';
    refuseByMode(state.call, input, state.route.rules);
    state.handler.check(input);
    const send = async (sent: Shape): Promise<Result> => {
      context[DOUBTFUL] = 0;
      const result = await next({ ...args, input: underLocks(sent, state.locks, state.call.commandName) });
      if (state.failure !== undefined) throw new Unopened();
      return result;
    };
    return state.handler.send(relocked(input, state.locks), send).catch((error: unknown) => unopened(hideItems(error)));
  };
}

/** Leaves the handler's send when an output could not be opened; the failure itself waits in the state. */
class Unopened extends Error {}

function unopened(error: unknown): Result {
  if (error instanceof Unopened) return { output: {} };
  throw error;
}

const decryptHook: Middleware = (next, context) => async args => {
  const state = context[STATE];
  if (state === undefined) return next(args);
  state.progress = 'translated'; // not so where the SDK sends once more
  const result = await next(args);
  try {
    const output = await state.handler.decrypt(result.output);
    state.progress = 'opened';
    state.metadata = result.output.$metadata;
    return { ...result, output };
  } catch (error) {
    state.failure = { error };
    return { ...result, output: { $metadata: result.output.$metadata } };
  }
};

/** Around the document client's translation of inputs, whose errors quote values: inside the SDK's logger, which would write them. */
const marshallHook: Middleware = (next, context) => async args =>
  next(args).catch((error: unknown) => {
    const state = context[STATE];
    throw state?.progress === 'prepared' ? untranslated(error, state.call, args.input) : error;
  });

/** Around its translation of outputs, in the same way; inside the SDK's retries, as {@link decryptHook} is. */
const unmarshallHook: Middleware = (next, context) => async args =>
  next(args).catch((error: unknown) => {
    const state = context[STATE];
    if (state?.progress !== 'opened') throw error;
    state.failure = { error: unreadable(error) };
    return { output: { $metadata: state.metadata } };
  });

/** Whether an answer says that a request was not carried out. An answer of success may still break off, and the request be sent again. */
export function isRefusal(answer: unknown): boolean {
  const { statusCode } = (answer as { readonly response?: { readonly statusCode?: number } }).response ?? {}; // of a request handler
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500;
}

/** The innermost middleware: what comes next is the caller's request handler. */
const terminalHook: TerminalMiddleware = (next, context) => {
  context[TERMINAL] = next;
  return async args => {
    const before = context[DOUBTFUL] ?? 0;
    context[DOUBTFUL] = before + 1;
    const answer = await next(args);
    if (isRefusal(answer)) context[DOUBTFUL] = before;
    return answer;
  };
};

function sameTables(one: Route | undefined, other: Route | undefined): boolean {
  return one?.tables.join() === other?.tables.join();
}

function nameOf({ commandName }: Context): string {
  return commandName ?? 'a command without a name';
}

/** What the SDK's logger may show of an input or output: the names of its members. It stands outside the encryption. */
function namesOnly(shape: Shape): object {
  return Object.fromEntries(Object.keys(shape).map(name => [name, name === 'TableName' ? shape[name] : '(redacted)']));
}

function redacted(context: Context): void {
  context.dynamoDbDocumentClientOptions = { overrideInputFilterSensitiveLog: namesOnly, overrideOutputFilterSensitiveLog: namesOnly };
}

/** Keeps the values of a request of our own from the SDK's logger. */
export const redact: Middleware = (next, context) => {
  redacted(context);
  return next;
};

/** Cached handlers share one context, and with it one request's state, among all requests. */
export function refuseCachedHandlers(config: object): void {
  if ('cacheMiddleware' in config && config.cacheMiddleware === true) {
    throw new FieldsealError('CONFIG_INVALID', 'cacheMiddleware: true shares one request state among all requests; turn it off');
  }
}
