import type { BranchKeyStore } from '../../../../keys/branch/store.ts';
import type { Members } from '../../members.ts';
import type { Sources } from '../../sources.ts';

/** Makes a key store of its members; `branchKeyId` is the one that will be asked for, if it is one. Throws CONFIG_INVALID. */
export type KeyStoreReader = (members: Members, sources: Sources, branchKeyId: string | undefined) => BranchKeyStore;

const DEFAULT_TYPE = 'dynamodb';

/** What `keyStore.type` can be: members for people, and how it is made. */
const KEY_STORES: ReadonlyMap<string, { readonly members: string; readonly load: () => Promise<KeyStoreReader> }> = new Map([
  [
    DEFAULT_TYPE,
    {
      members: 'table, kmsKeyArn or discoveryFilter and mrkRegion, logicalName, region, endpoint, kmsEndpoint, grantTokens',
      load: async () => (await import('./dynamodb.ts')).readDynamoDbKeyStore,
    },
  ],
  [
    'static',
    {
      members: '"type": "static", branchKeyId, version, branchKey (base64) or branchKeyEnv',
      load: async () => (await import('./static.ts')).readStaticKeyStore,
    },
  ],
]);

/** The members of every type, for people, one a line. */
export function keyStoreMembers(): string {
  return [...KEY_STORES.values()].map(({ members }) => `{ ${members} }`).join('\nor ');
}

/** Makes the key store of a hierarchical keyring. Throws CONFIG_INVALID. */
export async function readKeyStore(members: Members, sources: Sources, branchKeyId: string | undefined): Promise<BranchKeyStore> {
  const { type = DEFAULT_TYPE } = members.optionalTexts('type');
  const kind = KEY_STORES.get(type);
  if (kind === undefined) throw members.refusal('type', `must be one of ${[...KEY_STORES.keys()].join(', ')}`);
  const read = await kind.load();
  return read(members, sources, branchKeyId);
}
