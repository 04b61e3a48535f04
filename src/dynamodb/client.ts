import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FieldsealError } from '../errors.ts';
import type { BoundTable } from '../schema/table.ts';
import type { Call, CommandRules, Shape } from './commands/command.ts';
import { tableName } from './commands/tables-of.ts';
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
  [STATE]?: State;
}
interface State extends Call {
  readonly rules: CommandRules;
  /** How far the request came: the SDK's translation between JavaScript and DynamoDB values lies outside `translated` and `opened`. */
  progress: 'prepared' | 'translated' | 'opened';
  /** Thrown inside the SDK's retry loop, a failure to decrypt would send the request again: it is kept until the loop is left. */
  failure?: unknown;
}

const STATE = Symbol('fieldseal');
const hookedStacks = new WeakSet<object>();

function encrypted<C extends ClientLike>(client: C, options: EncryptedClientOptions): C {
  if (typeof client?.middlewareStack?.concat !== 'function' || typeof client.config !== 'object') {
    throw new FieldsealError('CONFIG_INVALID', 'the client must be a client of the AWS SDK for JavaScript, version 3');
  }
  if (hookedStacks.has(client.middlewareStack))
    throw new FieldsealError('CONFIG_INVALID', 'the client is encrypted already; wrap the plain one');
  if ('cacheMiddleware' in client.config && client.config.cacheMiddleware === true) {
    throw new FieldsealError('CONFIG_INVALID', 'cacheMiddleware: true shares one request state among all requests; turn it off');
  }
  const ciphers = ciphersOf(options);
  const copy: C = Object.create(Object.getPrototypeOf(client), Object.getOwnPropertyDescriptors(client));
  const { translateConfig = {} } = client.config as { translateConfig?: TranslateOptions }; // only document clients have one
  const stack = hooked(client.middlewareStack as unknown as Stack, ciphers, translateConfig); // the SDK's class, of which Stack is what we use
  Object.defineProperty(copy, 'middlewareStack', { value: stack, writable: true, enumerable: true, configurable: true });
  const destroy = (): void => {
    for (const cipher of ciphers.values()) cipher.setup.signingKeys.dispose();
    client.destroy();
  };
  Object.defineProperty(copy, 'destroy', { value: destroy, writable: true, enumerable: false, configurable: true });
  return copy;
}

function ciphersOf({ tables, ...options }: EncryptedClientOptions): ReadonlyMap<string, TableCipher> {
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
function hooked(base: Stack, ciphers: ReadonlyMap<string, TableCipher>, translate: TranslateOptions): Stack {
  const stack = base.clone();
  const { clone, concat } = stack;
  stack.concat = from => install(concat(from), ciphers, translate);
  stack.clone = () => hooked({ ...stack, clone }, ciphers, translate);
  hookedStacks.add(stack);
  return stack;
}

function install(stack: Stack, ciphers: ReadonlyMap<string, TableCipher>, translate: TranslateOptions): Stack {
  const document = stack.identify().some(name => name.startsWith('DocumentMarshall'));
  const place = (toDocument: string, otherwise: string): object =>
    document ? { relation: 'after', toMiddleware: toDocument } : { relation: 'before', toMiddleware: otherwise };
  stack.add(outerHook(ciphers, document, translate), { name: 'fieldsealCall', step: 'initialize', priority: 'high', override: true });
  stack.addRelativeTo(encryptHook, { name: 'fieldsealEncrypt', ...place('DocumentMarshall', 'serializerMiddleware'), override: true });
  stack.addRelativeTo(decryptHook, { name: 'fieldsealDecrypt', ...place('DocumentUnmarshall', 'deserializerMiddleware'), override: true });
  return stack;
}

function outerHook(ciphers: ReadonlyMap<string, TableCipher>, document: boolean, translate: TranslateOptions): Middleware {
  return (next, context) => async args => {
    const route = routeOf(ciphers, context.commandName ?? 'a command without a name', args.input);
    if (route === undefined) return next(args);
    const state: State = { ...route, document, translate, progress: 'prepared' };
    context[STATE] = state;
    const input = await route.rules.prepare(state, args.input);
    const result = await next({ ...args, input }).catch(async (error: unknown) => {
      if (state.progress !== 'translated') {
        throw untranslated(error, state.progress === 'opened', route.rules.writes, state, input);
      }
      throw await openErrorItem(route.cipher, error);
    });
    if (state.failure !== undefined) throw unopenedOutput(state.failure, route.rules.writes);
    return { ...result, output: route.rules.finish(state, result.output) };
  };
}

const encryptHook: Middleware = (next, context) => async args => {
  const state = context[STATE];
  if (state === undefined) return next(args);
  state.progress = 'translated';
  return next({ ...args, input: await state.rules.encrypt(state, args.input) });
};

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
