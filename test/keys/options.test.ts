import { dynamoDbKeyStore, hierarchical, kms, kmsDiscovery, mrk, multi, rawAes, rawRsa } from 'fieldseal/kms';
import { memoryKeyStore } from 'fieldseal/testing';
import { describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';

const arn = 'arn:aws:kms:eu-central-1:111122223333:key/5f6b3dcc-f168-42dc-be3e-3a56b1e9e821';
const names = { keyNamespace: 'n', keyName: 'k' };
const discoveryFilter = { partition: 'aws', accountIDs: ['111122223333'] };
const store = { keyStore: memoryKeyStore(), branchKey: 'b', ttlSeconds: 60 };
const SECRET = 'MARKER-9f2c';

/** Calls a factory as JavaScript can. */
const call = (factory: (options: never) => unknown, ...given: readonly unknown[]): unknown => Reflect.apply(factory, undefined, given);

describe.each(Object.entries({ kms, mrk, kmsDiscovery, rawAes, rawRsa, multi, hierarchical, dynamoDbKeyStore }))('%s', (name, factory) => {
  it.each([
    [[], 'nothing'],
    [[SECRET], 'a text'],
    [[Buffer.from(SECRET)], 'bytes'],
  ])('takes an object', (given, got) => {
    expect(() => call(factory, ...given)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`^${name} takes an object with the options \\w+, .*; got ${got}`)),
      }),
    );
  });

  it('names an option that it does not have, and those that there are', () => {
    expect(() => call(factory, { keyId: SECRET })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`^${name}: there is no option "keyId"; there are (?!.*${SECRET})\\w+, `)),
      }),
    );
  });
});

const KMS_KEY = 'kmsKeyId must be a key id, an alias or an ARN; got';

