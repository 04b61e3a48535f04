import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { quoted } from '../bytes/quoted.ts';
import { FieldsealError } from '../errors.ts';
import type { BoundTable } from '../schema/table.ts';
import { type EncryptedTables, encryptedTables } from './encrypted-table.ts';
import { hookedStack, isHooked, refuseCachedHandlers, type Stack } from './hooks.ts';
import { type ClientSettings, readSettings, SETTINGS, type Settings } from './settings.ts';
import { refuseUnknownOptions, type TableCipherOptions } from './table-cipher.ts';
import { clientMemory } from './writes/memory.ts';

/** Options of {@link encryptedDocumentClient} and {@link encryptedClient}; they hold for all tables. */
export interface EncryptedClientOptions extends TableCipherOptions, ClientSettings {
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

/** What is used of a client, whatever its version. */
interface ClientLike {
  readonly config: object;
  readonly middlewareStack: { readonly concat: unknown };
  destroy(): void;
}

function encrypted<C extends ClientLike>(client: C, options: EncryptedClientOptions): C {
  if (typeof client?.middlewareStack?.concat !== 'function' || typeof client.config !== 'object') {
    throw new FieldsealError('CONFIG_INVALID', 'the client must be a client of the AWS SDK for JavaScript, version 3');
  }
  if (isHooked(client.middlewareStack)) throw new FieldsealError('CONFIG_INVALID', 'the client is encrypted already; wrap the plain one');
  refuseCachedHandlers(client.config);
  refuseUnknownOptions(options, ['tables', ...SETTINGS]);
  const { settings, rest } = readSettings(options);
  const { tables: bound, ...cipherOptions } = rest;
  const tables = encryptedTables(bound, cipherOptions, settings.leakCheck);
  refuseUnknownNames(tables, settings);
  const wrapping = { tables, settings, memory: clientMemory(), client };
  const stack = hookedStack(client.middlewareStack as unknown as Stack, wrapping); // the SDK's class, of which Stack is what we use
  const copy: C = Object.create(Object.getPrototypeOf(client), Object.getOwnPropertyDescriptors(client));
  Object.defineProperty(copy, 'middlewareStack', { value: stack, writable: true, enumerable: true, configurable: true });
  const destroy = (): void => {
    for (const table of tables.values()) table.setup.signingKeys.dispose();
    client.destroy();
  };
  Object.defineProperty(copy, 'destroy', { value: destroy, writable: true, enumerable: false, configurable: true });
  return copy;
}

/** A misspelt name would allow nothing, or another attribute than was meant. */
function refuseUnknownNames(tables: EncryptedTables, { allowDeclassify, allowUnsignedSources }: Settings): void {
  const schemas = [...tables.values()].map(({ table }) => table);
  if (schemas.some(({ undeclaredUnsigned }) => undeclaredUnsigned === 'accept')) return; // such a configuration need not name all there is
  for (const [option, names] of Object.entries({ allowDeclassify, allowUnsignedSources })) {
    const unknown = [...names].find(name => !schemas.some(({ fields }) => fields[name] !== undefined));
    if (unknown !== undefined)
      throw new FieldsealError('CONFIG_INVALID', `${option} names ${quoted(unknown)}, which no table of the client has`);
  }
}
