import { readFileSync } from 'node:fs';
import { KMSClient } from '@aws-sdk/client-kms';
import { kms, mrk, multi } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ann, encryptor } from './support.ts';

const fake = new FakeKms();
const home = fake.createKey({ replicaRegions: ['eu-west-1'] });
const single = fake.createKey();

beforeEach(() => fake.reset());
afterAll(() => fake.close());

describe('requirement 10: KMS permissions and clients', () => {
  it('every recipient is asked for GenerateDataKey and Decrypt, never for Encrypt, as the documentation says', async () => {
    const keyring = multi({
      generator: kms({ kmsKeyId: single.arn, kmsClient: fake.client() }),
      children: [mrk({ kmsKeyId: home.arn, kmsClient: fake.client() }), kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() })],
    });
    const stored = await encryptor({ keyring }).encryptAttributes(ann);
    await encryptor({ keyring }).decryptAttributes(stored);
    expect(fake.calls.map(call => call.operation)).toEqual(['GenerateDataKey', 'GenerateDataKey', 'GenerateDataKey', 'Decrypt']);
    const documented = readFileSync(new URL('../../docs/keys.md', import.meta.url), 'utf8');
    for (const permission of new Set(fake.calls.map(call => `kms:${call.operation}`))) expect(documented).toContain(permission);
    expect(documented).toContain('`kms:Encrypt` is never needed');
  });

  it('an item written under a multi-region key opens under its replica', async () => {
    const stored = await encryptor({ keyring: mrk({ kmsKeyId: home.arn, kmsClient: fake.client() }) }).encryptAttributes(ann);
    const replica = mrk({ kmsKeyId: home.replicaArns[0] ?? '', kmsClient: fake.client({ region: 'eu-west-1' }) });
    expect(await encryptor({ keyring: replica }).decryptAttributes(stored)).toEqual(ann);
    expect(fake.calls.at(-1)).toMatchObject({ operation: 'Decrypt', region: 'eu-west-1' });
  });

  it('grant tokens and the caller’s own client pass through', async () => {
    const seen: unknown[] = [];
    const kmsClient = fake.client();
    kmsClient.middlewareStack.add(next => async args => {
      seen.push((args.input as { GrantTokens?: unknown }).GrantTokens);
      return next(args);
    });
    const keyring = kms({ kmsKeyId: single.arn, kmsClient, grantTokens: ['a-grant'] });
    await encryptor({ keyring }).decryptAttributes(await encryptor({ keyring }).encryptAttributes(ann));
    expect(seen).toEqual([['a-grant'], ['a-grant']]);
  });

  it('FIPS endpoints pass through', async () => {
    const hosts: string[] = [];
    const kmsClient = new KMSClient({
      region: 'us-east-1',
      useFipsEndpoint: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request: { hostname: string }) => Promise.reject(hosts.push(request.hostname) && new Error('no network here')),
      },
    });
    await expect(encryptor({ keyring: kms({ kmsKeyId: single.arn, kmsClient }) }).encryptAttributes(ann)).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
    });
    expect(hosts).toEqual(['kms-fips.us-east-1.amazonaws.com']);
  });
});
