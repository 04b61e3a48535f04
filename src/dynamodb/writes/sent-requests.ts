import { Buffer } from 'node:buffer';
import { isRecord } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { tableName } from '../commands/tables-of.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { keyNamesOf } from '../reads/keys.ts';
import { serialize } from '../serialize.ts';

/** The two kinds of a write request: the member of the request, and where its key is. */
export type WriteKind = 'PutRequest' | 'DeleteRequest';

/** A write request of a batch on an encrypted table, and what became of it. */
export interface SentRequest {
  /** The caller's own objects. */
  readonly request: object;
  readonly item: object | undefined;
  readonly table: EncryptedTable;
  /** Of a put, once it is encrypted. */
  made?: { readonly plaintext: AttributeMap; readonly encrypted: AttributeMap };
  unprocessed: boolean;
}

/**
 * The write requests of one batch by table, kind and key, which no two of a batch may share. Places in a list would not do: other middleware may
 * change them, and the service answers in any order.
 */
export class SentRequests {
  readonly #tables = new Map<string, Map<string, SentRequest>>();

  /** `key` has the key attributes in DynamoDB's own form, maybe among others. A request without a complete key is left to DynamoDB to refuse. */
  add(name: string, kind: WriteKind, key: AttributeMap, sent: SentRequest): void {
    const id = idOf(sent.table, kind, key);
    if (id === undefined) return;
    const requests = this.#tables.get(name) ?? new Map<string, SentRequest>();
    this.#tables.set(name, requests.set(id, sent));
  }

  /** Throws OPERATION_REFUSED for a request that the caller did not make: it could not be given back to the caller. */
  recognise(name: string, kind: WriteKind, table: EncryptedTable, key: unknown): SentRequest | undefined {
    const id = idOf(table, kind, key);
    if (id === undefined) return undefined;
    const sent = this.#tables.get(name)?.get(id);
    if (sent !== undefined) return sent;
    throw new FieldsealError(
      'OPERATION_REFUSED',
      `table "${table.table.logicalName}": a request of the batch changed after it was checked; change requests before the client is called`,
    );
  }

  /** The caller's request that the service did not get to. Throws MALFORMED for one that was not sent, or comes twice. */
  unprocessed(name: string, table: EncryptedTable, request: unknown): object {
    const sent = KINDS.map(({ kind, member }) => {
      const part = isRecord(request) ? request[kind] : undefined;
      return isRecord(part) ? this.#find(name, idOf(table, kind, part[member])) : undefined;
    }).find(found => found !== undefined);
    if (sent === undefined || sent.unprocessed) {
      throw new FieldsealError('MALFORMED', `table "${table.table.logicalName}": UnprocessedItems holds a request that was not sent`);
    }
    sent.unprocessed = true;
    return sent.request;
  }

  *[Symbol.iterator](): Generator<SentRequest> {
    for (const requests of this.#tables.values()) yield* requests.values();
  }

  /** The service may answer with the name where it was asked with the ARN. */
  #find(name: string, id: string | undefined): SentRequest | undefined {
    if (id === undefined) return undefined;
    const others = [...this.#tables].filter(([other]) => other !== name && tableName(other) === tableName(name));
    const candidates = [this.#tables.get(name), ...others.map(([, requests]) => requests)];
    return candidates.map(requests => requests?.get(id)).find(found => found !== undefined);
  }
}

/** The kinds, and the member of each that holds the key. */
export const KINDS: readonly { readonly kind: WriteKind; readonly member: 'Item' | 'Key' }[] = [
  { kind: 'PutRequest', member: 'Item' },
  { kind: 'DeleteRequest', member: 'Key' },
];

/** The same text for the same kind and key, however numbers are written; undefined without a complete key. */
function idOf(table: EncryptedTable, kind: WriteKind, attributes: unknown): string | undefined {
  const values = keyNamesOf(table).map(name => {
    const value = isRecord(attributes) && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    try {
      const { typeId, value: bytes } = serialize(value as AttributeMap[string], 'verify'); // anything else is refused there
      return `${typeId}:${Buffer.from(bytes).toString('base64')}`;
    } catch {
      return undefined;
    }
  });
  return values.includes(undefined) ? undefined : [kind, ...values].join();
}
