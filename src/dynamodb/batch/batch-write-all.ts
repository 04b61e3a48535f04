import { Buffer } from 'node:buffer';
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { isRecord } from '../../bytes/objects.ts';
import { setOwn } from '../../bytes/own-property.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../commands/command.ts';
import { PlaintextDigest } from '../writes/digest.ts';
import { KINDS } from '../writes/sent-requests.ts';
import { type AnyClient, type Sender, senderFor, type WriteInput, type WriteOutput } from './client-form.ts';
import { type BatchOptions, checkedOptions } from './options.ts';
import { carriedBy, runBatch } from './run-batch.ts';

/** DynamoDB's limit for one request. */
const MOST_REQUESTS = 25;

/** What the requests of one call of {@link batchWriteAll} consumed and measured together, if the input asks for it. */
export type BatchWriteAllOutput<C extends AnyClient> = Pick<WriteOutput<C>, 'ConsumedCapacity' | 'ItemCollectionMetrics'>;

interface Element {
  readonly name: string;
  readonly request: unknown;
}

/**
 * BatchWriteItem for any number of puts and deletes, on any client: in requests of 25, and again for what DynamoDB did not get to. Two requests for
 * one item must not be in one call, for their order is not defined. Throws BATCH_INCOMPLETE when DynamoDB goes on refusing, and whatever a request
 * throws; {@link unprocessedWrites} tells what was not written.
 */
export async function batchWriteAll<C extends AnyClient>(
  client: C,
  input: WriteInput<C>,
  options: BatchOptions = {},
): Promise<BatchWriteAllOutput<C>> {
  const checked = checkedOptions(options);
  const { RequestItems, ...parameters } = input as Shape; // either form has it
  const sender = await senderFor(client);
  const capacities: ConsumedCapacity[] = [];
  const metrics: Record<string, unknown[]> = {};
  await runBatch(
    {
      elements: elementsOf(RequestItems),
      most: MOST_REQUESTS,
      writes: true,
      async send(elements) {
        const output = await sender.write({ ...parameters, RequestItems: requestItems(elements) }, checked.signal);
        if (Array.isArray(output.ConsumedCapacity)) capacities.push(...output.ConsumedCapacity);
        addLists(metrics, output.ItemCollectionMetrics);
        return unprocessedOf(sender, elements, output.UnprocessedItems);
      },
      callersForm: requestItems,
    },
    checked,
  );
  return {
    ...(capacities.length > 0 && { ConsumedCapacity: capacities }),
    ...(Object.keys(metrics).length > 0 && { ItemCollectionMetrics: metrics }),
  } as BatchWriteAllOutput<C>; // of the service's own answers, in the form of the client
}

/**
 * The caller's own requests that were not written when {@link batchWriteAll} failed, in the form of its input's `RequestItems`; undefined for other
 * errors.
 */
export function unprocessedWrites(error: unknown): NonNullable<BatchWriteCommandInput['RequestItems']> | undefined {
  return carriedBy(error) as NonNullable<BatchWriteCommandInput['RequestItems']> | undefined; // NativeAttributeValue covers both forms
}

function elementsOf(given: unknown): Element[] {
  if (!isRecord(given)) throw new FieldsealError('INPUT_INVALID', 'RequestItems must be an object of tables and their requests');
  return Object.entries(given).flatMap(([name, requests]) => {
    if (!Array.isArray(requests)) throw new FieldsealError('INPUT_INVALID', 'each table of RequestItems must have a list of requests');
    for (const request of requests) refuseCondition(request);
    return requests.map((request: unknown) => ({ name, request }));
  });
}

/** The SDK would leave it out, on every client. */
function refuseCondition(request: unknown): void {
  const parts = isRecord(request) ? Object.values(request).filter(isRecord) : [];
  if (parts.some(part => part.ConditionExpression !== undefined))
    throw new FieldsealError('INPUT_INVALID', 'requests of batches have no conditions; send a PutItem, DeleteItem or a transaction');
}

function requestItems(elements: readonly Element[]): Record<string, unknown[]> {
  const tables: Record<string, unknown[]> = {};
  for (const { name, request } of elements) addLists(tables, { [name]: [request] });
  return tables;
}

function addLists(lists: Record<string, unknown[]>, more: unknown): void {
  for (const [name, list] of Object.entries(isRecord(more) ? more : {})) {
    if (!Array.isArray(list)) continue;
    if (!Object.hasOwn(lists, name)) setOwn(lists, name, []);
    for (const element of list) lists[name]?.push(element);
  }
}

/** Of encrypted tables the very objects that were sent come back, of others copies: they are known by their content. */
function unprocessedOf(sender: Sender, sent: readonly Element[], returned: unknown): readonly Element[] {
  const back = isRecord(returned) ? elementsOf(returned) : [];
  if (back.length === 0) return [];
  const objects = new Map(sent.map(element => [element.request, element]));
  let contents: Map<string | undefined, Element> | undefined;
  const byContent = (element: Element): Element | undefined => {
    contents ??= new Map(sent.map(each => [contentOf(sender, each), each]));
    const content = contentOf(sender, element);
    return content === undefined ? undefined : contents.get(content);
  };
  return back.map(element => objects.get(element.request) ?? byContent(element) ?? element);
}

function contentOf(sender: Sender, { name, request }: Element): string | undefined {
  if (!isRecord(request)) return undefined;
  const digest = new PlaintextDigest().text(name);
  for (const { kind, member } of KINDS) {
    const part = request[kind];
    if (!isRecord(part)) continue;
    const attributes = sender.attributes(part[member]);
    if (attributes === undefined) return undefined;
    digest.text(kind).item(attributes);
  }
  return Buffer.from(digest.finish()).toString('base64');
}
