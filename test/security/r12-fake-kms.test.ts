import { Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { FakeKms, memoryKeyStore, staticKeyStore, type TestOnly, trackKeys } from 'fieldseal/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accepts } from '../testing/accepts.ts';

const staticVersion = { branchKeyId: 'id', version: '00000000-0000-4000-8000-000000000000', key: new Uint8Array(32).fill(1) };

/** Everything of the test kit that holds keys. */
const HOLDERS: readonly (readonly [string, (options?: TestOnly) => object])[] = [
  ['FakeKms', options => new FakeKms(options)],
  ['memoryKeyStore', options => memoryKeyStore(options)],
  ['staticKeyStore', options => staticKeyStore({ ...staticVersion, ...options })],
  ['trackKeys', options => trackKeys(options)],
];

describe('requirement 12: the endpoint of FakeKms', () => {
  it('is bound to 127.0.0.1, whatever port is asked for', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    await using kms = new FakeKms();
    await kms.listen({ port: 0 });
    const bound = listen.mock.contexts.map(server => (server instanceof Server ? server.address() : undefined));
    listen.mockRestore();
    expect(bound).toEqual([expect.objectContaining({ address: '127.0.0.1', family: 'IPv4' })]);
  });

  it('answers at no other address of this machine', async () => {
    await using kms = new FakeKms();
    const { url } = await kms.listen();
    const { hostname, port } = new URL(url);
    expect(hostname).toBe('127.0.0.1');
    expect(await accepts('127.0.0.1', Number(port))).toBe(true);
    for (const address of otherAddresses()) expect(await accepts(address, Number(port)), address).toBe(false);
  });

  it('cannot be told to listen elsewhere', async () => {
    await using kms = new FakeKms();
    // The types refuse it; plain JavaScript does not.
    const { url } = await kms.listen({ host: '0.0.0.0', hostname: '0.0.0.0' } as object);
    expect(new URL(url).hostname).toBe('127.0.0.1');
    for (const address of otherAddresses()) expect(await accepts(address, Number(new URL(url).port)), address).toBe(false);
  });

  it('is not there before it is asked for', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    await using kms = new FakeKms();
    await kms.client().generateDataKey({ KeyId: kms.createKey().arn, KeySpec: 'AES_256' });
    expect(listen).not.toHaveBeenCalled();
    listen.mockRestore();
  });
});

describe.each(HOLDERS)('requirement 12: %s', (_, make) => {
  beforeEach(() => void vi.stubEnv('NODE_ENV', 'production'));
  afterEach(() => void vi.unstubAllEnvs());

  it('refuses NODE_ENV=production', () => {
    expect(() => make()).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('dangerouslyAllowProduction') }),
    );
    expect(() => make({ dangerouslyAllowProduction: false })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('can be insisted on', () => {
    expect(() => make({ dangerouslyAllowProduction: true })).not.toThrow();
  });

  it.each(['test', 'development', ''])('is made where NODE_ENV is "%s"', environment => {
    vi.stubEnv('NODE_ENV', environment);
    expect(() => make()).not.toThrow();
  });
});

/** Addresses of this machine that a server on 127.0.0.1 alone does not answer at. */
function otherAddresses(): string[] {
  const external = Object.values(networkInterfaces())
    .flat()
    .filter(face => face?.family === 'IPv4' && !face.internal)
    .map(face => face?.address ?? '');
  return [...external, '::1', ...(process.platform === 'linux' ? ['127.0.0.2'] : [])];
}
