import { isDeepStrictEqual } from 'node:util';
import { codec, definePolicy, type Encrypted, encrypted, isMasked, key, mask, role, sensitive, table } from 'fieldseal';
import { itemEncryptor, itemViewer } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Actor, ann, policy, users } from '../access/fixtures.ts';
import { eventsOf } from '../support/tenants.ts';
import { aesKeyring, codeOf } from './support.ts';

const keyring = aesKeyring();

/** What a mask of one attribute shows of a value. */
async function shownBy(attribute: Encrypted<never, never>, value: unknown): Promise<string> {
  const one = table('one', { id: key.partition(), value: attribute });
  const masking = definePolicy(one, { any: { read: { value: 'mask' } } }, { classify: () => 'any' });
  const stored = await itemEncryptor({ table: one, keyring }).encryptItem({ id: '1', value } as never); // the attribute is given as unknown
  const view = await itemViewer({ policy: masking, keyring }).viewItem(stored, { actor: 'somebody' as never });
  return `${(view as { value: unknown }).value}`;
}

/** An attribute of values of any kind, with a mask of its own. */
const custom = (show: (value: never) => string): Encrypted<never, never> => encrypted<never>().mask(mask.custom(show));

describe('masks under attack', () => {
  it.each(['last4', 'name', 'phone', 'email', 'ip', 'cardNumber'] as const)('a long text does not hold up its readers: %s', async name => {
    const attribute = encrypted<string>().mask(mask[name]()) as never;
    for (const text of ['aé'.repeat(60_000), 'a@'.repeat(60_000), '1'.repeat(100_000)]) expect(await shownBy(attribute, text)).toBe('****');
  });

  it('a mask of a value that has no text of its own, or more than one, shows no more than half by any of them', async () => {
    class Secret {
      readonly #text: string;
      constructor(text: string) {
        this.#text = text;
      }
      toString(): string {
        return this.#text;
      }
    }
    const asText = { encode: (value: unknown) => String(value), decode: (text: unknown) => new Secret(String(text)) };
    const inClass = encrypted(codec(z.custom<Secret>(), asText as never)).mask(mask.custom((value: unknown) => `${value}`) as never);
    expect(await shownBy(inClass as never, new Secret('ann@example.com'))).toBe('****');
    const asUrl = { encode: (value: unknown) => String(value), decode: (text: unknown) => new URL(String(text)) };
    const url = encrypted(codec(z.custom<URL>(), asUrl as never)).mask(mask.custom((value: unknown) => String(value)) as never);
    expect(await shownBy(url as never, new URL('https://user:pw@bank.example/secret'))).toBe('****');
    expect(
      await shownBy(
        custom((bytes: Uint8Array) => Buffer.from(bytes).toString()),
        new TextEncoder().encode('secret!!'),
      ),
    ).toBe('****');
    expect(
      await shownBy(
        custom((value: number) => value.toFixed(8)),
        1.5e-7,
      ),
    ).toBe('****');
    const asDate = { encode: (value: Date) => value.toISOString(), decode: (text: string) => new Date(text) };
    const born = encrypted(codec(z.date(), asDate)).mask(mask.custom(date => date.toLocaleDateString('en-US', { timeZone: 'UTC' })));
    expect(await shownBy(born as never, new Date('1984-05-06'))).toBe('****');
    expect(await shownBy(encrypted(codec(z.date(), asDate)).mask(mask.year()) as never, new Date('1984-05-06'))).toBe('1984');
  });
});

