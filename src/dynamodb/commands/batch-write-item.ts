import { isRecord } from '../../bytes/objects.ts';
import { setOwn } from '../../bytes/own-property.ts';
import { FieldsealError } from '../../errors.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { mapBounded } from '../bounded.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { lockOf } from '../locks/lock.ts';
import { toAttributes } from '../native.ts';
import { keyNamesOf } from '../reads/keys.ts';
import { KINDS, SentRequests } from '../writes/sent-requests.ts';
import type { Call, CommandRules, Handler, Result, Send, Shape } from './command.ts';
import { handler } from './handler.ts';
import { validatedItem } from './items.ts';
import { refuse, refuseForeignKey, refuseLegacy } from './refusals.ts';

/**
 * BatchWriteItem: items are validated and encrypted. `UnprocessedItems` of encrypted tables are the caller's own objects; sent again unchanged, they
 * take the bytes that were made of them.
 */
export const batchWriteItem: CommandRules = { writes: true, handle };

/** What is done with one request of a table. */
type Work = (table: EncryptedTable, name: string, request: Shape, what: string) => Promise<unknown>;

function handle(call: Call): Handler {
  const sent = new SentRequests();
  const unprocessed = new Map<string, object[]>();

  function check(input: Shape): void {
    for (const { table, requests } of encryptedParts(call, input)) {
      for (const request of requests) {
        for (const { kind, member } of KINDS) {
          const part = isRecord(request) ? request[kind] : undefined;
          if (!isRecord(part)) continue;
          refuseLegacy(table, part);
          refuseCondition(table, part);
          if (member === 'Key') refuseForeignKey(table, part.Key);
        }
      }
    }
  }

  const prepared: Work = async (table, name, request, what) => {
    const result: Record<string, unknown> = { ...request };
    for (const { kind, member } of KINDS) {
      const part = request[kind];
      if (part === undefined) continue;
      const given = isRecord(part) ? part[member] : undefined;
      const value = member === 'Item' ? await validatedItem(call, table, given, `${what}.${kind}.Item`) : given;
      const item = member === 'Item' && isRecord(given) ? given : undefined;
      sent.add(name, kind, keyOf(call, table, value), { request, item, table, unprocessed: false });
      result[kind] = { [member]: value };
    }
    return result;
  };

  const encrypted: Work = async (table, name, { PutRequest, DeleteRequest }) => {
    if (isRecord(DeleteRequest)) sent.recognise(name, 'DeleteRequest', table, DeleteRequest.Key);
    return {
      ...(PutRequest !== undefined && { PutRequest: { Item: await encryptedItem(table, name, PutRequest) } }),
      ...(DeleteRequest !== undefined && { DeleteRequest }),
    };
  };

  async function encryptedItem(table: EncryptedTable, name: string, put: unknown): Promise<AttributeMap> {
    const plaintext = (isRecord(put) ? put.Item : undefined) as AttributeMap; // validated by prepare
    const request = sent.recognise(name, 'PutRequest', table, plaintext);
    const known = request?.item && call.memory.resend.find(request.item, table, plaintext);
    const made = known ?? (await table.encrypt(plaintext));
    if (request !== undefined) request.made = { plaintext, encrypted: made };
    return made;
  }

  async function send(input: Shape, next: Send): Promise<Result> {
    const result = await next(await withEach(call, input, encrypted));
    for (const { item, table, made, unprocessed: again } of sent) {
      if (item === undefined) continue;
      if (again && made !== undefined) call.memory.resend.keep(item, table, made.plaintext, made.encrypted);
      else call.memory.resend.forget(item, table);
    }
    return result;
  }

  /** Ciphertext goes no further than here: the caller's objects take its place in {@link finish}. */
  async function decrypt(output: Shape): Promise<Shape> {
    const { UnprocessedItems } = output;
    if (!isRecord(UnprocessedItems)) return output;
    const left: Record<string, unknown> = {};
    for (const [name, requests] of Object.entries(UnprocessedItems)) {
      const table = call.tableOf(name);
      if (table !== undefined) {
        const back: readonly unknown[] = Array.isArray(requests) ? requests : [requests];
        const own = back.map(request => sent.unprocessed(name, table, request));
        unprocessed.set(name, own);
      }
      setOwn(left, name, table === undefined ? requests : []);
    }
    return { ...output, UnprocessedItems: left };
  }

  function finish(output: Shape): Shape {
    if (unprocessed.size === 0) return output;
    const UnprocessedItems: Record<string, unknown> = { ...(isRecord(output.UnprocessedItems) && output.UnprocessedItems) };
    for (const [name, requests] of unprocessed) setOwn(UnprocessedItems, name, requests);
    return { ...output, UnprocessedItems };
  }

  return handler(call, { check, prepare: input => withEach(call, input, prepared), send, decrypt, finish });
}

/** The input with what `work` makes of each request on an encrypted table. */
async function withEach(call: Call, input: Shape, work: Work): Promise<Shape> {
  const RequestItems: Record<string, unknown> = { ...(isRecord(input.RequestItems) && input.RequestItems) };
  for (const { name, table, requests } of encryptedParts(call, input)) {
    const worked = await mapBounded(requests, call.settings.concurrency, (request, i) => {
      const what = `RequestItems of "${table.name}"[${i}]`;
      if (!isRecord(request)) throw new FieldsealError('INPUT_INVALID', `${what} must be an object with a PutRequest or a DeleteRequest`);
      return work(table, name, request, what);
    });
    setOwn(RequestItems, name, worked);
  }
  return { ...input, RequestItems };
}

function encryptedParts(call: Call, { RequestItems }: Shape): { name: string; table: EncryptedTable; requests: readonly unknown[] }[] {
  return Object.entries(isRecord(RequestItems) ? RequestItems : {}).flatMap(([name, requests]) => {
    const table = call.tableOf(name);
    if (table === undefined) return [];
    if (!Array.isArray(requests)) throw new FieldsealError('INPUT_INVALID', `RequestItems of "${table.name}" must be a list of requests`);
    return [{ name, table, requests }];
  });
}

/** The SDK would leave a condition out, and with it the lock of `ifUnchanged`. */
function refuseCondition(table: EncryptedTable, part: Shape): void {
  if (part.ConditionExpression !== undefined || lockOf(part) !== undefined)
    refuse(table, 'ConditionExpression', 'is nothing that requests of batches have; send a PutItem, DeleteItem or a transaction');
}

/** The key attributes of an item or key, in DynamoDB's own form. */
function keyOf(call: Call, table: EncryptedTable, given: unknown): AttributeMap {
  if (!isRecord(given)) return {};
  if (!call.document) return given as AttributeMap; // DynamoDB's form already
  const values = keyNamesOf(table).map(name => [name, given instanceof Map ? given.get(name) : given[name]] as const);
  return toAttributes(Object.fromEntries(values.filter(([, value]) => value !== undefined)), call.translate);
}
