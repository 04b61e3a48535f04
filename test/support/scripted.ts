import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TestDatabase } from './database.ts';

/** A body of a request or response, as JSON. */
export type Json = Record<string, unknown>;

/** One request, as it would go over the wire. */
export interface Sent {
  readonly operation: string;
  readonly body: Json;
}

/** What the service answers: a body, or an error by its name. */
export type Answer = { readonly body: Json } | { readonly error: string; readonly body?: Json };

/** A client whose requests are answered by `answer` instead of a network, and those requests. */
export function scripted(answer: (sent: Sent, nth: number) => Answer | Promise<Answer>): {
  readonly client: DynamoDBClient;
  readonly sent: Sent[];
} {
  const sent: Sent[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: HttpRequest) {
        const received = readRequest(request);
        sent.push(received);
        return responseOf(await answer(received, sent.length));
      },
    },
  });
  return { client, sent };
}

/** Which requests of a batch a database does not get to. `nth` counts requests from 1. */
export type Hold = (entry: Json, table: string, nth: number) => boolean;

/**
 * A client of a real database that does not get to all of a batch, as DynamoDB does when throughput is exceeded: what `hold` says never arrives, and
 * comes back unprocessed.
 */
export function partial(database: TestDatabase, hold: Hold): { readonly client: DynamoDBClient; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const { requestHandler } = database.client.config;
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: {
      async handle(request: HttpRequest, options: object) {
        const { operation, body } = readRequest(request);
        sent.push({ operation, body });
        const held = operation === 'BatchWriteItem' ? 'UnprocessedItems' : operation === 'BatchGetItem' ? 'UnprocessedKeys' : undefined;
        if (held === undefined) return requestHandler.handle(request as never, options);
        const split = splitTables(body.RequestItems as Tables, (entry, table) => hold(entry, table, sent.length));
        if (Object.keys(split.done).length === 0) return responseOf({ body: { Responses: {}, [held]: split.held } });
        setBody(request, { ...body, RequestItems: split.done });
        const { response } = await requestHandler.handle(request as never, options);
        const answer = await jsonOf(response.body);
        if (response.statusCode === 200) Object.assign(answer, { [held]: split.held });
        return responseOf({ body: answer }, response.statusCode);
      },
    },
  });
  return { client, sent };
}

/** An item, or a part of one, as it goes over the wire. */
export function wire(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wire(member)]));
}

/** The items that a BatchWriteItem puts into a table, as they went over the wire. */
export function putsOf(sent: Sent | undefined, table: string): unknown[] {
  const { [table]: requests = [] } = (sent?.body.RequestItems ?? {}) as Record<string, { readonly PutRequest?: Json }[]>;
  return requests.map(({ PutRequest }) => PutRequest?.Item);
}

interface HttpRequest {
  body?: unknown;
  readonly headers: Record<string, string>;
}
type Tables = Record<string, Json[] | { Keys: Json[] }>;

function splitTables(tables: Tables, hold: (entry: Json, table: string) => boolean): { done: Tables; held: Tables } {
  const done: Tables = {};
  const held: Tables = {};
  for (const [name, part] of Object.entries(tables)) {
    const entries = Array.isArray(part) ? part : part.Keys;
    const put = (target: Tables, chosen: Json[]): void => {
      if (chosen.length > 0) target[name] = Array.isArray(part) ? chosen : { ...part, Keys: chosen };
    };
    const back = entries.filter(entry => hold(entry, name));
    put(
      done,
      entries.filter(entry => !back.includes(entry)),
    );
    put(held, back);
  }
  return { done, held };
}

function readRequest(request: HttpRequest): Sent {
  const text = request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : String(request.body);
  return { operation: request.headers['x-amz-target']?.split('.')[1] ?? '', body: JSON.parse(text) };
}

function setBody(request: HttpRequest, body: Json): void {
  request.body = JSON.stringify(body);
  request.headers['content-length'] = String(Buffer.byteLength(String(request.body)));
}

async function jsonOf(body: AsyncIterable<Uint8Array>): Promise<Json> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

function responseOf(answer: Answer, statusCode = 'error' in answer ? 400 : 200): { response: never } {
  const body = 'error' in answer ? { __type: `com.amazonaws.dynamodb.v20120810#${answer.error}`, ...answer.body } : answer.body;
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': String(bytes.length) };
  return { response: { statusCode, headers, body: Readable.from([bytes]) } as never };
}
