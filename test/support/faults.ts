import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** What becomes of one request. `lost`: the server works it, its answer never arrives. `reset`: it never reaches the server. */
export type Fault = 'pass' | 'lost' | 'reset' | 'throttled' | 'unavailable';

/** One request on its way. */
export interface Sent {
  /** Such as `UpdateItem`. */
  readonly operation: string;
  readonly body: string;
}

/** A network between a client and a server of DynamoDB, that does what `decide` says. */
export interface FaultyNetwork extends AsyncDisposable {
  readonly client: (config?: DynamoDBClientConfig) => DynamoDBClient;
  readonly sent: readonly Sent[];
  /** Called for every request, with how many of its operation there were, this one counted. */
  decide: (sent: Sent, nth: number) => Fault | Promise<Fault>;
  /** Forgets what was sent, and lets everything pass. */
  reset(): void;
}

const ANSWERS = {
  throttled: [400, 'ProvisionedThroughputExceededException'],
  unavailable: [500, 'InternalServerError'],
} as const;

/** A proxy on a loopback port before `endpoint`. */
export async function faultyNetwork(endpoint: string): Promise<FaultyNetwork> {
  const sent: Sent[] = [];
  const clients: DynamoDBClient[] = [];

  async function work(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const one = { operation, body: body.toString() };
    sent.push(one);
    const fault = await network.decide(one, sent.filter(other => other.operation === operation).length);
    if (fault === 'reset') outgoing.destroy();
    else if (fault === 'throttled' || fault === 'unavailable') {
      const [status, type] = ANSWERS[fault];
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'try again' }));
    } else {
      const { status, headers, answer } = await forward(endpoint, incoming, body);
      if (fault === 'lost') outgoing.destroy();
      else outgoing.writeHead(status, headers).end(answer);
    }
  }

  const server = createServer((incoming, outgoing) => {
    work(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const network: FaultyNetwork = {
    sent,
    decide: () => 'pass',
    client(config = {}) {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials, ...config });
      clients.push(client);
      return client;
    },
    reset() {
      sent.length = 0;
      network.decide = () => 'pass';
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return network;
}

function forward(
  endpoint: string,
  { headers, url = '/' }: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: Record<string, string>; answer: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(url, endpoint), { method: 'POST', headers }, answer => {
      const kept = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'].flatMap(name => {
        const value = answer.headers[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      readAll(answer).then(
        bytes => resolve({ status: answer.statusCode ?? 500, headers: Object.fromEntries(kept), answer: bytes }),
        reject,
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // of a stream without encoding
  return Buffer.concat(chunks);
}
