import { DescribeKeyCommand, GenerateDataKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const kms = new FakeKms();
const key = kms.createKey();
let url: string;

beforeAll(async () => {
  ({ url } = await kms.listen());
});
beforeEach(() => kms.reset());
afterAll(() => kms.close());

const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=ID/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=00';

/** A request as any SDK makes it. */
async function post(operation: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
      authorization: AUTHORIZATION,
      ...headers,
    },
    body,
  });
  return { status: answer.status, headers: answer.headers, json: await answer.json() };
}

describe('the JSON 1.1 protocol', () => {
  it('answers in JSON with a request id', async () => {
    const { status, headers, json } = await post('GenerateRandom', '{"NumberOfBytes":3}');
    expect({ status, json }).toEqual({ status: 200, json: { Plaintext: expect.stringMatching(/^[\w+/]{4}$/) } });
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['an operation it does not have', 'Sign', '{}', 'UnknownOperationException'],
    ['a name every object has', 'toString', '{}', 'UnknownOperationException'],
    ['a body that is not JSON', 'Encrypt', '{', 'SerializationException'],
    ['a body that is no object', 'Encrypt', '[]', 'SerializationException'],
    ['a parameter it does not have', 'Decrypt', '{"Recipient":{}}', 'UnsupportedOperationException'],
    ['grant tokens that are no list', 'Encrypt', '{"GrantTokens":"x"}', 'SerializationException'],
    ['a key spec it does not have', 'CreateKey', '{"KeySpec":"RSA_2048"}', 'UnsupportedOperationException'],
    ['a parameter of another type', 'Encrypt', '{"KeyId":7,"Plaintext":"AA=="}', 'SerializationException'],
    ['bytes that are not base64', 'Encrypt', `{"KeyId":"${key.arn}","Plaintext":"*"}`, 'SerializationException'],
    ['no key id', 'Encrypt', '{"Plaintext":"AA=="}', 'ValidationException'],
    [
      'a context that is no map of texts',
      'Encrypt',
      `{"KeyId":"${key.arn}","Plaintext":"AA==","EncryptionContext":{"a":1}}`,
      'SerializationException',
    ],
    ['a key ARN of another account', 'DescribeKey', '{"KeyId":"arn:aws:kms:us-east-1:999999999999:key/x"}', 'AccessDeniedException'],
    ['a malformed ARN', 'DescribeKey', '{"KeyId":"arn:aws:kms:us-east-1:key/x"}', 'NotFoundException'],
    ['a reserved alias', 'CreateAlias', `{"AliasName":"alias/aws/x","TargetKeyId":"${key.keyId}"}`, 'InvalidAliasNameException'],
    ['an alias in place of a key', 'DisableKey', '{"KeyId":"alias/x"}', 'NotFoundException'],
    ['a marker it did not give', 'ListKeys', '{"Marker":"x"}', 'InvalidMarkerException'],
  ])('refuses %s', async (_, operation, body, type) => {
    const { status, json } = await post(operation, body);
    expect({ status, json }).toMatchObject({ status: 400, json: { __type: type } });
  });

  it('refuses a request without a region in its credential scope', async () => {
    const { json } = await post('ListKeys', '{}', { authorization: AUTHORIZATION.replace('/kms/', '/s3/') });
    expect(json).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  it('hangs up on a body that is too long', async () => {
    await expect(post('Encrypt', JSON.stringify({ KeyId: key.arn, Plaintext: 'A'.repeat(400_000) }))).rejects.toThrow();
  });
});

describe('the client object', () => {
  it('is a client of the SDK: it takes commands, and knows its region', async () => {
    const warn = vi.spyOn(console, 'warn');
    const client = kms.client({ region: 'us-east-1' });
    expect(client).toBeInstanceOf(KMSClient);
    expect(await client.config.region()).toBe('us-east-1');
    const { Plaintext } = await client.send(new GenerateDataKeyCommand({ KeyId: key.arn, KeySpec: 'AES_256' }));
    expect(Plaintext).toHaveLength(32);
    expect(warn).not.toHaveBeenCalled();
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: key.keyId }));
    expect(KeyMetadata).toMatchObject({ Arn: key.arn, Enabled: true, CreationDate: expect.any(Date) });
    await expect(
      client.send(new SignCommand({ KeyId: key.arn, Message: new Uint8Array(1), SigningAlgorithm: 'ED25519_SHA_512' })),
    ).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });

  it('works in any partition and with FIPS endpoints', async () => {
    const { arn } = kms.createKey({ region: 'us-gov-west-1' });
    expect(arn).toMatch(/^arn:aws-us-gov:kms:us-gov-west-1:111122223333:key\//);
    const { KeyId } = await kms
      .client({ region: 'us-gov-west-1', useFipsEndpoint: true })
      .generateDataKey({ KeyId: arn, KeySpec: 'AES_256' });
    expect(KeyId).toBe(arn);
  });
});

