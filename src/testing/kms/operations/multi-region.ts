import { type KmsOperation, POLICY } from './operation.ts';

export const replicateKey: KmsOperation = {
  accepts: ['KeyId', 'ReplicaRegion', 'Description', ...POLICY],
  run(input, { keys, region }) {
    const primary = keys.key(region, input.text('KeyId'));
    const replica = keys.replicate(primary, input.text('ReplicaRegion'), input.optionalText('Description'));
    return { ReplicaKeyMetadata: replica.metadata(), ReplicaPolicy: '', ReplicaTags: [] };
  },
};

/** Takes place at once: no key is ever in the state Updating. */
export const updatePrimaryRegion: KmsOperation = {
  accepts: ['KeyId', 'PrimaryRegion'],
  run(input, { keys, region }) {
    const primary = keys.key(region, input.text('KeyId'));
    primary.handOver(input.text('PrimaryRegion'));
    return {};
  },
};
