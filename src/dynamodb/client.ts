import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FieldsealError } from '../errors.ts';
import type { BoundTable } from '../schema/table.ts';
import type { Call, CommandRules, Shape } from './commands/command.ts';
import { snapshot, tableName } from './commands/tables-of.ts';
import { openErrorItem, unopenedOutput, untranslated } from './failures.ts';
import { routeOf } from './route.ts';
import { type TableCipher, type TableCipherOptions, tableCipher } from './table-cipher.ts';
import type { TranslateOptions } from './validate-attributes.ts';

/** Options of {@link encryptedDocumentClient} and {@link encryptedClient}; they hold for all tables. */
export interface EncryptedClientOptions extends TableCipherOptions {
  /** The encrypted tables: `users.at('users-prod')`. All other tables pass through. */
  readonly tables: readonly BoundTable[];
}

/**
 * A document client that encrypts and decrypts the items of the given tables. A new client of the same class; the one given is left as it is.
 * Throws CONFIG_INVALID or KEYRING_REFUSED; its calls fail with the codes of `docs/errors.md` next to the SDK's own errors.
 */
export function encryptedDocumentClient<C extends DynamoDBDocumentClient>(client: C, options: EncryptedClientOptions): C {
  return encrypted(client, options);
}

/** As {@link encryptedDocumentClient}, for clients that speak DynamoDB's own form. A document client over the result is encrypted too. */
export function encryptedClient<C extends DynamoDBClient>(client: C, options: EncryptedClientOptions): C {
  return encrypted(client, options);
}

/** What is used of a client, a middleware stack and a middleware, whatever their version. */
interface ClientLike {
  readonly config: object;
  readonly middlewareStack: { readonly concat: unknown };
  destroy(): void;
}
interface Stack {
  clone(): Stack;
  concat(from: Stack): Stack;
  identify(): string[];
  add(middleware: Middleware, options: object): void;
  addRelativeTo(middleware: Middleware, options: object): void;
}
interface Args {
  readonly input: Shape;
}
interface Result {
  readonly output: Shape;
}
type Next = (args: Args) => Promise<Result>;
type Middleware = (next: Next, context: Context) => Next;

/** What one request's hooks share. The SDK hands the same context object to every middleware of a request. */
interface Context {
  readonly commandName?: string;
  /** Read by the SDK's logger when it logs. */
  dynamoDbDocumentClientOptions?: object;
  [STATE]?: State;
}
interface State extends Call {
  readonly rules: CommandRules;
  /** How far the request came: the SDK's translation between JavaScript and DynamoDB values lies outside `translated` and `opened`. */
  progress: 'prepared' | 'translated' | 'opened';
  /** Thrown inside the SDK's retry loop, a failure to decrypt would send the request again: it is kept until the loop is left. */
  failure?: unknown;
}

type Ciphers = ReadonlyMap<string, TableCipher>;

/** What all requests of one wrapped client share. */
interface Wrapping {
  readonly ciphers: Ciphers;
  readonly translate: TranslateOptions;
  readonly config: object;
}

const STATE = Symbol('fieldseal');
const hookedStacks = new WeakSet<object>();

function encrypted<C extends ClientLike>(client: C, options: EncryptedClientOptions): C {
  if (typeof client?.middlewareStack?.concat !== 'function' || typeof client.config !== 'object') {
    throw new FieldsealError('CONFIG_INVALID', 'the client must be a client of the AWS SDK for JavaScript, version 3');
  }
  if (hookedStacks.has(client.middlewareStack))
    throw new FieldsealError('CONFIG_INVALID', 'the client is encrypted already; wrap the plain one');
  refuseCachedHandlers(client.config);
  const ciphers = ciphersOf(options);
  const copy: C = Object.create(Object.getPrototypeOf(client), Object.getOwnPropertyDescriptors(client));
  const { translateConfig = {} } = client.config as { translateConfig?: TranslateOptions }; // only document clients have one
  const wrapping: Wrapping = { ciphers, translate: translateConfig, config: client.config };
  const stack = hooked(client.middlewareStack as unknown as Stack, wrapping); // the SDK's class, of which Stack is what we use
  Object.defineProperty(copy, 'middlewareStack', { value: stack, writable: true, enumerable: true, configurable: true });
  const destroy = (): void => {
    for (const cipher of ciphers.values()) cipher.setup.signingKeys.dispose();
    client.destroy();
  };
  Object.defineProperty(copy, 'destroy', { value: destroy, writable: true, enumerable: false, configurable: true });
  return copy;
}

