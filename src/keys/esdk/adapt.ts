import { KeyringNode, MultiKeyringNode } from '@aws-crypto/material-management-node';
import { FieldsealError } from '../../errors.ts';
import { Keyring, type Leaf } from '../leaf.ts';
import { arnIsIn, type DiscoveryFilter, parseKeyArn } from './arn.ts';
import { type EsdkClientSupplier, type EsdkKmsClient, kmsLeaf, type WatchedKeyring } from './kms.ts';
import type { NamedKeyring } from './material.ts';
import { customLeaf, rawAesLeaf, rawRsaLeaf } from './raw.ts';

/** A keyring of this library, or one of `@aws-crypto/client-node` (except its hierarchical one). */
export type KeyringInput = Keyring | KeyringNode;

/** Leaves of one ESDK keyring; `canEncrypt` is false for keyrings without a generator. */
interface Unpacked {
  readonly leaves: readonly Leaf[];
  readonly canEncrypt: boolean;
}

/** Unpacks keyrings of one kind, recognised by their members; undefined for all others. */
type Unpack = (keyring: KeyringNode) => Unpacked | undefined;

interface KmsMembers {
  readonly clientProvider: EsdkClientSupplier;
  readonly generatorKeyId?: string;
  readonly keyIds: readonly string[];
  readonly grantTokens?: string[];
  readonly isDiscovery: boolean;
  readonly discoveryFilter?: DiscoveryFilter;
}
interface MrkMembers {
  readonly client: EsdkKmsClient;
  readonly keyId: string;
  readonly grantTokens?: string[];
}
interface MrkDiscoveryMembers {
  readonly client: EsdkKmsClient;
  readonly clientRegion: unknown;
  readonly grantTokens?: string[];
  readonly discoveryFilter?: DiscoveryFilter;
}

/**
 * Turns what a caller gave into a keyring. Multi-keyrings and multi-key KMS keyrings are unpacked, because every encrypted data key needs an
 * intermediate key of its own. Throws KEYRING_REFUSED for the ESDK's hierarchical keyring, for discovery without a filter, for AES keyrings
 * without `utf8Sorting: true`, and for objects of another copy of `@aws-crypto/*`.
 */
export function keyringOf(input: KeyringInput): Keyring {
  if (input instanceof Keyring) return input;
  if (input === undefined || input === null)
    throw new FieldsealError('KEYRING_REFUSED', 'the keyring is missing; make one with fieldseal/kms');
  if (!(input instanceof KeyringNode)) {
    throw new FieldsealError(
      'KEYRING_REFUSED',
      'the keyring is neither from fieldseal/kms nor from this copy of @aws-crypto/client-node; run "npm ls @aws-crypto/material-management" and dedupe',
    );
  }
  const { leaves, canEncrypt } = unpack(input);
  if (leaves.length === 0) throw new FieldsealError('KEYRING_REFUSED', 'the keyring has no key; give it one');
  return new Keyring(leaves, canEncrypt);
}

function unpack(keyring: KeyringNode): Unpacked {
  for (const attempt of [multi, hierarchical, rawAes, rawRsa, kms, mrk, mrkDiscovery]) {
    const unpacked = attempt(keyring);
    if (unpacked !== undefined) return unpacked;
  }
  return { leaves: [customLeaf(keyring)], canEncrypt: true };
}

function kind<T>(is: (keyring: KeyringNode) => keyring is KeyringNode & T, unpackKind: (keyring: KeyringNode & T) => Unpacked): Unpack {
  return keyring => (is(keyring) ? unpackKind(keyring) : undefined);
}

const multi = kind(
  (keyring): keyring is MultiKeyringNode => keyring instanceof MultiKeyringNode,
  ({ generator, children }) => {
    const first = generator === undefined ? undefined : unpack(generator);
    const others = children.map(unpack);
    return { leaves: [first, ...others].flatMap(part => part?.leaves ?? []), canEncrypt: first?.canEncrypt ?? false };
  },
);

