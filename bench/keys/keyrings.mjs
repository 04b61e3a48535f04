/** The keyrings that are compared. Each makes a process that is cold: it has fetched nothing. */
import {
  AlgorithmSuiteIdentifier,
  BranchKeyStoreNode,
  buildClient,
  CommitmentPolicy,
  KmsHierarchicalKeyRingNode,
} from '@aws-crypto/client-node';
import { attributeActions } from 'fieldseal';
import { itemEncryptor } from 'fieldseal/dynamodb';
import { dynamoDbKeyStore, hierarchical, kms } from 'fieldseal/kms';
import { TABLE } from './world.mjs';

/** @typedef {{ write: (tenant: string, id: string) => Promise<unknown>, read: (stored: unknown) => Promise<string> }} Process */
/** @typedef {{ name: string, cold: (world: import('./world.mjs').World) => Process }} Contender */

const CONTEXT = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT';
const SYMMETRIC = 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384';
const TTL_SECONDS = 300;
const table = attributeActions({
  logicalTableName: 'bench',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: CONTEXT, tenantId: CONTEXT, ssn: 'ENCRYPT_AND_SIGN' },
});

/** @param {string} tenant @param {string} id */
export function secretOf(tenant, id) {
  return `secret of ${tenant}, ${id}`;
}

/** @param {import('fieldseal/kms').Keyring} keyring @returns {Process} */
function items(keyring) {
  const { encryptAttributes, decryptAttributes } = itemEncryptor({ table, keyring, algorithmSuiteId: SYMMETRIC });
  return {
    write: (tenant, id) => encryptAttributes({ id: { S: id }, tenantId: { S: tenant }, ssn: { S: secretOf(tenant, id) } }),
    read: async stored => (await decryptAttributes(/** @type {import('fieldseal/dynamodb').AttributeMap} */ (stored))).ssn?.S ?? '',
  };
}

/** @type {Contender} */
const fieldsealHierarchical = {
  name: 'fieldseal, hierarchical',
  cold: ({ fake, kmsKeyArn, database, branchKeyIds }) => {
    const keyStore = dynamoDbKeyStore({ table: TABLE, kmsKeyArn, kmsClient: fake.client(), dynamoDbClient: database });
    return items(
      hierarchical({ keyStore, branchKey: ({ attribute }) => branchKeyIds.get(attribute('tenantId')), ttlSeconds: TTL_SECONDS }),
    );
  },
};

/** @type {Contender} */
const fieldsealKms = {
  name: 'fieldseal, KMS for every item',
  cold: ({ fake, kmsKeyArn }) => items(kms({ kmsKeyId: kmsKeyArn, kmsClient: fake.client() })),
};

/** One message for each record, which covers less: the other attributes are not signed. @type {Contender} */
const esdkHierarchical = {
  name: 'AWS Encryption SDK for JavaScript, hierarchical',
  cold: ({ fake, kmsKeyArn, database, branchKeyIds }) => {
    const keyStore = new BranchKeyStoreNode({
      logicalKeyStoreName: TABLE,
      storage: { ddbTableName: TABLE, ddbClient: database },
      keyManagement: { kmsClient: fake.client() },
      kmsConfiguration: { identifier: kmsKeyArn },
    });
    const branchKeyIdSupplier = {
      /** @param {Readonly<Record<string, string>>} context */
      getBranchKeyId: context => branchKeyIds.get(context.tenant ?? '') ?? '',
    };
    const keyring = new KmsHierarchicalKeyRingNode({
      keyStore,
      branchKeyIdSupplier,
      cacheLimitTtl: TTL_SECONDS,
      maxCacheSize: 1000,
      utf8Sorting: true,
    });
    const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
    return {
      write: async (tenant, id) => (await encrypt(keyring, secretOf(tenant, id), { suiteId, encryptionContext: { tenant, id } })).result,
      read: async stored => (await decrypt(keyring, /** @type {Uint8Array} */ (stored))).plaintext.toString(),
    };
  },
};

export const CONTENDERS = [fieldsealHierarchical, esdkHierarchical, fieldsealKms];
