import type { KMS, ReEncryptCommandInput, ReEncryptCommandOutput } from '@aws-sdk/client-kms';
import { CONTEXT, disable, newAlias, newKey, type Rule, type Rules, same, scheduleDeletion, sealed } from './rule.ts';

const MOVED = { moved: 'yes' };

/** ReEncrypt: it opens under the source and seals under the destination, with a context and a key of each. */
export const reEncryptionRules = {
  'ReEncrypt moves a ciphertext to another key and another context': {
    answer: 'ok',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      const moved = await home.reEncrypt(await moveTo(home, blob, CONTEXT));
      const opened = await home.decrypt({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { moved: 'yes' } });
      return moved.SourceKeyId === arn && opened.KeyId === moved.KeyId && moved.KeyId !== arn ? same(opened) : 'other key ids';
    },
  },
  'ReEncrypt with another source context': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.reEncrypt(await moveTo(home, blob, { tenant: 'b' }));
    },
  },
  'ReEncrypt with another source key': {
    answer: 'IncorrectKeyException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.reEncrypt({ ...(await moveTo(home, blob, CONTEXT)), SourceKeyId: await newKey(home) });
    },
  },
  'ReEncrypt without the source context': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.reEncrypt(await moveTo(home, blob, undefined));
    },
  },
  'ReEncrypt with the source key named by its alias': {
    answer: 'ok',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      const { SourceKeyId } = await home.reEncrypt({ ...(await moveTo(home, blob, CONTEXT)), SourceKeyId: await newAlias(home, arn) });
      return SourceKeyId === arn ? 'ok' : String(SourceKeyId);
    },
  },
  'ReEncrypt under the same key changes the context': {
    answer: 'ok',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      const { CiphertextBlob } = await home.reEncrypt({ ...(await moveTo(home, blob, CONTEXT)), DestinationKeyId: arn });
      return same(await home.decrypt({ CiphertextBlob, KeyId: arn, EncryptionContext: MOVED }));
    },
  },
  'what ReEncrypt made no longer opens under the source context': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob } = await sealed(home);
      const { CiphertextBlob } = await home.reEncrypt(await moveTo(home, blob, CONTEXT));
      return await home.decrypt({ CiphertextBlob, EncryptionContext: CONTEXT });
    },
  },
  'ReEncrypt to an unknown key': {
    answer: 'NotFoundException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.reEncrypt({ ...(await moveTo(home, blob, CONTEXT)), DestinationKeyId: 'alias/there-is-none' });
    },
  },
  'ReEncrypt from a disabled key': moved('DisabledException', (home, source) => disable(home, source)),
  'ReEncrypt to a disabled key': moved('DisabledException', (home, _, destination) => disable(home, destination)),
  'ReEncrypt from a key pending deletion': moved('KMSInvalidStateException', (home, source) => scheduleDeletion(home, source)),
  'ReEncrypt to a key pending deletion': moved('KMSInvalidStateException', (home, _, destination) => scheduleDeletion(home, destination)),
  'ReEncrypt with DryRun of what would succeed': {
    answer: 'DryRunOperationException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.reEncrypt({ ...(await moveTo(home, blob, CONTEXT)), DryRun: true });
    },
  },
} satisfies Rules;

/** Re-encrypts after `change`. */
function moved(answer: string, change: (home: KMS, source: string, destination: string) => Promise<unknown>): Rule {
  return {
    answer,
    async observe(home): Promise<ReEncryptCommandOutput> {
      const { arn, blob } = await sealed(home);
      const move = await moveTo(home, blob, CONTEXT);
      await change(home, arn, move.DestinationKeyId);
      return await home.reEncrypt(move);
    },
  };
}

async function moveTo(home: KMS, CiphertextBlob: Uint8Array, SourceEncryptionContext: Record<string, string> | undefined) {
  const DestinationKeyId = await newKey(home);
  return { CiphertextBlob, SourceEncryptionContext, DestinationKeyId, DestinationEncryptionContext: MOVED } satisfies ReEncryptCommandInput;
}