const hierarchical = kind(hasMembers('keyStore', 'cacheLimitTtl'), () => {
  throw new FieldsealError(
    'KEYRING_REFUSED',
    'the hierarchical keyring of @aws-crypto/client-node zeroes branch keys that other calls still use; use hierarchical() of fieldseal/kms, it reads the same key store',
  );
});

const rawAes = kind(hasMembers<NamedKeyring & { readonly _utf8Sorting: boolean }>('keyNamespace', 'keyName', '_utf8Sorting'), keyring => {
  if (keyring._utf8Sorting !== true) {
    throw new FieldsealError(
      'KEYRING_REFUSED',
      `raw AES keyring "${keyring.keyName}" must be made with utf8Sorting: true, or AWS's SDKs cannot open its items`,
    );
  }
  return { leaves: [rawAesLeaf(keyring)], canEncrypt: true };
});

const rawRsa = kind(hasMembers<NamedKeyring>('keyNamespace', 'keyName'), keyring => ({ leaves: [rawRsaLeaf(keyring)], canEncrypt: true }));

const kms = kind(hasMembers<KmsMembers>('clientProvider', 'keyIds', 'isDiscovery'), keyring => {
  const { clientProvider, generatorKeyId, keyIds, grantTokens, isDiscovery, discoveryFilter } = keyring;
  const supply = (watch: (client: EsdkKmsClient) => EsdkKmsClient) => (region: string) => {
    const client = clientProvider(region);
    return client && watch(client);
  };
  if (isDiscovery) {
    const filter = requireFilter(discoveryFilter);
    return discovery('KMS discovery', filter, watch =>
      rebuild(keyring, { clientProvider: supply(watch), grantTokens, discovery: true, discoveryFilter: filter }),
    );
  }
  const ids = generatorKeyId === undefined ? keyIds : [generatorKeyId, ...keyIds];
  const oneKey = (id: string) => (watch: (client: EsdkKmsClient) => EsdkKmsClient) =>
    rebuild(keyring, { clientProvider: supply(watch), grantTokens, generatorKeyId: id });
  return { leaves: ids.map(id => kmsLeaf(`KMS key ${id}`, oneKey(id), arn => arn === id, true)), canEncrypt: generatorKeyId !== undefined };
});

const mrk = kind(hasMembers<MrkMembers>('client', 'keyId'), keyring => {
  const { client, keyId, grantTokens } = keyring;
  const leaf = kmsLeaf(`KMS key ${keyId}`, watch => rebuild(keyring, { client: watch(client), keyId, grantTokens }), isKeyArn, true);
  return { leaves: [leaf], canEncrypt: true };
});

const mrkDiscovery = kind(hasMembers<MrkDiscoveryMembers>('client', 'clientRegion'), keyring => {
  const { client, grantTokens, discoveryFilter } = keyring;
  const filter = requireFilter(discoveryFilter);
  return discovery('KMS multi-region discovery', filter, watch =>
    rebuild(keyring, { client: watch(client), grantTokens, discoveryFilter: filter }),
  );
});

function discovery(name: string, filter: DiscoveryFilter, build: WatchedKeyring): Unpacked {
  return {
    leaves: [kmsLeaf(`${name} in accounts ${filter.accountIDs.join(', ')}`, build, arn => arnIsIn(arn, filter), false)],
    canEncrypt: false,
  };
}

function hasMembers<T extends object>(...names: readonly string[]): (keyring: KeyringNode) => keyring is KeyringNode & T {
  return (keyring): keyring is KeyringNode & T => names.every(name => name in keyring);
}

function isKeyArn(arn: string): boolean {
  return parseKeyArn(arn) !== undefined;
}

function requireFilter(filter: DiscoveryFilter | undefined): DiscoveryFilter {
  if (filter === undefined) {
    throw new FieldsealError(
      'KEYRING_REFUSED',
      'KMS discovery needs a discoveryFilter with a partition and account ids, or anybody could name the key that is called',
    );
  }
  return filter;
}

/** Another keyring of the same ESDK class: importing the class here would load the KMS SDK for callers who do not use it. */
function rebuild(keyring: KeyringNode, input: object): KeyringNode {
  const sameClass = keyring.constructor as new (options: object) => KeyringNode; // the classes have no common constructor type
  return new sameClass(input);
}
