import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FieldsealError } from '../../errors.ts';
import type { KmsHttpResponse } from './protocol.ts';
import type { KmsService } from './service.ts';

/** Not an option: a fake KMS gives plaintext keys to whoever asks. */
const HOST = '127.0.0.1';
const MAX_BODY = 256 * 1024;

/** The fake KMS on a port of the loopback interface. It never keeps the process alive. */
export class HttpEndpoint {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://${HOST}:${port}`;
  }

  /** Port 0 takes any free one. Throws CONFIG_INVALID when the port cannot be had. */
  static async open(service: KmsService, port: number): Promise<HttpEndpoint> {
    const server = createServer((request, response) => void serve(service, request, response));
    server.on('connection', socket => socket.unref());
    try {
      server.listen({ host: HOST, port });
      await once(server, 'listening');
    } catch (error) {
      throw new FieldsealError('CONFIG_INVALID', `FakeKms cannot listen on port ${port} of ${HOST}`, { cause: error });
    }
    server.unref();
    const address = server.address();
    if (address === null || typeof address === 'string') throw new FieldsealError('CONFIG_INVALID', 'FakeKms has no port');
    return new HttpEndpoint(server, address.port);
  }

  /** Resolves when every connection is closed. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function serve(service: KmsService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Taken at once: a request that ended early has lost its socket.
  const { headers, socket } = request;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const reply = await service.handle({ headers, body: await bodyOf(request) }, { keepAlive: false, signal: gone.signal });
    if (reply === 'no-answer') socket.destroy();
    else send(response, reply);
  } catch {
    // The client went away or sent too much: there is nobody else to tell.
    socket.destroy();
  }
}

/** Throws when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BODY) throw new RangeError(`a request body is at most ${MAX_BODY} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, headers, body }: KmsHttpResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