describe('holders under attack', () => {
  it('copies of a masked value are not written, and holders of different things are not equal', async () => {
    const free = table('free', { id: key.partition(), ssn: encrypted<unknown>().mask(mask.last4() as never) });
    const masking = definePolicy(free, { any: { read: { ssn: 'mask' } } }, { classify: () => 'any' });
    const { encryptItem } = itemEncryptor({ table: free, keyring });
    const { viewItem } = itemViewer({ policy: masking, keyring });
    const viewOf = async (ssn: string) => viewItem(await encryptItem({ id: '1', ssn }), { actor: 'somebody' as never });
    const [one, other] = [await viewOf('078-05-1120'), await viewOf('078-05-9999')];
    expect(isMasked(one.ssn)).toBe(true);
    for (const copy of [{ ...(one.ssn as object) }, Object.assign({}, one.ssn)]) {
      expect(await codeOf(() => encryptItem({ id: '1', ssn: copy }))).toBe('VALIDATION_FAILED');
    }
    expect(isDeepStrictEqual(one.ssn, other.ssn)).toBe(false);
    expect(isDeepStrictEqual(sensitive('a'), sensitive('b'))).toBe(false);
    expect(isDeepStrictEqual(sensitive('a'), sensitive('a'))).toBe(false);
  });

  it('a view is not an item', async () => {
    const { encryptItem } = itemEncryptor({ table: users, keyring });
    const everything = { any: { read: { ssn: 'reveal', born: 'reveal' } } } as const;
    const viewer = itemViewer({ policy: definePolicy(users, everything, { classify: () => 'any' as const }), keyring });
    const view = await viewer.viewItem(await encryptItem(ann), { actor: 'somebody' as never });
    expect(await codeOf(() => encryptItem(view as never))).toBe('VALIDATION_FAILED');
  });
});

describe('viewers under attack', () => {
  const { encryptItem } = itemEncryptor({ table: users, keyring });

  it('an object that is used for somebody else meanwhile changes nothing', async () => {
    const { viewItem } = itemViewer({ policy, keyring, actorId: ({ sub }) => sub });
    const stored = await encryptItem(ann);
    const looking: { actor: Actor } = { actor: { sub: 'eve' } };
    const audit = await eventsOf<object>('fieldseal:audit', async () => {
      const looked = codeOf(() => viewItem(stored, looking));
      looking.actor = { sub: 'ann' };
      expect(await looked).toBe('ACCESS_DENIED');
    });
    expect(audit).toMatchObject([{ action: 'read-denied', actor: 'eve' }]);
  });

  it('the audit holds no purpose that the policy does not know, and no actor of a promise', async () => {
    const { viewItem } = itemViewer({ policy, keyring, actorId: (async () => Promise.reject(new Error('no'))) as never });
    const stored = await encryptItem(ann);
    const audit = await eventsOf<object>('fieldseal:audit', () =>
      codeOf(() => viewItem(stored, { actor: { sub: 'ann' }, purpose: { any: 'SECRET' } as never })),
    );
    expect(JSON.stringify(audit)).not.toContain('SECRET');
    expect(audit).toMatchObject([{ action: 'read-denied', reason: 'unknown-purpose' }]);
  });

  it('whoever has no role does not learn that a codec fails', async () => {
    const failing = {
      encode: (value: string) => value,
      decode: (): string => {
        throw new Error('no');
      },
    };
    const { signed } = await import('fieldseal');
    const odd = table('odd', { id: key.partition(), team: signed(codec(z.string(), failing)), ssn: encrypted<string>() });
    const closed = definePolicy(odd, { any: { read: { ssn: 'reveal' } } }, { classify: () => null });
    const stored = await itemEncryptor({ table: odd, keyring }).encryptItem({ id: '1', team: 'x', ssn: 'y' });
    expect(await codeOf(() => itemViewer({ policy: closed, keyring }).viewItem(stored, { actor: 'somebody' as never }))).toBe(
      'ACCESS_DENIED',
    );
  });

  it('a role is where only the view has it', async () => {
    const view = await itemViewer({ policy, keyring }).viewItem(await encryptItem(ann), { actor: { sub: 'ann' } });
    expect(view[role]).toBe('owner');
    expect(Object.keys(view)).not.toContain('role');
  });
});
