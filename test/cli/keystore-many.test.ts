import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordsOf } from './key-store-records.ts';
import { collect, start } from './program.ts';

const PAGES = 100;
const KEYS_A_PAGE = 1000;
/** Of the records of these branch keys, as JSON more than 100 MB, little fits. */
const HEAP_MEGABYTES = 64;

let pages = 0;
/** A DynamoDB whose table has many branch keys. */
const server = createServer(async (request, response) => {
  const page = await startOf(request);
  pages++;
  response.setHeader('content-type', 'application/x-amz-json-1.0').end(page === PAGES ? '{"Items":[]}' : itemsOf(page));
});
let endpoint = '';
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  pages = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const list = (...args: readonly string[]) =>
  start(['keystore', 'list', '--table', 'keys', '--region', 'us-east-1', '--endpoint', endpoint, ...args], {
    node: [`--max-old-space-size=${HEAP_MEGABYTES}`],
  });

describe(`fieldseal keystore list of ${PAGES * KEYS_A_PAGE} branch keys`, () => {
  it.each([
    ['as text', [], 1, (id: string) => new RegExp(`^${id} +active +1 +`)],
    ['as JSON', ['--json'], 0, (id: string) => new RegExp(`^\\{"branchKeyId":"${id}",`)],
  ])('%s, in a small heap', { timeout: 120_000 }, async (_, args, headers, expected) => {
    const child = await list(...args);
    const errors = collect(child.stderr);
    const misplaced: string[] = [];
    let seen = -headers;
    for await (const line of createInterface({ input: child.stdout })) {
      if (seen >= 0 && !expected(idOf(seen)).test(line)) misplaced.push(line);
      seen++;
    }
    expect({ seen, misplaced, stderr: (await errors).toString() }).toEqual({ seen: PAGES * KEYS_A_PAGE, misplaced: [], stderr: '' });
  });

  it('reads no more of the table than is taken, and ends quietly when nobody takes more', async () => {
    const child = await list();
    const errors = collect(child.stderr);
    await once(child.stdout, 'readable');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(pages).toBeLessThan(PAGES / 10);
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr: (await errors).toString() }).toEqual({ code: 141, stderr: '' });
  });
});

function idOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

async function startOf(request: IncomingMessage): Promise<number> {
  const { ExclusiveStartKey } = JSON.parse((await collect(request)).toString());
  return ExclusiveStartKey === undefined ? 0 : Number(ExclusiveStartKey.type.S);
}

function itemsOf(page: number): string {
  const ids = Array.from({ length: KEYS_A_PAGE }, (_, i) => idOf(page * KEYS_A_PAGE + i));
  const items = ids.flatMap(branchKeyId => recordsOf({ branchKeyId }).map(record => ({ ...record, enc: { B: 'AAAA' } })));
  return JSON.stringify({ Items: items, LastEvaluatedKey: marshall({ 'branch-key-id': 'x', type: String(page + 1) }) });
}
