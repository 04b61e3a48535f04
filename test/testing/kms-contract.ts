import { randomUUID } from 'node:crypto';
import type { KMS, ListKeysCommandOutput } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';

/** A client of the server under test for one region. */
export type Connect = (region: string) => KMS;

/** What one rule looks at, and what AWS KMS answers. The answer is `ok`, another word the rule chose, or the name of an error. */
interface Rule {
  readonly answer: string;
  observe(home: KMS, connect: Connect): Promise<unknown>;
}

const HOME = 'us-east-1';
const AWAY = 'eu-west-1';
const ELSEWHERE = 'ap-southeast-2';
const CONTEXT = { tenant: 'a', purpose: 'test' };
const SECRET = Buffer.from('a secret of some length');

const RULES = {
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
  'key id, key ARN, alias name and alias ARN name the same key': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      const names = [arn, idOf(arn), alias, arn.replace(/key\/.*$/, alias)];
      const answers = await Promise.all(names.map(KeyId => home.encrypt({ KeyId, Plaintext: SECRET })));
      return answers.every(({ KeyId }) => KeyId === arn) ? 'ok' : answers.map(({ KeyId }) => KeyId).join(' ');
    },
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
  'an alias that was moved names its new key': {
    answer: 'ok',
    async observe(home) {
      const alias = await newAlias(home, await newKey(home));
      const arn = await newKey(home);
      await home.updateAlias({ AliasName: alias, TargetKeyId: idOf(arn) });
      const { KeyId } = await home.encrypt({ KeyId: alias, Plaintext: SECRET });
      return KeyId === arn ? 'ok' : 'the old key';
    },
  },
  'a deleted alias': {
    answer: 'NotFoundException',
    async observe(home) {
      const alias = await newAlias(home, await newKey(home));
      await home.deleteAlias({ AliasName: alias });
      return await home.encrypt({ KeyId: alias, Plaintext: SECRET });
    },
  },
  'CreateAlias with a name that is taken': {
    answer: 'AlreadyExistsException',
    async observe(home) {
      const arn = await newKey(home);
      const AliasName = await newAlias(home, arn);
      return await home.createAlias({ AliasName, TargetKeyId: idOf(arn) });
    },
  },
  'ListAliases of a key lists its alias': {
    answer: 'ok',
    async observe(home) {
      const arn = await newKey(home);
      const alias = await newAlias(home, arn);
      const { Aliases = [] } = await home.listAliases({ KeyId: idOf(arn) });
      return Aliases.length === 1 && Aliases[0]?.AliasName === alias && Aliases[0].TargetKeyId === idOf(arn)
        ? 'ok'
        : JSON.stringify(Aliases);
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
} satisfies Readonly<Record<string, Rule>>;

/** The rules a KMS keeps, by their titles. */
type RuleTitle = keyof typeof RULES;

/** `everything`, or what the server answers instead where it does not do as AWS does. */
export type Enforces = 'everything' | { readonly everythingBut: Readonly<Partial<Record<RuleTitle, string>>> };

/**
 * Runs every rule against a server. A rule that the server does not enforce is not skipped: its title says so, and the test holds the server
 * to the answer that was recorded, so that a server which changes either way is noticed.
 */
export function kmsContract(name: string, connect: Connect, enforces: Enforces): void {
  const deviations = enforces === 'everything' ? {} : enforces.everythingBut;
  describe(`KMS contract: ${name}`, () => {
    for (const [title, rule] of Object.entries<Rule>(RULES)) {
      // The keys of RULES are its titles; Object.entries widens them to string.
      const instead = deviations[title as RuleTitle];
      const note = instead === undefined ? rule.answer : `${rule.answer} — NOT ENFORCED by ${name}, which gives ${instead}`;
      it(`${title}: ${note}`, async () => {
        expect(await answerOf(rule, connect)).toBe(instead ?? rule.answer);
      });
    }
  });
}

async function answerOf(rule: Rule, connect: Connect): Promise<string> {
  try {
    const answer = await rule.observe(connect(HOME), connect);
    return typeof answer === 'string' ? answer : 'ok';
  } catch (error) {
    if (error instanceof SyntaxError) return 'an answer that is not JSON';
    return error instanceof Error ? error.name : String(error);
  }
}

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

async function disable(home: KMS, arn: string): Promise<void> {
  await home.disableKey({ KeyId: idOf(arn) });
}

async function scheduleDeletion(home: KMS, arn: string): Promise<void> {
  await home.scheduleKeyDeletion({ KeyId: idOf(arn), PendingWindowInDays: 7 });
}

async function newKey(kms: KMS): Promise<string> {
  const { KeyMetadata } = await kms.createKey({});
  return present(KeyMetadata?.Arn);
}

async function newAlias(kms: KMS, arn: string): Promise<string> {
  const alias = `alias/${randomUUID()}`;
  await kms.createAlias({ AliasName: alias, TargetKeyId: idOf(arn) });
  return alias;
}

async function sealed(kms: KMS, context: Record<string, string> = CONTEXT): Promise<{ arn: string; blob: Uint8Array }> {
  const arn = await newKey(kms);
  const { CiphertextBlob } = await kms.encrypt({ KeyId: arn, Plaintext: SECRET, EncryptionContext: context });
  return { arn, blob: present(CiphertextBlob) };
}

async function replicated(home: KMS): Promise<{ arn: string; replicaArn: string; blob: Uint8Array }> {
  const { KeyMetadata } = await home.createKey({ MultiRegion: true });
  const arn = present(KeyMetadata?.Arn);
  const { ReplicaKeyMetadata } = await home.replicateKey({ KeyId: idOf(arn), ReplicaRegion: AWAY });
  const { CiphertextBlob } = await home.encrypt({ KeyId: arn, Plaintext: SECRET, EncryptionContext: CONTEXT });
  return { arn, replicaArn: present(ReplicaKeyMetadata?.Arn), blob: present(CiphertextBlob) };
}

async function moveTo(kms: KMS, CiphertextBlob: Uint8Array, SourceEncryptionContext: Record<string, string>) {
  return { CiphertextBlob, SourceEncryptionContext, DestinationKeyId: await newKey(kms), DestinationEncryptionContext: { moved: 'yes' } };
}

function same({ Plaintext }: { Plaintext?: Uint8Array | undefined }): string {
  return equal(Plaintext, SECRET) ? 'ok' : 'another plaintext';
}

function equal(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

function idOf(arn: string): string {
  return arn.slice(arn.indexOf('key/') + 'key/'.length);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the server left out a part of its answer');
  return value;
}
