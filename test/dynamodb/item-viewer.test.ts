import { definePolicy, encrypted, isMasked, key, present, role, signed, table } from 'fieldseal';
import { itemEncryptor, itemViewer } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type Actor, ann, policy, pseudonyms, users } from '../access/fixtures.ts';
import { aesKeyring, codeOf, SYMMETRIC } from '../security/support.ts';
import { eventsOf } from '../support/tenants.ts';

const OWNER: Actor = { sub: 'ann' };
const SUPPORT: Actor = { sub: 'sam', team: 'support' };
const STRANGER: Actor = { sub: 'eve' };

describe('an item viewer', () => {
  const keyring = aesKeyring();
  const { encryptItem } = itemEncryptor({ table: users, keyring, algorithmSuiteId: SYMMETRIC });
  const { viewItem } = itemViewer({ policy, keyring, actorId: ({ sub }) => sub });

  it('shows each role what it may see, and no more', async () => {
    const stored = await encryptItem(ann);
    const own = await viewItem(stored, { actor: OWNER });
    if (own[role] !== 'owner') throw new TypeError('another role');
    expect(own.email).toBe('ann@example.com');
    expect(isMasked(own.ssn)).toBe(true);
    expect(`${own.ssn}`).toBe('****1120');
    expect(own.displayName).toBe('Ann');
    expect(own).not.toHaveProperty('address');
    expectTypeOf(own.age).toEqualTypeOf<number | undefined>();

    const helped = await viewItem(stored, { actor: SUPPORT });
    expect(present(helped)).toEqual({
      id: 'ann',
      kind: 'user',
      tenantId: 't-1',
      displayName: 'Ann',
      email: expect.stringContaining('****'),
      seenAt: 7,
    });
    const analysed = await viewItem(stored, { actor: { sub: 'x', team: 'analysis' } });
    expect(`${'ssn' in analysed && analysed.ssn}`).toMatch(/^k1\./);
  });

  it('decrypts only what the role sees', async () => {
    const stored = await encryptItem(ann);
    const counts = new Map<string, number>();
    for (const [name, actor] of Object.entries({ owner: OWNER, support: SUPPORT, stranger: STRANGER })) {
      const events = await eventsOf<{ decryptedAttributes: number }>('fieldseal:decrypt', () => codeOf(() => viewItem(stored, { actor })));
      counts.set(
        name,
        events.reduce((sum, { decryptedAttributes }) => sum + decryptedAttributes, 0),
      );
    }
    expect(Object.fromEntries(counts)).toEqual({ owner: 4, support: 1, stranger: 0 });
  });

  it('denies everybody else in the same words, and tells the auditor why', async () => {
    const stored = await encryptItem(ann);
    const audit = await eventsOf<object>('fieldseal:audit', async () => {
      await expect(viewItem(stored, { actor: STRANGER })).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
        message: expect.not.stringMatching(/\b(eve|ann)\b/),
      });
      await viewItem(stored, { actor: OWNER });
    });
    expect(audit).toMatchObject([
      { action: 'read-denied', reason: 'no-role', actor: 'eve', table: 'users' },
      { action: 'read-allowed', role: 'owner', actor: 'ann', fields: ['email', 'ssn', 'age', 'born'] },
    ]);
  });

  it('classifies by what is verified: an item that was changed is nobody’s', async () => {
    let asked = 0;
    const counting = definePolicy(
      users,
      { any: { read: { ssn: 'reveal' } } },
      {
        classify: () => {
          asked++;
          return 'any';
        },
      },
    );
    const viewer = itemViewer({ policy: counting, keyring });
    const stored = await encryptItem(ann);
    for (const changed of [
      { ...stored, displayName: 'Eve' },
      { ...stored, manager: 'eve' },
      { ...stored, aws_dbe_foot: new Uint8Array(48) },
    ]) {
      expect(await codeOf(() => viewer.viewItem(changed, { actor: OWNER }))).toBe('NOT_AUTHENTIC');
    }
    expect(asked).toBe(0);
  });

  it('requirement 20: an item without header and footer is never classified, whoever planted its owner', async () => {
    const { aws_dbe_head: _, aws_dbe_foot: __, ...planted } = { ...(await encryptItem(ann)), id: 'eve' };
    expect(await codeOf(() => viewItem(planted, { actor: STRANGER }))).toBe('NOT_ENCRYPTED');
    const { aws_dbe_foot: ___, ...half } = await encryptItem(ann);
    expect(await codeOf(() => viewItem(half, { actor: OWNER }))).toBe('NOT_AUTHENTIC');
  });

  it('a masked value is not written back, nor is a view', async () => {
    const own = await viewItem(await encryptItem(ann), { actor: OWNER });
    expect(await codeOf(() => encryptItem({ ...ann, ssn: own.ssn as never }))).toBe('VALIDATION_FAILED');
    expect(await codeOf(() => encryptItem({ ...ann, address: own as never }))).toBe('VALIDATION_FAILED');
  });

  it('an attribute that was encrypted when the item was written is not shown to questions, whatever the schema says today', async () => {
    const before = table('users', { id: key.partition(), owner: encrypted<string>() });
    const today = table('users', { id: key.partition(), owner: signed<string>() });
    const stored = await itemEncryptor({ table: before, keyring }).encryptItem({ id: '1', owner: 'ann' });
    const owners = definePolicy(
      today,
      { owner: { read: {} } },
      { classify: (actor: Actor, item) => (actor.sub === item.owner ? 'owner' : null) },
    );
    expect(await codeOf(() => itemViewer({ policy: owners, keyring }).viewItem(stored, { actor: OWNER }))).toBe('ACCESS_DENIED');
  });

  it.each([
    ['nobody', undefined],
    ['null', null],
  ])('%s is denied', async (_, actor) => {
    const stored = await encryptItem(ann);
    expect(await codeOf(() => viewItem(stored, { actor: actor as never }))).toBe('ACCESS_DENIED');
    expect(await codeOf(() => viewItem(stored, undefined as never))).toBe('ACCESS_DENIED');
  });

  it('refuses what is no policy, and policies of plaintext', async () => {
    expect(await codeOf(() => itemViewer({ policy: { ...policy } as never, keyring }))).toBe('CONFIG_INVALID');
    const plaintext = { plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' } as object; // the types do not have it
    const viewer = itemViewer({ policy, keyring, ...plaintext });
    expect(await codeOf(() => viewer.viewItem({ id: 'ann', kind: 'user' }, { actor: OWNER }))).toBe('NOT_ENCRYPTED');
  });

  it('purposes are asked for where the policy has them', async () => {
    const careful = definePolicy(
      users,
      { any: { read: { age: 'reveal' } } },
      { classify: (_: Actor) => 'any', purposes: ['billing'], pseudonyms },
    );
    const viewer = itemViewer({ policy: careful, keyring });
    const stored = await encryptItem(ann);
    expect((await viewer.viewItem(stored, { actor: OWNER, purpose: 'billing' })).age).toBe(41);
    expect(await codeOf(() => viewer.viewItem(stored, { actor: OWNER }))).toBe('ACCESS_DENIED');
    // @ts-expect-error no purpose of the policy
    expect(await codeOf(() => viewer.viewItem(stored, { actor: OWNER, purpose: 'curiosity' }))).toBe('ACCESS_DENIED');
  });

  it('an actorId that throws does not stop the audit', async () => {
    const viewer = itemViewer({
      policy,
      keyring,
      actorId: () => {
        throw new Error('no');
      },
    });
    const stored = await encryptItem(ann);
    const audit = await eventsOf<object>('fieldseal:audit', () => viewer.viewItem(stored, { actor: OWNER }));
    expect(audit).toMatchObject([{ action: 'read-allowed', role: 'owner' }]);
    expect(audit[0]).not.toHaveProperty('actor');
  });
});

describe('a policy’s preCheck', () => {
  let fake: FakeKms;
  beforeEach(() => {
    fake = new FakeKms();
  });
  afterEach(() => fake.close());

  it('denies before KMS is called, and grants nothing', async () => {
    const keyring = kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client() });
    const checked = definePolicy(
      users,
      { owner: { read: { ssn: 'reveal' } } },
      {
        preCheck: (actor: Actor, key) => key.kind === 'user' && actor.sub !== 'eve',
        classify: (actor, item) => (actor.sub === item.id ? 'owner' : null),
      },
    );
    const { viewItem } = itemViewer({ policy: checked, keyring });
    const stored = await itemEncryptor({ table: users, keyring }).encryptItem(ann);
    fake.reset();
    expect(await codeOf(() => viewItem(stored, { actor: STRANGER }))).toBe('ACCESS_DENIED');
    expect(fake.count()).toBe(0);
    expect(await codeOf(() => viewItem(stored, { actor: SUPPORT }))).toBe('ACCESS_DENIED');
    expect(fake.count('Decrypt')).toBe(1);
    expect((await viewItem(stored, { actor: OWNER })).ssn).toBe('078-05-1120');
  });
});
