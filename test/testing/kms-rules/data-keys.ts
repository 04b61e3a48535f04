import type { GenerateDataKeyCommandInput } from '@aws-sdk/client-kms';
import { CONTEXT, equal, newKey, type Rule, type Rules } from './rule.ts';

/** GenerateDataKey, with and without its plaintext, and GenerateRandom: what is made, and the limits of it. */
export const dataKeyRules = {
  'GenerateDataKey gives the length of the key spec or of NumberOfBytes, and a blob that opens to it': {
    answer: 'ok',
    async observe(home) {
      const KeyId = await newKey(home);
      const wanted = [{ KeySpec: 'AES_256' as const }, { KeySpec: 'AES_128' as const }, { NumberOfBytes: 32 }, { NumberOfBytes: 1024 }];
      const lengths = await Promise.all(
        wanted.map(async parameters => {
          const { Plaintext, CiphertextBlob } = await home.generateDataKey({ KeyId, EncryptionContext: CONTEXT, ...parameters });
          const opened = await home.decrypt({ CiphertextBlob, EncryptionContext: CONTEXT });
          return equal(opened.Plaintext, Plaintext) ? Plaintext?.length : 'another key';
        }),
      );
      return String(lengths) === '32,16,32,1024' ? 'ok' : String(lengths);
    },
  },
  'GenerateDataKeyWithoutPlaintext gives a blob that opens, and no plaintext': {
    answer: 'ok',
    async observe(home) {
      const answer = await home.generateDataKeyWithoutPlaintext({ KeyId: await newKey(home), KeySpec: 'AES_256' });
      const { Plaintext } = await home.decrypt({ CiphertextBlob: answer.CiphertextBlob });
      return Plaintext?.length === 32 && !('Plaintext' in answer) ? 'ok' : 'no data key';
    },
  },
  'GenerateDataKey with both a key spec and a length': {
    answer: 'ValidationException',
    observe: async home => home.generateDataKey({ KeyId: await newKey(home), KeySpec: 'AES_256', NumberOfBytes: 32 }),
  },
  'GenerateDataKey of 1025 bytes': {
    answer: 'ValidationException',
    observe: async home => home.generateDataKey({ KeyId: await newKey(home), NumberOfBytes: 1025 }),
  },
  'GenerateRandom gives as many bytes as asked': {
    answer: 'ok',
    observe: async home => ((await home.generateRandom({ NumberOfBytes: 24 })).Plaintext?.length === 24 ? 'ok' : 'another length'),
  },
  'GenerateDataKey with neither a key spec nor a length': refused({}),
  'GenerateDataKey of 0 bytes': refused({ NumberOfBytes: 0 }),
  // The types refuse it; other SDKs do not.
  'GenerateDataKey of an unknown key spec': refused({ KeySpec: 'AES_512' as 'AES_256' }),
  'GenerateDataKeyWithoutPlaintext of 1025 bytes': {
    answer: 'ValidationException',
    observe: async home => home.generateDataKeyWithoutPlaintext({ KeyId: await newKey(home), NumberOfBytes: 1025 }),
  },
  'a data key opens under its own context alone': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const key = { KeyId: await newKey(home), KeySpec: 'AES_256' } as const;
      const { CiphertextBlob } = await home.generateDataKeyWithoutPlaintext({ ...key, EncryptionContext: CONTEXT });
      return await home.decrypt({ CiphertextBlob, EncryptionContext: { ...CONTEXT, tenant: 'b' } });
    },
  },
  'every data key is another one': {
    answer: 'ok',
    async observe(home) {
      const key = { KeyId: await newKey(home), KeySpec: 'AES_256' } as const;
      const [one, two] = [await home.generateDataKey(key), await home.generateDataKey(key)];
      return equal(one.Plaintext, two.Plaintext) || equal(one.CiphertextBlob, two.CiphertextBlob) ? 'the same key twice' : 'ok';
    },
  },
  'GenerateDataKey with DryRun of what would succeed': {
    answer: 'DryRunOperationException',
    observe: async home => home.generateDataKey({ KeyId: await newKey(home), KeySpec: 'AES_256', DryRun: true }),
  },
} satisfies Rules;

function refused(parameters: Omit<GenerateDataKeyCommandInput, 'KeyId'>): Rule {
  return {
    answer: 'ValidationException',
    observe: async home => home.generateDataKey({ KeyId: await newKey(home), ...parameters }),
  };
}
