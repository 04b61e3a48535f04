import type { Keyring } from '../../../keys/leaf.ts';
import { Members } from '../members.ts';
import type { Sources } from '../sources.ts';
import { keyStoreMembers } from './key-stores/index.ts';
import type { KeyringReader } from './keyring-reader.ts';

/** One keyring type. */
interface KeyringType {
  /** Its members, for people: those that can be left out, too. */
  readonly members: string;
  /** Loaded when a configuration names it, with the SDK that it needs. */
  readonly load: () => Promise<KeyringReader>;
}

const KMS_MEMBERS = 'region, endpoint, useFipsEndpoint, grantTokens';

/** What `keyring.type` can be. */
export const KEYRINGS: ReadonlyMap<string, KeyringType> = new Map([
  [
    'raw-aes',
    {
      members: 'keyNamespace, keyName, wrappingKey (base64) or wrappingKeyEnv (an environment variable that holds it)',
      load: async () => (await import('./raw-aes.ts')).readRawAes,
    },
  ],
  [
    'raw-rsa',
    {
      members: 'keyNamespace, keyName, publicKey or publicKeyFile, privateKey or privateKeyFile (PEM), paddingScheme',
      load: async () => (await import('./raw-rsa.ts')).readRawRsa,
    },
  ],
  ['aws-kms', { members: `kmsKeyId, ${KMS_MEMBERS}`, load: async () => (await import('./aws-kms.ts')).readAwsKms }],
  [
    'aws-kms-mrk',
    { members: `kmsKeyId of a multi-region key, ${KMS_MEMBERS}`, load: async () => (await import('./aws-kms.ts')).readAwsKmsMrk },
  ],
  [
    'aws-kms-discovery',
    {
      members: `discoveryFilter { partition, accountIDs }, mrkRegion, ${KMS_MEMBERS}; only decrypts`,
      load: async () => (await import('./aws-kms-discovery.ts')).readAwsKmsDiscovery,
    },
  ],
  [
    'hierarchical',
    {
      members: `branchKeyId or branchKeyPer { attribute, namespace }, ttlSeconds (300), keyStore:\n${keyStoreMembers()}`,
      load: async () => (await import('./hierarchical.ts')).readHierarchical,
    },
  ],
  ['multi', { members: 'generator, children', load: async () => (await import('./multi.ts')).readMulti }],
]);

/** Makes a keyring of its configuration. Throws CONFIG_INVALID, or KEYRING_REFUSED for one that cannot be used. */
export async function readKeyring(value: unknown, where: string, sources: Sources): Promise<Keyring> {
  const members = new Members(value, where);
  const kind = KEYRINGS.get(members.text('type'));
  if (kind === undefined) throw members.refusal('type', `must be one of ${[...KEYRINGS.keys()].join(', ')}`);
  const read = await kind.load();
  const keyring = await read(members, sources, (inner, path) => readKeyring(inner, path, sources));
  members.end();
  return keyring;
}
