import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KMS } from '@aws-sdk/client-kms';
import { build } from 'esbuild';
import { FakeKms } from 'fieldseal/testing';
import { describe, expect, it, vi } from 'vitest';
import { accepts } from './accepts.ts';

const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };

const SLOW_ANSWER = `
  kms.fail({ latencyMs: 600_000 });
  const aborter = new AbortController();
  const headers = { 'x-amz-target': 'TrentService.ListKeys', authorization: 'Credential=ID/20260101/us-east-1/kms/aws4_request' };
  const slow = fetch(url, { method: 'POST', headers, signal: aborter.signal }).catch(() => {});
  while (kms.count() === 0) await new Promise(resolve => setTimeout(resolve, 5));
  aborter.abort();
  await slow;`;

describe('the endpoint', () => {
  it('is opened once', async () => {
    await using kms = new FakeKms();
    const [first, second] = await Promise.all([kms.listen(), kms.listen()]);
    expect(second).toEqual(first);
  });

  it('reports a port that is taken as CONFIG_INVALID, and can be opened on another one', async () => {
    await using kms = new FakeKms();
    await using other = new FakeKms();
    const port = Number(new URL((await other.listen()).url).port);
    await expect(kms.listen({ port })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(kms.listen()).resolves.toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  });

  it('shares its keys with the in-process client', async () => {
    await using kms = new FakeKms();
    const { url } = await kms.listen();
    const { arn } = kms.createKey({ region: 'eu-west-1' });
    const { CiphertextBlob } = await new KMS({ endpoint: url, region: 'eu-west-1', credentials }).generateDataKey({
      KeyId: arn,
      KeySpec: 'AES_256',
    });
    const { KeyId } = await kms.client({ region: 'eu-west-1' }).decrypt({ CiphertextBlob });
    expect(KeyId).toBe(arn);
  });
});

describe('close', () => {
  it('frees the port, cuts slow answers short and refuses further calls', async () => {
    const kms = new FakeKms();
    const { url } = await kms.listen();
    kms.fail({ latencyMs: 60_000 });
    const overHttp = new KMS({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
    const inProcess = kms.client({ maxAttempts: 1 });
    const slow = Promise.allSettled([overHttp.listKeys({}), inProcess.listKeys({})]);
    await vi.waitFor(() => expect(kms.count()).toBe(2), { timeout: 20_000 });
    await kms.close();
    expect((await slow).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await accepts('127.0.0.1', Number(new URL(url).port))).toBe(false);
    await expect(inProcess.listKeys({})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(() => kms.client()).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    await expect(kms.listen()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await kms.close();
  });

  it.each([
    ['after close', 'await kms.close();'],
    ['even without close', ''],
    ['after a slow answer that nobody waits for any more', SLOW_ANSWER],
  ])('the process ends %s', async (_, last) => {
    const source = `
      import { FakeKms } from 'fieldseal/testing';
      const kms = new FakeKms();
      const { url } = await kms.listen();
      const answer = await fetch(url, { method: 'POST', headers: { 'x-amz-target': 'TrentService.Nothing' } });
      console.log(answer.status);
      ${last}`;
    expect(await runToItsEnd(source)).toBe('400\n');
  });
});

/** Runs a program that imports the package's sources; rejects when it does not end by itself. */
async function runToItsEnd(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldseal-'));
  try {
    const { outputFiles } = await build({
      stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@fieldseal/source'],
      external: ['@aws-sdk/*'],
    });
    const file = join(folder, 'program.mjs');
    await writeFile(file, outputFiles[0]?.text ?? '');
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 25_000 });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
