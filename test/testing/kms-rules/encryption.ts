import { randomUUID } from 'node:crypto';
import { AWAY, CONTEXT, idOf, newAlias, newKey, type Rule, type Rules, SECRET, same, sealed } from './rule.ts';

/** Encrypt and Decrypt: contexts, tampering, the key that is named. */
export const encryptionRules = {
  'Encrypt then Decrypt gives the plaintext back': {
    answer: 'ok',
    async observe(home) {
      const { blob, arn } = await sealed(home);
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: arn }));
    },
  },
  'Decrypt without a KeyId finds the key in the blob': {
    answer: 'ok',
    async observe(home) {
      const { blob } = await sealed(home);
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT }));
    },
  },
  'the order of the context pairs does not matter': {
    answer: 'ok',
    async observe(home) {
      const { blob } = await sealed(home);
      return same(await home.decrypt({ CiphertextBlob: blob, EncryptionContext: { purpose: 'test', tenant: 'a' } }));
    },
  },
  'no context and an empty context are the same': {
    answer: 'ok',
    async observe(home) {
      const { blob } = await sealed(home, {});
      return same(await home.decrypt({ CiphertextBlob: blob }));
    },
  },
  'Decrypt with another context value': decryptWith(CONTEXT, { ...CONTEXT, tenant: 'b' }),
  'Decrypt with a context pair too many': decryptWith(CONTEXT, { ...CONTEXT, more: '1' }),
  'Decrypt with a context pair too few': decryptWith(CONTEXT, { tenant: 'a' }),
  'Decrypt without the context': decryptWith(CONTEXT, undefined),
  'Decrypt with a context value in another case': decryptWith(CONTEXT, { ...CONTEXT, tenant: 'A' }),
  'Decrypt with a context key in another case': decryptWith(CONTEXT, { Tenant: 'a', purpose: 'test' }),
  'Decrypt with context text moved across a pair': decryptWith({ ab: 'c' }, { a: 'bc' }),
  'Decrypt of a blob with its last byte changed': decryptChanged(blob => blob.length - 1),
  'Decrypt of a blob with a byte of its ciphertext changed': decryptChanged(blob => blob.length - 20),
  'Decrypt of a blob with its first byte changed': decryptChanged(() => 0),
  'Decrypt of a blob cut short': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.decrypt({ CiphertextBlob: blob.subarray(0, -1), EncryptionContext: CONTEXT });
    },
  },
  'Decrypt of half a blob': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.decrypt({ CiphertextBlob: blob.subarray(0, blob.length / 2), EncryptionContext: CONTEXT });
    },
  },
  'Decrypt of bytes that are no blob': {
    answer: 'InvalidCiphertextException',
    observe: home => home.decrypt({ CiphertextBlob: Buffer.from('not a ciphertext blob at all, by no means') }),
  },
  'Decrypt with another KeyId': {
    answer: 'IncorrectKeyException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: await newKey(home) });
    },
  },
  'Decrypt with an alias of another key': {
    answer: 'IncorrectKeyException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, KeyId: await newAlias(home, await newKey(home)) });
    },
  },
  'Encrypt under an unknown key id': {
    answer: 'NotFoundException',
    observe: home => home.encrypt({ KeyId: randomUUID(), Plaintext: SECRET }),
  },
  'Encrypt under an unknown alias': {
    answer: 'NotFoundException',
    observe: home => home.encrypt({ KeyId: `alias/${randomUUID()}`, Plaintext: SECRET }),
  },
  'Encrypt under the ARN of a key in another region': {
    answer: 'NotFoundException',
    observe: async (home, connect) => connect(AWAY).encrypt({ KeyId: await newKey(home), Plaintext: SECRET }),
  },
  'Encrypt of 4096 bytes': {
    answer: 'ok',
    observe: async home => home.encrypt({ KeyId: await newKey(home), Plaintext: new Uint8Array(4096) }),
  },
  'Encrypt of 4097 bytes': {
    answer: 'ValidationException',
    observe: async home => home.encrypt({ KeyId: await newKey(home), Plaintext: new Uint8Array(4097) }),
  },
  'answers carry the key ARN': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const { KeyId, CiphertextBlob } = await home.generateDataKey({ KeyId: idOf(arn), KeySpec: 'AES_256' });
      const opened = await home.decrypt({ CiphertextBlob });
      return [KeyId, opened.KeyId].every(answered => answered === arn) ? 'ok' : `${KeyId} ${opened.KeyId}`;
    },
  },
  'grant tokens are ignored': {
    answer: 'ok',
    async observe(home) {
      const GrantTokens = ['any-token'];
      const { KeyId, CiphertextBlob } = await home.generateDataKey({ KeyId: await newKey(home), KeySpec: 'AES_256', GrantTokens });
      await home.decrypt({ KeyId, CiphertextBlob, GrantTokens });
    },
  },
  'more than 10 grant tokens': {
    answer: 'ValidationException',
    observe: async home =>
      home.encrypt({ KeyId: await newKey(home), Plaintext: SECRET, GrantTokens: Array.from({ length: 11 }, () => 'any-token') }),
  },
  'Encrypt of nothing': {
    answer: 'ValidationException',
    observe: async home => home.encrypt({ KeyId: await newKey(home), Plaintext: new Uint8Array(0) }),
  },
  'Encrypt with DryRun of what would succeed': {
    answer: 'DryRunOperationException',
    observe: async home => home.encrypt({ KeyId: await newKey(home), Plaintext: SECRET, DryRun: true }),
  },
  'Decrypt with DryRun of what would succeed': {
    answer: 'DryRunOperationException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: CONTEXT, DryRun: true });
    },
  },
  'Decrypt with DryRun of what would fail': {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob } = await sealed(home);
      return await home.decrypt({ CiphertextBlob: blob, EncryptionContext: { tenant: 'b' }, DryRun: true });
    },
  },
} satisfies Rules;

function decryptWith(encrypted: Record<string, string>, EncryptionContext: Record<string, string> | undefined): Rule {
  return {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob, arn } = await sealed(home, encrypted);
      return await home.decrypt({ CiphertextBlob: blob, KeyId: arn, EncryptionContext });
    },
  };
}

function decryptChanged(at: (blob: Uint8Array) => number): Rule {
  return {
    answer: 'InvalidCiphertextException',
    async observe(home) {
      const { blob, arn } = await sealed(home);
      const index = at(blob);
      const changed = Uint8Array.from(blob, (byte, i) => (i === index ? byte ^ 1 : byte));
      return await home.decrypt({ CiphertextBlob: changed, KeyId: arn, EncryptionContext: CONTEXT });
    },
  };
}