describe('an option that cannot be is named, and its value is not', () => {
  it.each<[string, (options: never) => unknown, object]>([
    [`kms: ${KMS_KEY} nothing`, kms, { kmsKeyId: undefined }],
    [`kms: ${KMS_KEY} nothing`, kms, { kmsKeyId: null, kmsClient: {} }],
    [`kms: ${KMS_KEY} an empty text`, kms, { kmsKeyId: '' }],
    [`kms: ${KMS_KEY} a number`, kms, { kmsKeyId: 7 }],
    [`kms: ${KMS_KEY} an ARN that is not of a key or alias in KMS`, kms, { kmsKeyId: `arn:aws:s3:::${SECRET}` }],
    ['kms: kmsKeyId must be a key id, an alias or an ARN; it has white space around it', kms, { kmsKeyId: `${arn}\n` }],
    ['mrk: kmsKeyId must be a key id, an alias or an ARN; it has white space around it', mrk, { kmsKeyId: ` ${SECRET}` }],
    [`kms: ${KMS_KEY} a text that is none`, kms, { kmsKeyId: `${SECRET}/x` }],
    [`mrk: ${KMS_KEY} nothing`, mrk, {}],
    [`mrk: ${KMS_KEY} a text that is none`, mrk, { kmsKeyId: `key ${SECRET}` }],
    [
      'kms: kmsClient must be a KMSClient of @aws-sdk/client-kms; got an object that is none',
      kms,
      { kmsKeyId: arn, kmsClient: { SECRET } },
    ],
    ['mrk: region must be a text; got a number', mrk, { kmsKeyId: arn, region: 7 }],
    ['kms: endpoint must be a text; got an object that is none', kms, { kmsKeyId: arn, endpoint: new URL('http://localhost') }],
    ['kms: grantTokens must be a list of texts; got a text that is none', kms, { kmsKeyId: arn, grantTokens: SECRET }],
    ['kms: grantTokens[1] must be a text that is not empty; got nothing', kms, { kmsKeyId: arn, grantTokens: [SECRET, undefined] }],
    ['kmsDiscovery: discoveryFilter must be { partition, accountIDs }; got nothing', kmsDiscovery, {}],
    [
      'kmsDiscovery: discoveryFilter: there is no option "accountIds"; there are partition, accountIDs',
      kmsDiscovery,
      { discoveryFilter: { partition: 'aws', accountIds: [SECRET] } },
    ],
    [
      'kmsDiscovery: partition of discoveryFilter must be a text that is not empty; got nothing',
      kmsDiscovery,
      { discoveryFilter: { ...discoveryFilter, partition: undefined } },
    ],
    [
      'kmsDiscovery: accountIDs of discoveryFilter must be a list with at least one account id; got an empty list',
      kmsDiscovery,
      { discoveryFilter: { partition: 'aws', accountIDs: [] } },
    ],
    [
      'kmsDiscovery: accountIDs[0] of discoveryFilter must be an account id, a text of 12 digits; got nothing',
      kmsDiscovery,
      { discoveryFilter: { partition: 'aws', accountIDs: [undefined] } },
    ],
    ['kmsDiscovery: mrkRegion must be a text that is not empty; got an empty text', kmsDiscovery, { discoveryFilter, mrkRegion: '' }],
    ['rawAes: keyName must be a text that is not empty; got nothing', rawAes, { ...names, keyName: undefined }],
    ['rawRsa: keyNamespace must be a text that is not empty; got an empty text', rawRsa, { ...names, keyNamespace: '' }],
    ['rawRsa: give publicKey to encrypt, privateKey to decrypt, or both; got neither', rawRsa, { ...names, publicKey: undefined }],
    ['rawRsa: privateKey must be an RSA key in PEM; got a text that is none', rawRsa, { ...names, privateKey: SECRET }],
    ['rawRsa: privateKey must be an RSA key in PEM; got an empty text', rawRsa, { ...names, privateKey: '' }],
    ['multi: give a generator, children or both; got neither', multi, { generator: undefined }],
    ['multi: children must be a list of keyrings; got an object that is none', multi, { children: aesKeyring(1) }],
    [
      'hierarchical: keyStore must be a key store, such as dynamoDbKeyStore(); got nothing',
      hierarchical,
      { ...store, keyStore: undefined },
    ],
    [
      'hierarchical: branchKey must be a branch key id or a function that returns one; got nothing',
      hierarchical,
      { ...store, branchKey: undefined },
    ],
    [
      'hierarchical: ttlSeconds must be a number of seconds, more than 0 and at most 2592000; got nothing',
      hierarchical,
      { ...store, ttlSeconds: undefined },
    ],
    [
      'hierarchical: ttlSeconds must be a number of seconds, more than 0 and at most 2592000; got a text that is none',
      hierarchical,
      { ...store, ttlSeconds: '300' },
    ],
    [
      'hierarchical: ttlSeconds must be a number of seconds, more than 0 and at most 2592000; got 0',
      hierarchical,
      { ...store, ttlSeconds: 0 },
    ],
    ['hierarchical: maxEntries must be a positive integer; got 1.5', hierarchical, { ...store, maxEntries: 1.5 }],
    ['dynamoDbKeyStore: table must be a text that is not empty; got nothing', dynamoDbKeyStore, { kmsKeyArn: arn }],
    ['dynamoDbKeyStore: kmsKeyArn must be the ARN of a KMS key; got nothing', dynamoDbKeyStore, { table: 't' }],
    [
      'dynamoDbKeyStore: kmsKeyArn must be the ARN of a KMS key; got a text that is none',
      dynamoDbKeyStore,
      { table: 't', kmsKeyArn: SECRET },
    ],
    [
      'dynamoDbKeyStore: dynamoDbClient must be a DynamoDBClient of @aws-sdk/client-dynamodb; got nothing',
      dynamoDbKeyStore,
      { table: 't', kmsKeyArn: arn, dynamoDbClient: null },
    ],
  ])('%s', (message, factory, options) => {
    expect(() => call(factory, options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message }));
  });

  it.each([{ generator: null }, { generator: aesKeyring(1), children: [aesKeyring(2), undefined] }])('a missing keyring of %o', options => {
    expect(() => call(multi, options)).toThrow(
      expect.objectContaining({
        code: 'KEYRING_REFUSED',
        message: expect.stringMatching(/^multi: (generator|children\[1\]) must be a keyring; got nothing$/),
      }),
    );
  });
});

it.each(['5f6b3dcc-f168-42dc-be3e-3a56b1e9e821', 'mrk-1234', 'alias/app', 'arn:aws:kms:eu-central-1:111122223333:alias/a/b', arn])(
  'kms and mrk take %s',
  kmsKeyId => {
    for (const factory of [kms, mrk]) expect(factory({ kmsKeyId, region: 'eu-central-1' }).canEncrypt).toBe(true);
  },
);
