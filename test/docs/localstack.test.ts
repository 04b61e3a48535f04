import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setUp } from '../../localstack/init.mjs';
import { handler } from '../../localstack/lambda/handler.mjs';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const options = { endpoint: 'http://127.0.0.1:9', skip: ['lambda'] };

/** Runs localstack/init.mjs to its end. */
function init(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const quiet = { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env };
  return new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve => {
    const child = execFile(process.execPath, [at('localstack/init.mjs'), ...args], { env: quiet }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** A server that says no to everything, and what it was asked. */
async function refusingServer(): Promise<{ url: string; requests: (string | undefined)[]; [Symbol.asyncDispose](): Promise<void> }> {
  const requests: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers.authorization);
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no\nand a second line' }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: () => new Promise(resolve => server.close(() => resolve())),
  };
}

describe('localstack/init.mjs stays with emulators', () => {
  it.each([
    'https://kms.us-east-1.amazonaws.com',
    'https://KMS.US-EAST-1.AMAZONAWS.COM.',
    'https://dynamodb.cn-north-1.amazonaws.com.cn',
    'https://kms.us-east-1.api.aws',
    'https://amazonaws.com',
  ])('refuses %s, even when it is allowed', async endpoint => {
    const allowHosts = [new URL(endpoint).hostname];
    await expect(setUp({ ...options, endpoint, allowHosts })).rejects.toThrow('which belongs to AWS');
    await expect(setUp({ ...options, dynamoDbEndpoint: endpoint, allowHosts })).rejects.toThrow('--dynamodb-endpoint names');
  });

  it.each(['http://10.0.0.7:4566', 'http://example.com', 'http://localhost.example.com', 'http://127.0.0.1.example.com', 'http://[::2]'])(
    'refuses %s without --allow-host',
    async endpoint => {
      await expect(setUp({ ...options, endpoint })).rejects.toThrow(`add --allow-host ${new URL(endpoint).hostname}`);
    },
  );

  it.each(['127.0.0.1:4566', 'localhost:4566', 'file:///etc/passwd', 'http://', 'http://u:p@127.0.0.1/', 'http://127.0.0.1/x'])(
    'refuses %s, which is no address of a server',
    async endpoint => {
      await expect(setUp({ ...options, endpoint })).rejects.toThrow(/^--endpoint must/);
    },
  );

  it.each(['http://127.0.0.1:9', 'http://127.1:9', 'http://[::1]:9', 'http://localhost:9', 'http://localstack.invalid:9'])(
    'calls %s',
    async endpoint => {
      await expect(setUp({ ...options, endpoint, allowHosts: ['localstack.invalid'] })).rejects.toThrow('nothing answers at http://');
    },
  );

  it('never sends credentials of the environment, nor goes where the environment says', async () => {
    await using given = await refusingServer();
    await using other = await refusingServer();
    const environment = {
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'session',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL: other.url,
      AWS_ENDPOINT_URL_KMS: other.url,
      AWS_USE_FIPS_ENDPOINT: 'true',
    };
    const { code, stdout, stderr } = await init(['--endpoint', given.url], environment);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'init: alias/fieldseal: AccessDeniedException: no\n',
    });
    expect(given.requests).toEqual([expect.stringMatching(/Credential=test\/\d+\/us-east-1\/kms\//)]);
    expect(other.requests).toEqual([]);
  });
});

describe('localstack/init.mjs', () => {
  it.each([
    [{ region: 'us-east-1', replicaRegion: 'us-east-1' }, '--replica-region must be another region'],
    [{ region: 'us east' }, 'us east is no name of a region'],
    [{ prefix: 'a/b' }, '--prefix takes'],
    [{ skip: ['kms'] }, '--skip takes nothing but lambda'],
    [{ skip: [], dynamoDbEndpoint: 'http://127.0.0.1:8' }, '--dynamodb-endpoint needs --skip lambda'],
  ])('refuses %j', async (wrong, message) => {
    await expect(setUp({ ...options, ...wrong })).rejects.toThrow(message);
  });

  it('ends with one line and a code for what it does not know', async () => {
    expect(await init(['--endpiont', 'x'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^init: .*--endpiont.*\n$/),
    });
  });

  it('has its options in --help and in docs/localstack.md', async () => {
    const { code, stdout } = await init(['--help']);
    expect(code).toBe(0);
    const inHelp = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    const inDocs = [...readFileSync(at('docs/localstack.md'), 'utf8').matchAll(/^\| `(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(inDocs).toEqual([...inHelp, '--help']);
  });
});

describe('localstack/lambda/handler.mjs', () => {
  afterEach(() => vi.restoreAllMocks());

  it('logs kinds of events and how many, and nothing else', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const dynamodb = { Keys: { id: { S: 'u-1' } }, NewImage: { ssn: { S: '123-45-6789' } } };
    const Records = ['INSERT', 'INSERT', 'REMOVE', '123-45-6789'].map(eventName => ({ eventName, dynamodb }));
    await handler({ Records });
    await handler({});
    expect(log.mock.calls).toEqual([
      ['{"records":4,"INSERT":2,"MODIFY":0,"REMOVE":1,"other":1}'],
      ['{"records":0,"INSERT":0,"MODIFY":0,"REMOVE":0,"other":0}'],
    ]);
  });
});

describe('localstack/compose.yaml', () => {
  it('pins the image that localstack/README.md speaks of', () => {
    const [, tag = ''] = /image: localstack\/localstack:(\d+\.\d+\.\d+)$/m.exec(readFileSync(at('localstack/compose.yaml'), 'utf8')) ?? [];
    expect(readFileSync(at('localstack/README.md'), 'utf8')).toContain(`LocalStack ${tag} is`);
  });
});
