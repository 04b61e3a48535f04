import { Buffer } from 'node:buffer';
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import { isRecord } from '../../bytes/objects.ts';
import { setOwn } from '../../bytes/own-property.ts';
import { FieldsealError } from '../../errors.ts';
import type { Shape } from '../commands/command.ts';
import { tableName } from '../commands/tables-of.ts';
import { type ItemFailure, itemFailures, rememberFailures } from '../reads/item-failures.ts';
import { PlaintextDigest } from '../writes/digest.ts';
import { type AnyClient, type GetInput, type GetOutput, type Sender, senderFor } from './client-form.ts';
import { withKeys } from './key-projection.ts';
import { type BatchOptions, checkedOptions } from './options.ts';
import { carriedBy, runBatch } from './run-batch.ts';

/** DynamoDB's limit for one request. */
const MOST_KEYS = 100;

type Item<C extends AnyClient> = NonNullable<GetOutput<C>['Responses']>[string][number];

/** What {@link batchGetAll} read. */
export interface BatchGetAllOutput<C extends AnyClient> {
  /** Of each table an item for each of its `Keys`, in their order; undefined where there is none, or where it could not be opened (`itemFailures`). */
  readonly items: Record<string, (Item<C> | undefined)[]>;
  /** What the requests consumed, if the input asks for it. */
  readonly ConsumedCapacity?: ConsumedCapacity[];
}

/** A table of the input, and what is read of it. */
interface Part {
  readonly name: string;
  /** As the caller gave it. */
  readonly given: Shape;
  readonly keyNames: readonly string[];
  /** What is sent next to the keys: a projection has the key in it, by which items are told apart. */
  readonly sent: Shape;
  readonly added: readonly string[];
  readonly items: unknown[];
}

/** A key, and where in the result its item belongs: a key that is given twice is read once. */
interface Element {
  readonly part: Part;
  readonly id: string;
  readonly key: unknown;
  readonly places: number[];
}

/**
 * BatchGetItem for any number of keys, on any client: in requests of 100, and again for what DynamoDB did not get to. Throws BATCH_INCOMPLETE when
 * DynamoDB goes on refusing, and whatever a request throws; {@link unprocessedKeys} tells what was not read.
 */
export async function batchGetAll<C extends AnyClient>(
  client: C,
  input: GetInput<C>,
  options: BatchOptions = {},
): Promise<BatchGetAllOutput<C>> {
  const checked = checkedOptions(options);
  const { RequestItems, ...parameters } = input as Shape; // either form has it
  const sender = await senderFor(client);
  const parts = partsOf(RequestItems);
  const elements = new Map(parts.flatMap(part => elementsOf(sender, part)).map(element => [element.id, element]));
  const capacities: ConsumedCapacity[] = [];
  const failures: ItemFailure[] = [];

  const elementOf = (name: string, key: unknown): Element => {
    const part = parts.find(each => each.name === name) ?? parts.find(each => tableName(each.name) === tableName(name));
    const element = part && elements.get(idOf(sender, part, key) ?? '');
    if (element === undefined) throw new FieldsealError('MALFORMED', 'the answer to a batch holds an item or key that was not asked for');
    return element;
  };

  await runBatch(
    {
      elements: [...elements.values()],
      most: MOST_KEYS,
      writes: false,
      async send(chunk) {
        const output = await sender.get({ ...parameters, RequestItems: grouped(chunk, part => part.sent) }, checked.signal);
        if (Array.isArray(output.ConsumedCapacity)) capacities.push(...output.ConsumedCapacity);
        failures.push(...itemFailures(output));
        for (const [name, items] of entriesOf(output.Responses)) for (const item of listOf(items)) place(elementOf(name, item), item);
        return entriesOf(output.UnprocessedKeys).flatMap(([name, rest]) =>
          listOf(isRecord(rest) ? rest.Keys : []).map(key => elementOf(name, key)),
        );
      },
      callersForm: remaining => grouped(remaining, part => part.given),
    },
    checked,
  );
  const items: Record<string, unknown[]> = {};
  for (const part of parts) setOwn(items, part.name, part.items);
  const result = { items, ...(capacities.length > 0 && { ConsumedCapacity: capacities }) };
  rememberFailures(result, failures);
  return result as BatchGetAllOutput<C>; // of the service's own answers, in the form of the client
}

/**
 * The caller's own keys that were not read when {@link batchGetAll} failed, in the form of its input's `RequestItems`; undefined for other errors.
 */
export function unprocessedKeys(error: unknown): NonNullable<BatchGetCommandInput['RequestItems']> | undefined {
  return carriedBy(error) as NonNullable<BatchGetCommandInput['RequestItems']> | undefined; // NativeAttributeValue covers both forms
}

function partsOf(given: unknown): Part[] {
  if (!isRecord(given)) throw new FieldsealError('INPUT_INVALID', 'RequestItems must be an object of tables and their keys');
  return Object.entries(given).map(([name, part]) => {
    if (!isRecord(part) || !Array.isArray(part.Keys))
      throw new FieldsealError('INPUT_INVALID', 'each table of RequestItems must have Keys');
    const keyNames = isRecord(part.Keys[0]) ? Object.keys(part.Keys[0]) : [];
    return { name, given: part, keyNames, ...withKeys(part, keyNames), items: new Array(part.Keys.length).fill(undefined) };
  });
}

function elementsOf(sender: Sender, part: Part): Element[] {
  const elements = new Map<string, Element>();
  for (const [i, key] of listOf(part.given.Keys).entries()) {
    const id = idOf(sender, part, key);
    if (id === undefined)
      throw new FieldsealError('INPUT_INVALID', `Keys[${i}] of "${part.name}" is no key of the same names as the first`);
    const element = elements.get(id) ?? { part, id, key, places: [] };
    element.places.push(i);
    elements.set(id, element);
  }
  return [...elements.values()];
}

/** The same text for the same key of the same table, however numbers are written. `holder`: a key, or an item with it. */
function idOf(sender: Sender, { name, keyNames }: Part, holder: unknown): string | undefined {
  if (!isRecord(holder) || keyNames.length === 0) return undefined;
  const key: Record<string, unknown> = {};
  for (const keyName of keyNames) {
    if (!Object.hasOwn(holder, keyName)) return undefined;
    setOwn(key, keyName, holder[keyName]);
  }
  const attributes = sender.attributes(key);
  return attributes && Buffer.from(new PlaintextDigest().text(name).item(attributes).finish()).toString('base64');
}

/** The item is nobody else's yet: what was read for its key alone is taken off in place. */
function place({ part, places }: Element, item: unknown): void {
  if (isRecord(item)) for (const name of part.added) delete item[name];
  for (const i of places) part.items[i] = item;
}

function grouped(elements: readonly Element[], parameters: (part: Part) => Shape): Shape {
  const tables: Record<string, unknown> = {};
  for (const part of new Set(elements.map(element => element.part))) {
    const Keys = elements.filter(element => element.part === part).map(({ key }) => key);
    setOwn(tables, part.name, { ...parameters(part), Keys });
  }
  return tables;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
