import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, ReplicateKeyCommand } from '@aws-sdk/client-kms';
import { find, Problem } from './problem.mjs';

/** @typedef {import('@aws-sdk/client-kms').KMSClient} KMSClient */
/** @typedef {import('@aws-sdk/client-kms').KeyMetadata} KeyMetadata */

/**
 * The key that an alias names, made together with the alias when there is none.
 *
 * @param {KMSClient} kms
 * @param {{ alias: string, description: string, multiRegion: boolean }} wanted
 */
export async function ensureKey(kms, { alias, description, multiRegion }) {
  const found = await describe(kms, alias);
  if (found !== undefined) {
    if ((found.MultiRegion ?? false) !== multiRegion) {
      throw new Problem(`the alias names a ${multiRegion ? 'single' : 'multi'}-region key; delete it or give another --prefix`);
    }
    return { name: alias, ...usable(found), status: 'found' };
  }
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: description, MultiRegion: multiRegion }));
  const made = usable(KeyMetadata);
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: made.id }));
  return { name: alias, ...made, status: 'created' };
}

/**
 * The replica of a multi-region key.
 *
 * @param {KMSClient} kms in the region of the primary key
 * @param {KMSClient} kmsOfReplica in the other region
 * @param {{ keyId: string, description: string, replicaRegion: string }} wanted
 */
export async function ensureReplica(kms, kmsOfReplica, { keyId, description, replicaRegion }) {
  const found = await describe(kmsOfReplica, keyId);
  if (found !== undefined) return { name: keyId, ...usable(found), status: 'found' };
  const replicate = new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion: replicaRegion, Description: description });
  const { ReplicaKeyMetadata } = await kms.send(replicate);
  return { name: keyId, id: keyId, arn: arnOf(ReplicaKeyMetadata), status: 'created' };
}

/**
 * @param {KMSClient} kms
 * @param {string} KeyId
 */
async function describe(kms, KeyId) {
  return (await find('NotFoundException', () => kms.send(new DescribeKeyCommand({ KeyId }))))?.KeyMetadata;
}

/** @param {KeyMetadata | undefined} key */
function usable(key) {
  const arn = arnOf(key);
  if (key?.KeyState !== 'Enabled') throw new Problem(`${arn} is ${key?.KeyState}; enable it or give another --prefix`);
  return { id: key.KeyId ?? '', arn };
}

/** @param {KeyMetadata | undefined} key */
function arnOf(key) {
  if (key?.Arn === undefined) throw new Problem('the service gave no ARN');
  return key.Arn;
}
