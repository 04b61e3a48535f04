/**
 * Intermediate key wrapping (algorithm-suites.md, "Intermediate Key Wrapping") over three keyrings that need no service: raw AES
 * (raw-aes-keyring.md), raw RSA with OAEP and SHA-256 (raw-rsa-keyring.md) and hierarchical (aws-kms-hierarchical-keyring.md).
 */
import { Buffer } from 'node:buffer';
import { constants, createCipheriv, createDecipheriv, createHmac, privateDecrypt, publicEncrypt } from 'node:crypto';
import { type Context, contextBytes, derive, u8, u32 } from './formulas.ts';
import { utf8 } from './serialize.ts';

export interface RawAesKey {
  readonly kind: 'raw-aes';
  readonly keyNamespace: string;
  readonly keyName: string;
  readonly wrappingKey: Buffer;
}

export interface RawRsaKey {
  readonly kind: 'raw-rsa';
  readonly keyNamespace: string;
  readonly keyName: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface BranchKey {
  readonly kind: 'branch';
  readonly branchKeyId: string;
  /** A UUID. */
  readonly version: string;
  readonly branchKey: Buffer;
}

export type WrappingKey = RawAesKey | RawRsaKey | BranchKey;

/** header.md, "Encrypted Data Key Entry". */
export interface EncryptedDataKey {
  readonly providerId: string;
  readonly providerInfo: Buffer;
  readonly ciphertext: Buffer;
}

/** What keyrings draw at random. */
export interface WrappingRandomness {
  readonly intermediateKey: Buffer;
  readonly iv: Buffer;
  readonly salt: Buffer;
}

/** The data key under a key of its own, whose zero nonce is safe because the key is used once, then that key under the keyring's. */
export function wrap(key: WrappingKey, dataKey: Buffer, context: Context, random: WrappingRandomness): EncryptedDataKey {
  const sealed = seal(derive(random.intermediateKey, 'AWS_MPL_INTERMEDIATE_KEYWRAP_ENC'), Buffer.alloc(12), contextBytes(context), dataKey);
  const outer = wrapIntermediateKey(key, context, random);
  return { ...outer, ciphertext: Buffer.concat([sealed, outer.ciphertext]) };
}

export interface Unwrapped {
  readonly dataKey: Buffer;
  readonly intermediateKey: Buffer;
}

/** Throws when this key is not the one, or the context not that, under which the data key was wrapped. */
export function unwrap(key: WrappingKey, edk: EncryptedDataKey, context: Context): Unwrapped {
  const intermediateKey = unwrapIntermediateKey(key, { ...edk, ciphertext: edk.ciphertext.subarray(48) }, context);
  const kek = derive(intermediateKey, 'AWS_MPL_INTERMEDIATE_KEYWRAP_ENC');
  const dataKey = open(kek, Buffer.alloc(12), contextBytes(context), edk.ciphertext.subarray(0, 48));
  return { dataKey, intermediateKey };
}

/** The key of this recipient's tag in the footer. */
export function macKey(intermediateKey: Buffer): Buffer {
  return derive(intermediateKey, 'AWS_MPL_INTERMEDIATE_KEYWRAP_MAC');
}

function wrapIntermediateKey(key: WrappingKey, context: Context, { intermediateKey, iv, salt }: WrappingRandomness): EncryptedDataKey {
  switch (key.kind) {
    case 'raw-aes': {
      const ciphertext = seal(key.wrappingKey, iv, contextBytes(context), intermediateKey);
      return { providerId: key.keyNamespace, providerInfo: Buffer.concat([aesInfo(key), iv]), ciphertext };
    }
    case 'raw-rsa':
      return {
        providerId: key.keyNamespace,
        providerInfo: utf8(key.keyName),
        ciphertext: publicEncrypt(oaep(key.publicKey), intermediateKey),
      };
    case 'branch': {
      const ciphertext = seal(branchWrappingKey(key, salt), iv, branchContext(key, context), intermediateKey);
      const parts = [salt, iv, versionBytes(key), ciphertext];
      return { providerId: 'aws-kms-hierarchy', providerInfo: utf8(key.branchKeyId), ciphertext: Buffer.concat(parts) };
    }
  }
}

function unwrapIntermediateKey(key: WrappingKey, { providerId, providerInfo, ciphertext }: EncryptedDataKey, context: Context): Buffer {
  const mine = providerId === (key.kind === 'branch' ? 'aws-kms-hierarchy' : key.keyNamespace);
  if (!mine) throw new Error(`encrypted by another provider: ${providerId}`);
  switch (key.kind) {
    case 'raw-aes': {
      if (!providerInfo.subarray(0, -12).equals(aesInfo(key))) throw new Error('encrypted under another key');
      return open(key.wrappingKey, providerInfo.subarray(-12), contextBytes(context), ciphertext);
    }
    case 'raw-rsa': {
      if (!providerInfo.equals(utf8(key.keyName))) throw new Error('encrypted under another key');
      return privateDecrypt(oaep(key.privateKey), ciphertext);
    }
    case 'branch': {
      if (!providerInfo.equals(utf8(key.branchKeyId))) throw new Error('encrypted under another branch key');
      if (!ciphertext.subarray(28, 44).equals(versionBytes(key))) throw new Error('encrypted under another version');
      const wrappingKey = branchWrappingKey(key, ciphertext.subarray(0, 16));
      return open(wrappingKey, ciphertext.subarray(16, 28), branchContext(key, context), ciphertext.subarray(44));
    }
  }
}

/** raw-aes-keyring.md, "Key Provider Information": name, length of the tag in bits and of the nonce in bytes; the nonce follows. */
function aesInfo({ keyName }: RawAesKey): Buffer {
  return Buffer.concat([utf8(keyName), u32(128), u32(12)]);
}

function oaep(key: string): { key: string; padding: number; oaepHash: string } {
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
}

function versionBytes({ version }: BranchKey): Buffer {
  return Buffer.from(version.replaceAll('-', ''), 'hex');
}

/** Key derivation in counter mode (NIST SP 800-108) with HMAC-SHA256; 32 bytes need one round. */
function branchWrappingKey({ branchKey }: BranchKey, salt: Buffer): Buffer {
  const input = Buffer.concat([u32(1), utf8('aws-kms-hierarchy'), u8(0), salt, u32(256)]);
  return createHmac('sha256', branchKey).update(input).digest();
}

function branchContext(key: BranchKey, context: Context): Buffer {
  return Buffer.concat([utf8('aws-kms-hierarchy'), utf8(key.branchKeyId), versionBytes(key), contextBytes(context)]);
}

/** AES-GCM; the tag follows the ciphertext. */
export function seal(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv(gcm(key), key, iv).setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export function open(key: Buffer, iv: Buffer, aad: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(gcm(key), key, iv, { authTagLength: 16 }).setAAD(aad).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
}

function gcm(key: Buffer): 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' {
  if (key.length === 16) return 'aes-128-gcm';
  return key.length === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
}
