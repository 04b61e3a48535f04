import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import { quoted } from '../../bytes/quoted.ts';
import { FieldsealError } from '../../errors.ts';
import { type AttributeMap, requireItem } from '../attribute-value.ts';
import { refuseAborted } from '../backoff.ts';
import { type AnyClient, type ByForm, isDocumentClient } from '../batch/client-form.ts';
import { refuseForeignKey } from '../commands/refusals.ts';
import { copyItem } from '../copy.ts';
import { type Wrapping, wrappingOf } from '../hooks.ts';
import { refuseRewritingByMode } from '../mode.ts';
import { inAttributeForm, toAttributes } from '../native.ts';
import { footerOf } from '../reads/footers.ts';
import { keyIn } from '../reads/read-item.ts';
import { keyOf } from '../rewriting/request.ts';
import { tableNamed } from '../route.ts';
import { ownCall } from './requests.ts';
import { type ReencryptionTarget, writingTo } from './reseal.ts';
import { type Item, type Reencryption, rewriteItem } from './rewrite-item.ts';

/** How items are encrypted anew. */
export interface ReencryptOptions {
  /** The name or ARN of a table that the client encrypts. */
  readonly TableName: string;
  /** What they are brought under. Suite and schema are those of the client. */
  readonly to?: ReencryptionTarget | undefined;
  /** True to write items that are current, too: for a raw key that has new bytes under its old name. */
  readonly force?: boolean | undefined;
  /** Stops requests and pauses. The call then fails with an error named AbortError. */
  readonly abortSignal?: AbortSignal | undefined;
}

/** Which item {@link reencrypt} works on. */
export type ReencryptSubject<C extends AnyClient> =
  /** As it is stored: as a client without encryption read it, whole, in either form. */
  | { readonly item: object; readonly Key?: undefined }
  /** It is read first. */
  | { readonly Key: ByForm<C, Record<string, NativeAttributeValue>, AttributeMap>; readonly item?: undefined };

/** The input of {@link reencrypt}. */
export type ReencryptInput<C extends AnyClient> = ReencryptOptions & ReencryptSubject<C>;

const MEMBERS: Readonly<Record<keyof ReencryptOptions | 'item' | 'Key', true>> = {
  TableName: true,
  item: true,
  Key: true,
  to: true,
  force: true,
  abortSignal: true,
};

/**
 * Encrypts a stored item anew: under the newest version of its branch key, another keyring, another suite, or the actions of a changed schema. `client`
 * is what `encryptedDocumentClient` or `encryptedClient` returned. The item is verified, and written back only if nobody rewrote it meanwhile; unsigned
 * attributes are left as they are, and an item that was deleted is not made again. What nobody rewrote since it was read needs one request, or none
 * when it is current. Validators do not run.
 *
 * Throws NOT_AUTHENTIC, NOT_ENCRYPTED, DECLASSIFICATION_REFUSED for attributes that the schema does not encrypt any more (unless the client's
 * `allowDeclassify` names them), ATTRIBUTE_UNKNOWN, CONCURRENT_UPDATE, UPDATE_OUTCOME_UNKNOWN, OPERATION_REFUSED for clients of another mode than `both`,
 * INPUT_INVALID, and the codes of keys. The item is untouched then, but maybe after UPDATE_OUTCOME_UNKNOWN, or an error of the SDK.
 */
export async function reencrypt<C extends AnyClient>(client: C, input: ReencryptInput<C>): Promise<Reencryption> {
  refuseUnknownMembers(input, MEMBERS);
  const { reencryptItem } = reencrypterFor(client, input);
  return reencryptItem(input);
}

/** Encrypts items of one table anew, one by one. */
export interface Reencrypter {
  /** The name of the table in DynamoDB. */
  readonly table: string;
  readonly keyNames: readonly string[];
  reencryptItem(subject: { readonly item?: object | undefined; readonly Key?: object | undefined }): Promise<Reencryption>;
}

/** Checks all but the item, once. Throws INPUT_INVALID, OPERATION_REFUSED, CONFIG_INVALID and KEYRING_REFUSED. */
export function reencrypterFor(client: AnyClient, { TableName, to, force = false, abortSignal }: ReencryptOptions): Reencrypter {
  const wrapping = wrappingWith(client);
  const bound = tableNamed(wrapping.tables, TableName);
  if (bound === undefined) throw invalid('TableName must name a table that the client encrypts');
  refuseRewritingByMode({ commandName: 'reencrypt', table: bound, settings: wrapping.settings });
  const table = writingTo(bound, to, wrapping.settings);
  const { partitionKeyName, sortKeyName } = table.table.structure;

  function itemOf({ item, Key }: Parameters<Reencrypter['reencryptItem']>[0], translate: Parameters<typeof toAttributes>[1]): Item {
    if ((item === undefined) === (Key === undefined)) throw invalid('give either an item, as it is stored, or its Key');
    const one = { table, tableName: TableName, force };
    if (Key !== undefined) {
      refuseForeignKey(table, Key);
      const key = isDocumentClient(client) ? toAttributes(requireItem(Key), translate) : requireItem(Key);
      return { ...one, key: keyOf(table, copyItem(key as AttributeMap)), stored: undefined }; // by the type of the client
    }
    if (item !== undefined && footerOf(item) !== undefined)
      throw invalid('this item was read by a client that decrypts it; give its Key, or the item as a client without encryption reads it');
    const stored = copyItem(inAttributeForm(requireItem(item), translate));
    return { ...one, key: keyOf(table, keyIn(table, stored)), stored };
  }

  return {
    table: table.name,
    keyNames: sortKeyName === undefined ? [partitionKeyName] : [partitionKeyName, sortKeyName],
    async reencryptItem(subject) {
      if (abortSignal !== undefined) refuseAborted(abortSignal);
      const call = ownCall(wrapping, abortSignal);
      return rewriteItem(call, itemOf(subject, call.translate));
    },
  };
}

/** A misspelt member would leave out, unnoticed, what it was to bring about. */
export function refuseUnknownMembers(input: object, known: object): void {
  const unknown = Object.keys(input ?? {}).find(name => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw invalid(`there is no ${quoted(unknown)}; there are ${Object.keys(known).join(', ')}`);
}

function wrappingWith(client: AnyClient): Wrapping {
  const wrapping = client?.middlewareStack === undefined ? undefined : wrappingOf(client);
  if (wrapping === undefined) throw invalid('the client must be one of encryptedDocumentClient() or encryptedClient()');
  return wrapping;
}

function invalid(what: string): FieldsealError {
  return new FieldsealError('INPUT_INVALID', `reencrypt: ${what}`);
}
