import { randomUUID } from 'node:crypto';
import type { KMS } from '@aws-sdk/client-kms';

/** A client of the server under test for one region. */
export type Connect = (region: string) => KMS;

/** What one rule looks at, and what AWS KMS answers. The answer is `ok`, another word the rule chose, or the name of an error. */
export interface Rule {
  readonly answer: string;
  observe(home: KMS, connect: Connect): Promise<unknown>;
}

/** Rules by their titles. */
export type Rules = Readonly<Record<string, Rule>>;

export const HOME = 'us-east-1';
export const AWAY = 'eu-west-1';
export const ELSEWHERE = 'ap-southeast-2';
export const CONTEXT = { tenant: 'a', purpose: 'test' };
export const SECRET = Buffer.from('a secret of some length');

export async function disable(home: KMS, arn: string): Promise<void> {
  await home.disableKey({ KeyId: idOf(arn) });
}

export async function scheduleDeletion(home: KMS, arn: string): Promise<void> {
  await home.scheduleKeyDeletion({ KeyId: idOf(arn), PendingWindowInDays: 7 });
}

export async function newKey(kms: KMS): Promise<string> {
  const { KeyMetadata } = await kms.createKey({});
  return present(KeyMetadata?.Arn);
}

export async function newAlias(kms: KMS, arn: string): Promise<string> {
  const alias = `alias/${randomUUID()}`;
  await kms.createAlias({ AliasName: alias, TargetKeyId: idOf(arn) });
  return alias;
}

export async function sealed(kms: KMS, context: Record<string, string> = CONTEXT): Promise<{ arn: string; blob: Uint8Array }> {
  const arn = await newKey(kms);
  const { CiphertextBlob } = await kms.encrypt({ KeyId: arn, Plaintext: SECRET, EncryptionContext: context });
  return { arn, blob: present(CiphertextBlob) };
}

export async function replicated(home: KMS): Promise<{ arn: string; replicaArn: string; blob: Uint8Array }> {
  const { KeyMetadata } = await home.createKey({ MultiRegion: true });
  const arn = present(KeyMetadata?.Arn);
  const { ReplicaKeyMetadata } = await home.replicateKey({ KeyId: idOf(arn), ReplicaRegion: AWAY });
  const { CiphertextBlob } = await home.encrypt({ KeyId: arn, Plaintext: SECRET, EncryptionContext: CONTEXT });
  return { arn, replicaArn: present(ReplicaKeyMetadata?.Arn), blob: present(CiphertextBlob) };
}

export function same({ Plaintext }: { Plaintext?: Uint8Array | undefined }): string {
  return equal(Plaintext, SECRET) ? 'ok' : 'another plaintext';
}

export function equal(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

export function idOf(arn: string): string {
  return arn.slice(arn.indexOf('key/') + 'key/'.length);
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the server left out a part of its answer');
  return value;
}
