import { KMS } from '@aws-sdk/client-kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { kmsContract } from './kms-contract.ts';

describe('FakeKms', () => {
  const kms = new FakeKms();
  let url: string;
  beforeAll(async () => {
    ({ url } = await kms.listen());
  });
  afterAll(() => kms.close());

  kmsContract('FakeKms through its client object', region => kms.client({ region }), 'everything');
  kmsContract(
    'FakeKms over HTTP',
    region => new KMS({ endpoint: url, region, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } }),
    'everything',
  );
});
