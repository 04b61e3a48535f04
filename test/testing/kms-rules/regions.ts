import {
  AWAY,
  CONTEXT,
  disable,
  ELSEWHERE,
  HOME,
  idOf,
  newAlias,
  newKey,
  type Rules,
  replicated,
  SECRET,
  same,
  scheduleDeletion,
} from './rule.ts';

/** Multi-Region keys: one key material, a key of its own in each region. */
export const regionRules = {
  'a multi-Region key says so, and its id is mrk- and 32 hexadecimal digits': {
    answer: 'ok',
    async observe(home) {
      const { KeyMetadata } = await home.createKey({ MultiRegion: true });
      if (KeyMetadata?.MultiRegionConfiguration?.MultiRegionKeyType !== 'PRIMARY') return 'no multi-Region configuration';
      return /^mrk-[0-9a-f]{32}$/.test(KeyMetadata.KeyId ?? '') ? 'ok' : 'another form of id';
    },
  },
  'a replica has the same key id in its region': {
    answer: 'ok',
    async observe(home, connect) {
      const { arn, replicaArn } = await replicated(home);
      const { KeyMetadata } = await connect(AWAY).describeKey({ KeyId: idOf(arn) });
      return KeyMetadata?.Arn === replicaArn && replicaArn === arn.replace(HOME, AWAY) ? 'ok' : 'another ARN';
    },
  },
  'a replica decrypts what the primary encrypted': {
    answer: 'ok',
    async observe(home, connect) {
      const { blob, replicaArn } = await replicated(home);
      return same(await connect(AWAY).decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: replicaArn }));
    },
  },
  'a replica checks the context': {
    answer: 'InvalidCiphertextException',
    async observe(home, connect) {
      const { blob, replicaArn } = await replicated(home);
      return await connect(AWAY).decrypt({ CiphertextBlob: blob, EncryptionContext: { tenant: 'b' }, KeyId: replicaArn });
    },
  },
  'Decrypt under the primary ARN in the region of a replica': {
    answer: 'NotFoundException',
    async observe(home, connect) {
      const { blob, arn } = await replicated(home);
      return await connect(AWAY).decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: arn });
    },
  },
  'Decrypt under a multi-Region key id in a region without a replica': {
    answer: 'NotFoundException',
    async observe(home, connect) {
      const { blob, arn } = await replicated(home);
      return await connect(ELSEWHERE).decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: idOf(arn) });
    },
  },
  'Decrypt without a KeyId in a region without a replica': {
    answer: 'AccessDeniedException',
    async observe(home, connect) {
      const { blob } = await replicated(home);
      return await connect(ELSEWHERE).decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT });
    },
  },
  'a disabled replica leaves the primary usable': {
    answer: 'ok',
    async observe(home, connect) {
      const { blob, replicaArn } = await replicated(home);
      await connect(AWAY).disableKey({ KeyId: idOf(replicaArn) });
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT }));
    },
  },
  'ReplicateKey of a single-Region key': {
    answer: 'UnsupportedOperationException',
    observe: async home => home.replicateKey({ KeyId: idOf(await newKey(home)), ReplicaRegion: AWAY }),
  },
  'the primary decrypts what a replica encrypted': {
    answer: 'ok',
    async observe(home, connect) {
      const { arn, replicaArn } = await replicated(home);
      const { CiphertextBlob } = await connect(AWAY).encrypt({ KeyId: replicaArn, Plaintext: SECRET, EncryptionContext: CONTEXT });
      return same(await home.decrypt({ CiphertextBlob, EncryptionContext: CONTEXT, KeyId: arn }));
    },
  },
  'a data key of the primary opens in the region of a replica, which answers with its own ARN': {
    answer: 'ok',
    async observe(home, connect) {
      const { arn, replicaArn } = await replicated(home);
      const { CiphertextBlob } = await home.generateDataKey({ KeyId: arn, KeySpec: 'AES_256', EncryptionContext: CONTEXT });
      const { KeyId } = await connect(AWAY).decrypt({ CiphertextBlob, EncryptionContext: CONTEXT });
      return KeyId === replicaArn ? 'ok' : String(KeyId);
    },
  },
  'a replica pending deletion no longer opens': {
    answer: 'KMSInvalidStateException',
    async observe(home, connect) {
      const { blob, replicaArn } = await replicated(home);
      await scheduleDeletion(connect(AWAY), replicaArn);
      return await connect(AWAY).decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: replicaArn });
    },
  },
  'a replica knows no alias of its primary': {
    answer: 'NotFoundException',
    async observe(home, connect) {
      const { arn } = await replicated(home);
      return await connect(AWAY).encrypt({ KeyId: await newAlias(home, arn), Plaintext: SECRET });
    },
  },
  'ReplicateKey into a region that has a replica': {
    answer: 'AlreadyExistsException',
    async observe(home) {
      const { arn } = await replicated(home);
      return await home.replicateKey({ KeyId: idOf(arn), ReplicaRegion: AWAY });
    },
  },
  'ReplicateKey of a replica': {
    answer: 'UnsupportedOperationException',
    async observe(home, connect) {
      const { arn } = await replicated(home);
      return await connect(AWAY).replicateKey({ KeyId: idOf(arn), ReplicaRegion: ELSEWHERE });
    },
  },
  'ReplicateKey of a disabled key': {
    answer: 'DisabledException',
    async observe(home) {
      const { arn } = await replicated(home);
      await disable(home, arn);
      return await home.replicateKey({ KeyId: idOf(arn), ReplicaRegion: ELSEWHERE });
    },
  },
  'UpdatePrimaryRegion makes a replica the primary, and the key opens what it encrypted before': {
    answer: 'ok',
    async observe(home, connect) {
      const { arn, replicaArn, blob } = await replicated(home);
      await home.updatePrimaryRegion({ KeyId: idOf(arn), PrimaryRegion: AWAY });
      const { KeyMetadata } = await connect(AWAY).describeKey({ KeyId: replicaArn });
      const { MultiRegionKeyType, ReplicaKeys } = KeyMetadata?.MultiRegionConfiguration ?? {};
      if (MultiRegionKeyType !== 'PRIMARY' || ReplicaKeys?.[0]?.Arn !== arn) return 'the replica is no primary';
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT }));
    },
  },
  'UpdatePrimaryRegion to a region without a replica': {
    answer: 'NotFoundException',
    async observe(home) {
      const { arn } = await replicated(home);
      return await home.updatePrimaryRegion({ KeyId: idOf(arn), PrimaryRegion: ELSEWHERE });
    },
  },
  'UpdatePrimaryRegion of a single-Region key': {
    answer: 'UnsupportedOperationException',
    observe: async home => home.updatePrimaryRegion({ KeyId: idOf(await newKey(home)), PrimaryRegion: AWAY }),
  },
} satisfies Rules;