function ciphersOf({ tables, ...options }: EncryptedClientOptions): Ciphers {
  if (!Array.isArray(tables) || tables.length === 0)
    throw new FieldsealError('CONFIG_INVALID', 'tables must name at least one table: [users.at("users-prod")]');
  const ciphers = new Map<string, TableCipher>();
  for (const [i, bound] of tables.entries()) {
    if (typeof bound?.physicalName !== 'string')
      throw new FieldsealError('CONFIG_INVALID', `tables[${i}] is not bound to a table: users.at('users-prod')`);
    const { table, physicalName } = bound;
    const name = tableName(physicalName);
    if (ciphers.has(name)) throw new FieldsealError('CONFIG_INVALID', `tables names "${name}" twice`);
    ciphers.set(name, tableCipher(table, options));
  }
  return ciphers;
}

/**
 * A copy of a client's stack that adds the hooks whenever the SDK joins it with a command's: only then is it known whether the command
 * translates JavaScript values, and the hooks have their place on the inner side of that.
 */
function hooked(base: Stack, wrapping: Wrapping): Stack {
  const stack = base.clone();
  const { clone, concat } = stack;
  stack.concat = from => install(concat(from), wrapping);
  stack.clone = () => hooked({ ...stack, clone }, wrapping); // the SDK's own clone of this stack, which keeps what users added to it
  hookedStacks.add(stack);
  return stack;
}

function install(stack: Stack, { ciphers, translate, config }: Wrapping): Stack {
  const document = stack.identify().some(name => name.startsWith('DocumentMarshall'));
  const place = (toDocument: string, otherwise: string): object =>
    document ? { relation: 'after', toMiddleware: toDocument } : { relation: 'before', toMiddleware: otherwise };
  stack.add(outerHook(ciphers, document, translate, config), {
    name: 'fieldsealCall',
    step: 'initialize',
    priority: 'high',
    override: true,
  });
  stack.addRelativeTo(encryptHook(ciphers), {
    name: 'fieldsealEncrypt',
    ...place('DocumentMarshall', 'serializerMiddleware'),
    override: true,
  });
  stack.addRelativeTo(decryptHook, { name: 'fieldsealDecrypt', ...place('DocumentUnmarshall', 'deserializerMiddleware'), override: true });
  return stack;
}

function outerHook(ciphers: Ciphers, document: boolean, translate: TranslateOptions, config: object): Middleware {
  return (next, context) => async args => {
    refuseCachedHandlers(config);
    const route = routeOf(ciphers, nameOf(context), args.input);
    if (route === undefined) return next(args);
    const state: State = { ...route, document, translate, progress: 'prepared' };
    context[STATE] = state;
    context.dynamoDbDocumentClientOptions = { overrideInputFilterSensitiveLog: namesOnly, overrideOutputFilterSensitiveLog: namesOnly };
    route.rules.check(state, args.input);
    const input = await route.rules.prepare(state, args.input);
    const result = await next({ ...args, input }).catch(async (error: unknown) => {
      if (document && state.progress !== 'translated') {
        throw untranslated(error, state.progress === 'opened', route.rules.writes, state, input);
      }
      throw await openErrorItem(route.cipher, error);
    });
    if (state.failure !== undefined) throw unopenedOutput(state.failure, route.rules.writes);
    return { ...result, output: route.rules.finish(state, result.output) };
  };
}

/**
 * Other middleware may have changed the input, or the caller the object it came from, since it was looked at: what is about to be serialised is
 * copied, routed and checked again.
 */
function encryptHook(ciphers: Ciphers): Middleware {
  return (next, context) => async args => {
    const state = context[STATE];
    const input = snapshot(args.input);
    if (routeOf(ciphers, nameOf(context), input)?.cipher !== state?.cipher) {
      throw new FieldsealError(
        'OPERATION_REFUSED',
        'the table of a request changed after it was checked; change table names before the client is called',
      );
    }
    if (state === undefined) return next({ ...args, input });
    state.rules.check(state, input);
    state.progress = 'translated';
    return next({ ...args, input: await state.rules.encrypt(state, input) });
  };
}

const decryptHook: Middleware = (next, context) => async args => {
  const result = await next(args);
  const state = context[STATE];
  if (state === undefined) return result;
  try {
    const output = await state.rules.decrypt(state, result.output);
    state.progress = 'opened';
    return { ...result, output };
  } catch (error) {
    state.failure = error;
    return { ...result, output: { $metadata: result.output.$metadata } };
  }
};

function nameOf({ commandName }: Context): string {
  return commandName ?? 'a command without a name';
}

/** What the SDK's logger may show of an input or output: the names of its members. It stands outside the encryption. */
function namesOnly(shape: Shape): object {
  return Object.fromEntries(Object.keys(shape).map(name => [name, name === 'TableName' ? shape[name] : '(redacted)']));
}

/** Cached handlers share one context, and with it one request's state, among all requests. */
function refuseCachedHandlers(config: object): void {
  if ('cacheMiddleware' in config && config.cacheMiddleware === true) {
    throw new FieldsealError('CONFIG_INVALID', 'cacheMiddleware: true shares one request state among all requests; turn it off');
  }
}