describe('the call log', () => {
  it('keeps what was asked, in order, and what became of it', async () => {
    const client = kms.client();
    const encryptionContext = { tenant: 'a' };
    const { CiphertextBlob } = await client.generateDataKey({ KeyId: key.keyId, KeySpec: 'AES_256', EncryptionContext: encryptionContext });
    await client.decrypt({ CiphertextBlob, EncryptionContext: encryptionContext });
    await client.encrypt({ KeyId: 'alias/none', Plaintext: new Uint8Array(1) }).catch(() => {});
    const keyArns = [key.arn];
    expect(kms.calls).toEqual([
      { operation: 'GenerateDataKey', region: 'us-east-1', keyId: key.keyId, keyArns, encryptionContext, outcome: 'ok' },
      { operation: 'Decrypt', region: 'us-east-1', keyId: undefined, keyArns, encryptionContext, outcome: 'ok' },
      {
        operation: 'Encrypt',
        region: 'us-east-1',
        keyId: 'alias/none',
        keyArns: [],
        encryptionContext: undefined,
        outcome: 'NotFoundException',
      },
    ]);
    expect([kms.count(), kms.count('Decrypt'), kms.count('ReEncrypt')]).toEqual([3, 1, 0]);
  });

  it('shows a call that is not answered yet', async () => {
    using _ = kms.fail({ latencyMs: 50 });
    const call = kms.client().listKeys({});
    await expect.poll(() => kms.calls[0]?.outcome, { interval: 5 }).toBe('pending');
    await call;
    expect(kms.calls[0]?.outcome).toBe('ok');
  });

  it('is emptied by reset, which keeps the keys', async () => {
    await kms.client().listKeys({});
    kms.reset();
    expect([kms.count(), kms.calls]).toEqual([0, []]);
    await expect(kms.client().describeKey({ KeyId: key.arn })).resolves.toBeDefined();
  });
});

describe('createKey', () => {
  it('makes aliases and replicas, and no record', async () => {
    const { arn, replicaArns } = kms.createKey({ region: 'eu-west-1', alias: 'alias/multi', replicaRegions: ['eu-north-1'] });
    expect(kms.count()).toBe(0);
    expect(replicaArns).toEqual([arn.replace('eu-west-1', 'eu-north-1')]);
    const { KeyMetadata } = await kms.client({ region: 'eu-west-1' }).describeKey({ KeyId: 'alias/multi' });
    expect(KeyMetadata).toMatchObject({
      Arn: arn,
      MultiRegionConfiguration: { MultiRegionKeyType: 'PRIMARY', ReplicaKeys: [{ Arn: replicaArns[0], Region: 'eu-north-1' }] },
    });
  });

  it('refuses what cannot be, and an account that is none', () => {
    kms.createKey({ alias: 'alias/taken' });
    expect(() => kms.createKey({ alias: 'alias/taken' })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => kms.createKey({ alias: 'no-prefix' })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => kms.createKey({ region: 'eu-west-1', replicaRegions: ['eu-west-1'] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
    expect(() => new FakeKms({ account: '1' })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('a primary with replicas that is scheduled for deletion waits for them', async () => {
    const client = kms.client();
    const { arn } = kms.createKey({ replicaRegions: ['eu-west-1'] });
    expect(await client.scheduleKeyDeletion({ KeyId: arn, PendingWindowInDays: 7 })).toMatchObject({ KeyState: 'PendingReplicaDeletion' });
    const { KeyMetadata } = await client.describeKey({ KeyId: arn });
    expect(KeyMetadata).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingDeletionWindowInDays: 7 });
    expect(KeyMetadata).not.toHaveProperty('DeletionDate');
  });
});
