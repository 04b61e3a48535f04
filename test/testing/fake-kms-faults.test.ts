import { KMS } from '@aws-sdk/client-kms';
import { FakeKms, type KmsFault } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const kms = new FakeKms();
const { arn, keyId } = kms.createKey({ alias: 'alias/app' });
const other = kms.createKey();
const data = { KeyId: arn, KeySpec: 'AES_256' } as const;
let url: string;

beforeAll(async () => {
  ({ url } = await kms.listen());
});
beforeEach(() => kms.reset());
afterAll(() => kms.close());

const WAYS: readonly (readonly [string, (maxAttempts: number) => KMS])[] = [
  ['through the client object', maxAttempts => kms.client({ maxAttempts })],
  [
    'over HTTP',
    maxAttempts =>
      new KMS({ endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' }, maxAttempts }),
  ],
];

describe.each(WAYS)('faults %s', (_, client) => {
  it.each([
    ['throttle', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
    ['timeout', { name: 'TimeoutError' }],
    ['outage', { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } }],
    ['internal', { name: 'KMSInternalException', $fault: 'server', $metadata: { httpStatusCode: 500 } }],
    ['access-denied', { name: 'AccessDeniedException', message: expect.stringContaining('kms:GenerateDataKey') }],
    ['disabled', { name: 'DisabledException', message: expect.stringContaining(arn) }],
    ['pending-deletion', { name: 'KMSInvalidStateException' }],
    ['wrong-region', { name: 'NotFoundException', message: 'Invalid arn us-east-1' }],
  ] as const)('%s', async (error, expected) => {
    kms.fail({ error });
    await expect(client(1).generateDataKey(data)).rejects.toMatchObject(expected);
  });

  it('wrong-key', async () => {
    const { CiphertextBlob } = await client(1).generateDataKey(data);
    kms.fail({ error: 'wrong-key' });
    await expect(client(1).decrypt({ CiphertextBlob })).rejects.toMatchObject({ name: 'IncorrectKeyException' });
    const move = { CiphertextBlob, DestinationKeyId: other.arn };
    await expect(client(1).reEncrypt(move)).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it('wrong-plaintext', async () => {
    const { CiphertextBlob, Plaintext } = await client(1).generateDataKey(data);
    using _ = kms.fail({ error: 'wrong-plaintext' });
    const opened = await client(1).decrypt({ CiphertextBlob, KeyId: arn });
    expect(opened).toMatchObject({ KeyId: arn });
    expect(opened.Plaintext).toHaveLength(32);
    expect(opened.Plaintext).not.toEqual(Plaintext);
    expect(kms.calls.at(-1)?.outcome).toBe('ok');
  });

  it('the SDK retries what is transient, and each try is a call of its own', async () => {
    const fault = kms.fail({ error: 'throttle', times: 1 });
    const timeout = kms.fail({ error: 'timeout', times: 1 });
    const outage = kms.fail({ error: 'outage', times: 1 });
    await expect(client(4).generateDataKey(data)).resolves.toMatchObject({ KeyId: arn });
    expect(kms.calls.map(({ outcome }) => outcome)).toEqual(['ThrottlingException', 'no-answer', 'ServiceUnavailable', 'ok']);
    expect([fault.hits, timeout.hits, outage.hits]).toEqual([1, 1, 1]);
  });

  it('the SDK does not retry a denial', async () => {
    kms.fail({ error: 'access-denied' });
    await expect(client(3).generateDataKey(data)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(kms.count()).toBe(1);
  });

  it('latency alone slows a call that succeeds', async () => {
    kms.fail({ latencyMs: 60 });
    const start = performance.now();
    await client(1).generateDataKey(data);
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it('an aborted caller does not wait', async () => {
    kms.fail({ latencyMs: 60_000 });
    const aborter = new AbortController();
    const call = client(1).generateDataKey(data, { abortSignal: aborter.signal });
    setTimeout(() => aborter.abort(), 20);
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('which calls meet a fault', () => {
  const client = kms.client({ maxAttempts: 1 });
  const generate = (KeyId: string) => outcome(client.generateDataKey({ KeyId, KeySpec: 'AES_256' }));

  it('those of one operation', async () => {
    kms.fail({ operation: 'Decrypt', error: 'internal' });
    const { CiphertextBlob } = await client.generateDataKey(data);
    expect(await outcome(client.decrypt({ CiphertextBlob }))).toBe('KMSInternalException');
  });

  it.each([
    ['ARN', arn],
    ['id', keyId],
  ])('those that concern a key, given by its %s, however they name it', async (_, given) => {
    kms.fail({ keyId: given, error: 'disabled' });
    expect(await Promise.all([arn, keyId, 'alias/app', other.arn].map(generate))).toEqual([
      'DisabledException',
      'DisabledException',
      'DisabledException',
      'ok',
    ]);
  });

  it('those that name an alias, given by the alias', async () => {
    kms.fail({ keyId: 'alias/app', error: 'disabled' });
    expect(await Promise.all(['alias/app', arn].map(generate))).toEqual(['DisabledException', 'ok']);
  });

  it('Decrypt without a key id, by the key of its blob', async () => {
    const { CiphertextBlob } = await client.generateDataKey(data);
    kms.fail({ keyId, error: 'access-denied' });
    expect(await outcome(client.decrypt({ CiphertextBlob }))).toBe('AccessDeniedException');
  });

  it('those alone that can end so', async () => {
    const wrong = [kms.fail({ error: 'wrong-key' }), kms.fail({ error: 'wrong-plaintext' })];
    expect(await generate(arn)).toBe('ok');
    expect(wrong.map(({ hits }) => hits)).toEqual([0, 0]);
  });

  it('those of one region', async () => {
    const { replicaArns } = kms.createKey({ replicaRegions: ['eu-west-1'] });
    kms.fail({ region: 'eu-west-1', error: 'internal' });
    const away = kms.client({ region: 'eu-west-1', maxAttempts: 1 });
    expect(await outcome(away.generateDataKey({ KeyId: String(replicaArns[0]), KeySpec: 'AES_256' }))).toBe('KMSInternalException');
    expect(await generate(arn)).toBe('ok');
  });

  it('a number of them, until the handle is removed, or until reset', async () => {
    kms.fail({ error: 'internal', times: 2 });
    expect([await generate(arn), await generate(arn), await generate(arn)]).toEqual(['KMSInternalException', 'KMSInternalException', 'ok']);
    const lasting = kms.fail({ error: 'internal' });
    expect(await generate(arn)).toBe('KMSInternalException');
    lasting.remove();
    expect(await generate(arn)).toBe('ok');
    {
      using scoped = kms.fail({ error: 'internal' });
      expect([await generate(arn), scoped.hits]).toEqual(['KMSInternalException', 1]);
    }
    kms.fail({ error: 'internal' });
    kms.reset();
    expect(await generate(arn)).toBe('ok');
  });

  it.each<[string, KmsFault]>([
    ['nothing to do', {}],
    ['no times', { error: 'internal', times: 0 }],
    ['negative latency', { latencyMs: -1 }],
    ['an operation that cannot end so', { operation: 'GenerateDataKey', error: 'wrong-key' }],
    ['an operation that answers no plaintext', { operation: 'ReEncrypt', error: 'wrong-plaintext' }],
    // The types refuse these; plain JavaScript does not.
    ['an unknown operation', { operation: 'Sign' as 'Decrypt', error: 'internal' }],
    ['an unknown error', { error: 'toString' as 'internal' }],
  ])('a fault with %s is refused', (_, fault) => {
    expect(() => kms.fail(fault)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

async function outcome(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'ok',
    (error: Error) => error.name,
  );
}
