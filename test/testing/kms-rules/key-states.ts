import type { KMS, ListKeysCommandOutput } from '@aws-sdk/client-kms';
import {
  CONTEXT,
  disable,
  ELSEWHERE,
  idOf,
  newAlias,
  newKey,
  type Rule,
  type Rules,
  SECRET,
  same,
  scheduleDeletion,
  sealed,
} from './rule.ts';

/** Keys that are enabled, disabled and pending deletion. */
export const keyStateRules = {
  'DescribeKey of an alias tells the key and its state': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const { KeyMetadata } = await home.describeKey({ KeyId: await newAlias(home, arn) });
      return KeyMetadata?.Arn === arn && KeyMetadata.KeyState === 'Enabled' ? 'ok' : JSON.stringify(KeyMetadata);
    },
  },
  'DisableKey takes a key ARN': { answer: 'ok', observe: async home => home.disableKey({ KeyId: await newKey(home) }) },
  'Encrypt under a disabled key': usedAfter('DisabledException', disable, { Encrypt: true }),
  'GenerateDataKey under a disabled key': usedAfter('DisabledException', disable, { GenerateDataKey: true }),
  'Decrypt under a disabled key': usedAfter('DisabledException', disable, {}),
  'Decrypt under a key that was disabled and enabled again': {
    answer: 'ok',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      await disable(home, arn);
      await home.enableKey({ KeyId: idOf(arn) });
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT }));
    },
  },
  'Encrypt under a key pending deletion': usedAfter('KMSInvalidStateException', scheduleDeletion, { Encrypt: true }),
  'GenerateDataKey under a key pending deletion': usedAfter('KMSInvalidStateException', scheduleDeletion, { GenerateDataKey: true }),
  'Decrypt under a key pending deletion': usedAfter('KMSInvalidStateException', scheduleDeletion, {}),
  'EnableKey of a key pending deletion': {
    answer: 'KMSInvalidStateException',
    async observe(home) {
      const arn = await newKey(home);
      await scheduleDeletion(home, arn);
      return await home.enableKey({ KeyId: idOf(arn) });
    },
  },
  'CancelKeyDeletion leaves a disabled key that opens again once it is enabled': {
    answer: 'ok',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      await scheduleDeletion(home, arn);
      await home.cancelKeyDeletion({ KeyId: idOf(arn) });
      const { KeyMetadata } = await home.describeKey({ KeyId: arn });
      if (KeyMetadata?.KeyState !== 'Disabled') return `the key is ${KeyMetadata?.KeyState}`;
      await home.enableKey({ KeyId: idOf(arn) });
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT }));
    },
  },
  'ScheduleKeyDeletion within fewer than 7 days': {
    answer: 'ValidationException',
    observe: async home => home.scheduleKeyDeletion({ KeyId: idOf(await newKey(home)), PendingWindowInDays: 6 }),
  },
  'GenerateDataKeyWithoutPlaintext under a disabled key': {
    answer: 'DisabledException',
    async observe(home) {
      const arn = await newKey(home);
      await disable(home, arn);
      return await home.generateDataKeyWithoutPlaintext({ KeyId: arn, KeySpec: 'AES_256' });
    },
  },
  'Encrypt under an alias of a disabled key': {
    answer: 'DisabledException',
    async observe(home) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      await disable(home, arn);
      return await home.encrypt({ KeyId: alias, Plaintext: SECRET });
    },
  },
  'Decrypt of what a disabled key encrypted, without a KeyId': {
    answer: 'DisabledException',
    async observe(home) {
      const { arn, blob } = await sealed(home);
      await disable(home, arn);
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT });
    },
  },
  'DescribeKey of a key pending deletion tells when': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      await scheduleDeletion(home, arn);
      const { KeyMetadata } = await home.describeKey({ KeyId: arn });
      return KeyMetadata?.KeyState === 'PendingDeletion' && KeyMetadata.DeletionDate instanceof Date ? 'ok' : 'no date, or another state';
    },
  },
  'CancelKeyDeletion of a key that is not pending deletion': {
    answer: 'KMSInvalidStateException',
    observe: async home => home.cancelKeyDeletion({ KeyId: idOf(await newKey(home)) }),
  },
  'ScheduleKeyDeletion of a key pending deletion': {
    answer: 'KMSInvalidStateException',
    async observe(home) {
      const arn = await newKey(home);
      await scheduleDeletion(home, arn);
      return await scheduleDeletion(home, arn);
    },
  },
  'ListKeys gives every key once over its pages': {
    answer: 'ok',
    async observe(_, connect) {
      const elsewhere = connect(ELSEWHERE);
      const arns = [await newKey(elsewhere), await newKey(elsewhere), await newKey(elsewhere)];
      const listed: (string | undefined)[] = [];
      let page: ListKeysCommandOutput = await elsewhere.listKeys({ Limit: 2 });
      listed.push(...(page.Keys ?? []).map(({ KeyArn }) => KeyArn));
      // Bounded, for a server that gives the same page for ever.
      for (let pages = 1; page.Truncated && pages < 100; pages++) {
        page = await elsewhere.listKeys({ Limit: 2, Marker: page.NextMarker });
        listed.push(...(page.Keys ?? []).map(({ KeyArn }) => KeyArn));
      }
      if (new Set(listed).size < listed.length) return 'keys listed twice';
      return arns.every(arn => listed.includes(arn)) ? 'ok' : 'keys left out';
    },
  },
} satisfies Rules;

/** Uses a key after `change`: for the named operation, or for Decrypt of what was encrypted before. */
function usedAfter(
  answer: string,
  change: (home: KMS, arn: string) => Promise<unknown>,
  use: { readonly Encrypt?: true; readonly GenerateDataKey?: true },
): Rule {
  return {
    answer,
    async observe(home) {
      const { arn, blob } = await sealed(home);
      await change(home, arn);
      if (use.Encrypt) return await home.encrypt({ KeyId: arn, Plaintext: SECRET });
      if (use.GenerateDataKey) return await home.generateDataKey({ KeyId: arn, KeySpec: 'AES_256' });
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: arn });
    },
  };
}
