import { Buffer } from 'node:buffer';
import { constants, createPrivateKey, createPublicKey, type KeyObject, privateDecrypt } from 'node:crypto';
import {
  AwsKmsMrkAwareSymmetricDiscoveryKeyringNode,
  AwsKmsMrkAwareSymmetricKeyringNode,
  KmsKeyringNode,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node';
import { FieldsealError } from '../errors.ts';
import { type KeyringInput, keyringOf } from './esdk/adapt.ts';
import type { DiscoveryFilter } from './esdk/arn.ts';
import { esdkClient, esdkClients, type KmsConnection, kmsClients, regionOf } from './kms-client.ts';
import { CONNECTION_OPTIONS, requireConnection, requireFilter, requireKmsKeyId } from './kms-options.ts';
import { Keyring } from './leaf.ts';
import { isText, kindOf, type OptionNames, refusal, requireOptions, requireText } from './options.ts';
import { RawAesLeaf, RawAesProvider } from './raw-aes.ts';
import { RereadCache, type RereadCacheOptions, rereading } from './reread-cache.ts';

/** Options of {@link kms} and {@link mrk}. */
export interface KmsOptions extends KmsConnection {
  /** Key ARN. An alias ARN or key id encrypts, but AWS's keyrings decrypt only under the ARN of a key. */
  readonly kmsKeyId: string;
  readonly grantTokens?: readonly string[];
  /** Keeps unwrapped keys of items that were read, so that reading them again calls nobody. Default: off. */
  readonly rereadCache?: RereadCacheOptions;
}

const KMS_OPTIONS: OptionNames<KmsOptions> = { kmsKeyId: true, grantTokens: true, rereadCache: true, ...CONNECTION_OPTIONS };

/**
 * One KMS key (aws-kms-keyring.md). Needs kms:GenerateDataKey to write and kms:Decrypt to read, never kms:Encrypt. Each item written is one
 * KMS call, each item read another: see {@link hierarchical} for fewer. Throws CONFIG_INVALID for an id that KMS could not take.
 */
export function kms(options: KmsOptions): Keyring {
  const { kmsKeyId, grantTokens, rereadCache, ...connection } = checkedKmsOptions('kms', options);
  const keyring = made(
    'kms',
    () => new KmsKeyringNode({ generatorKeyId: kmsKeyId, clientProvider: supplier(connection), ...tokens(grantTokens) }),
  );
  return withRereads('kms', keyring, rereadCache);
}

// The ESDK's types ask for the SDK's whole KMS class where its keyrings call three methods: hence the casts of clients below.

/** One multi-region KMS key (aws-kms-mrk-keyring.md): opens what any replica wrapped, by calling `kmsKeyId` alone. Otherwise as {@link kms}. */
export function mrk(options: KmsOptions): Keyring {
  const { kmsKeyId, grantTokens, rereadCache, ...connection } = checkedKmsOptions('mrk', options);
  const keyring = made('mrk', () => {
    const client = kmsClients(connection)(regionOf(kmsKeyId));
    return new AwsKmsMrkAwareSymmetricKeyringNode({ keyId: kmsKeyId, client: esdkClient(client) as never, ...tokens(grantTokens) });
  });
  return withRereads('mrk', keyring, rereadCache);
}

/** Options of {@link kmsDiscovery}. */
export interface KmsDiscoveryOptions extends KmsConnection {
  /** Keys of other partitions or accounts are never called. */
  readonly discoveryFilter: DiscoveryFilter;
  /** Give a region to call replicas of multi-region keys there (aws-kms-mrk-discovery-keyring.md). */
  readonly mrkRegion?: string;
  readonly grantTokens?: readonly string[];
  /** As of {@link kms}. */
  readonly rereadCache?: RereadCacheOptions;
}

const DISCOVERY_OPTIONS: OptionNames<KmsDiscoveryOptions> = {
  discoveryFilter: true,
  mrkRegion: true,
  grantTokens: true,
  rereadCache: true,
  ...CONNECTION_OPTIONS,
};

/**
 * Decrypts under whatever key of the given accounts an item names (aws-kms-discovery-keyring.md). Cannot encrypt. Throws CONFIG_INVALID
 * without a filter.
 */
export function kmsDiscovery(options: KmsDiscoveryOptions): Keyring {
  requireOptions('kmsDiscovery', options, DISCOVERY_OPTIONS);
  requireConnection('kmsDiscovery', options);
  requireFilter('kmsDiscovery', options.discoveryFilter);
  const { discoveryFilter, mrkRegion, grantTokens, rereadCache, ...connection } = options;
  if (mrkRegion !== undefined) requireText('kmsDiscovery: mrkRegion', mrkRegion);
  const filter = { partition: discoveryFilter.partition, accountIDs: [...discoveryFilter.accountIDs] };
  const keyring = made('kmsDiscovery', () => {
    if (mrkRegion === undefined) {
      return new KmsKeyringNode({ discovery: true, discoveryFilter: filter, clientProvider: supplier(connection), ...tokens(grantTokens) });
    }
    const client = { ...esdkClient(kmsClients(connection)(mrkRegion)), config: { region: mrkRegion } };
    return new AwsKmsMrkAwareSymmetricDiscoveryKeyringNode({ client: client as never, discoveryFilter: filter, ...tokens(grantTokens) });
  });
  return withRereads('kmsDiscovery', keyring, rereadCache);
}

/** Options of {@link rawAes}. */
export interface RawAesOptions {
  readonly keyNamespace: string;
  readonly keyName: string;
  /** 16, 24 or 32 bytes; copied. */
  readonly wrappingKey: Uint8Array;
}

const AES_OPTIONS: OptionNames<RawAesOptions> = { keyNamespace: true, keyName: true, wrappingKey: true };

/** An AES key that you hold yourself (raw-aes-keyring.md). Throws CONFIG_INVALID for a key of another length or a namespace of KMS. */
export function rawAes(options: RawAesOptions): Keyring {
  requireOptions('rawAes', options, AES_OPTIONS);
  const { keyNamespace, keyName, wrappingKey } = options;
  requireNames('rawAes', keyNamespace, keyName);
  return new Keyring([new RawAesLeaf(new RawAesProvider(keyNamespace, keyName), wrappingKey)], true);
}

/** Padding of {@link rawRsa}, by AWS's names. */
export type RsaPaddingScheme = 'PKCS1' | 'OAEP_SHA1_MGF1' | 'OAEP_SHA256_MGF1' | 'OAEP_SHA384_MGF1' | 'OAEP_SHA512_MGF1';

/** Options of {@link rawRsa}. */
export interface RawRsaOptions {
  readonly keyNamespace: string;
  readonly keyName: string;
  /** PEM. Needed to encrypt. */
  readonly publicKey?: string;
  /** PEM. Needed to decrypt. */
  readonly privateKey?: string;
  /** Default OAEP_SHA256_MGF1. */
  readonly paddingScheme?: RsaPaddingScheme;
}

const RSA_PADDINGS: Readonly<
  Record<RsaPaddingScheme, { readonly padding: number; readonly oaepHash?: 'sha1' | 'sha256' | 'sha384' | 'sha512' }>
> = {
  PKCS1: { padding: constants.RSA_PKCS1_PADDING },
  OAEP_SHA1_MGF1: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
  OAEP_SHA256_MGF1: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
  OAEP_SHA384_MGF1: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha384' },
  OAEP_SHA512_MGF1: { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha512' },
};

const RSA_OPTIONS: OptionNames<RawRsaOptions> = {
  keyNamespace: true,
  keyName: true,
  publicKey: true,
  privateKey: true,
  paddingScheme: true,
};

/** An RSA key pair, or half of it, that you hold yourself (raw-rsa-keyring.md). Throws CONFIG_INVALID for an unknown padding or no key. */
export function rawRsa(options: RawRsaOptions): Keyring {
  requireOptions('rawRsa', options, RSA_OPTIONS);
  const { keyNamespace, keyName, publicKey, privateKey, paddingScheme = 'OAEP_SHA256_MGF1' } = options;
  requireNames('rawRsa', keyNamespace, keyName);
  if (!Object.hasOwn(RSA_PADDINGS, paddingScheme)) {
    throw refusal(`rawRsa: paddingScheme must be one of ${Object.keys(RSA_PADDINGS).join(', ')}`);
  }
  if (publicKey === undefined && privateKey === undefined) {
    throw refusal('rawRsa: give publicKey to encrypt, privateKey to decrypt, or both; got neither');
  }
  requireRsaKey('publicKey', publicKey, createPublicKey);
  requireRsaKey('privateKey', privateKey, createPrivateKey);
  if (paddingScheme === 'PKCS1' && privateKey !== undefined) refuseUnlessPkcs1Decrypts(privateKey);
  const rsaKey = { ...(publicKey !== undefined && { publicKey }), ...(privateKey !== undefined && { privateKey }) };
  const keyring = made('rawRsa', () => new RawRsaKeyringNode({ keyNamespace, keyName, rsaKey, ...RSA_PADDINGS[paddingScheme] }));
  return publicKey === undefined ? new Keyring(keyring.leaves, false) : keyring;
}

/** The ESDK would notice only when it uses the key, and call the item wrong. */
function requireRsaKey(name: string, pem: string | undefined, parse: (pem: string) => KeyObject): void {
  if (pem === undefined || keyType(pem, parse) === 'rsa') return;
  throw refusal(`rawRsa: ${name} must be an RSA key in PEM; got ${kindOf(pem)}`);
}

function keyType(pem: string, parse: (pem: string) => KeyObject): string | undefined {
  try {
    return parse(pem).asymmetricKeyType;
  } catch {
    return undefined;
  }
}

/** AWS's libraries refuse a namespace of KMS, too: KMS keyrings would take such data keys for theirs. */
function requireNames(factory: string, keyNamespace: unknown, keyName: unknown): void {
  for (const [name, value] of Object.entries({ keyNamespace, keyName })) {
    if (!isText(value)) throw refusal(`${factory}: ${name} must be a text that is not empty; got ${kindOf(value)}`);
  }
  if (!String(keyNamespace).startsWith('aws-kms')) return;
  throw refusal(`${factory}: keyNamespace must not start with aws-kms, which is KMS's own; choose another`);
}

/** Node versions without implicit rejection in OpenSSL refuse PKCS #1 v1.5 decryption (CVE-2023-46809), which the ESDK would report as a wrong key. */
function refuseUnlessPkcs1Decrypts(privateKey: string): void {
  try {
    privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.alloc(0));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_INVALID_ARG_VALUE') return;
    throw new FieldsealError(
      'CONFIG_INVALID',
      'rawRsa: this Node does not decrypt PKCS1 (CVE-2023-46809): use an OAEP padding, or a newer Node',
      { cause: error },
    );
  }
}

/** Options of {@link multi}. */
export interface MultiOptions {
  /** Its first key is the item's first encrypted data key. Without a generator the keyring only decrypts. */
  readonly generator?: KeyringInput;
  readonly children?: readonly KeyringInput[];
}

const MULTI_OPTIONS: OptionNames<MultiOptions> = { generator: true, children: true };

/** Every item under every key of these keyrings; any one of them opens it (multi-keyring.md). */
export function multi(options: MultiOptions): Keyring {
  requireOptions('multi', options, MULTI_OPTIONS);
  const { generator, children = [] } = options;
  if (!Array.isArray(children)) throw refusal(`multi: children must be a list of keyrings; got ${kindOf(children)}`);
  const first = generator === undefined ? undefined : part('generator', generator);
  const others = children.map((child, index) => part(`children[${index}]`, child));
  const leaves = [first, ...others].flatMap(keyring => keyring?.leaves ?? []);
  if (leaves.length === 0) throw refusal('multi: give a generator, children or both; got neither');
  return new Keyring(leaves, first?.canEncrypt ?? false);
}

function part(name: string, keyring: KeyringInput): Keyring {
  if (keyring !== undefined && keyring !== null) return keyringOf(keyring);
  throw new FieldsealError('KEYRING_REFUSED', `multi: ${name} must be a keyring; got nothing`);
}

function checkedKmsOptions(factory: string, options: KmsOptions): KmsOptions {
  requireOptions(factory, options, KMS_OPTIONS);
  requireKmsKeyId(factory, options.kmsKeyId);
  requireConnection(factory, options);
  return options;
}

function supplier(connection: KmsConnection): never {
  return esdkClients(connection) as never; // the ESDK's type asks for the whole KMS class; it calls three methods
}

function tokens(grantTokens: readonly string[] | undefined): { grantTokens?: string[] } {
  return grantTokens === undefined ? {} : { grantTokens: [...grantTokens] };
}

/** A cache for each key: none is shared. */
function withRereads(factory: string, keyring: Keyring, options: RereadCacheOptions | undefined): Keyring {
  if (options === undefined) return keyring;
  const leaves = keyring.leaves.map(leaf => rereading(leaf, new RereadCache(factory, options, leaf.name)));
  return new Keyring(leaves, keyring.canEncrypt);
}

/** ESDK constructors explain a bad input in words that may hold it: keep the fact, drop the words. */
function made(factory: string, construct: () => Parameters<typeof keyringOf>[0]): Keyring {
  try {
    return keyringOf(construct());
  } catch (error) {
    if (error instanceof FieldsealError) throw error;
    throw new FieldsealError('CONFIG_INVALID', `${factory}: a key id, name, namespace or key is missing or malformed`, { cause: error });
  }
}
