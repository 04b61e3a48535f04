import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../reference/formulas.ts';
import { comparable, deepFreeze } from './comparable.ts';
import { encryptorFor, suite } from './encryptor.ts';
import { recipients } from './keyrings.ts';
import { runs, SLOW } from './runs.ts';
import { afterRoundTrip, isEncrypted, isUsable, sample } from './tables.ts';

test('generated items fit their tables', SLOW, () => {
  fc.assert(fc.property(sample, isUsable), runs(500));
});

test('what is encrypted is decrypted to the same item, and the input stays as it was', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(sample, recipients, suite, async ({ config, item }, { keyring }, suiteName) => {
      const before = comparable(item);
      const { encryptAttributes, decryptAttributes } = encryptorFor(config, keyring, suiteName);

      const encrypted = deepFreeze(await encryptAttributes(deepFreeze(item)));
      const stored = comparable(encrypted);
      const decrypted = await decryptAttributes(encrypted);

      expect(comparable(decrypted)).toEqual(comparable(afterRoundTrip({ config, item })));
      expect(comparable(item)).toEqual(before);
      expect(comparable(encrypted)).toEqual(stored);
    }),
    runs(150),
  );
});

test('only encrypted attributes change, and two attributes of the format are added', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(sample, recipients, async ({ config, item }, { keyring }) => {
      const { aws_dbe_head, aws_dbe_foot, ...encrypted } = await encryptorFor(config, keyring).encryptAttributes(item);
      expect([aws_dbe_head?.B, aws_dbe_foot?.B]).toEqual([expect.any(Uint8Array), expect.any(Uint8Array)]);
      expect(Object.keys(encrypted).sort()).toEqual(Object.keys(item).sort());
      for (const [name, value] of Object.entries(encrypted)) {
        if (isEncrypted(config, name)) expect(Object.keys(value)).toEqual(['B']);
        else expect(value).toEqual(Object.entries(item).find(([given]) => given === name)?.[1]);
      }
    }),
    runs(100),
  );
});

test('selective decryption gives the named attributes and all that is not encrypted', SLOW, async () => {
  const wishes = fc.array(fc.oneof(fc.nat(7), fc.constantFrom('no such attribute', '__proto__', 'constructor')), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(sample, recipients, wishes, async ({ config, item }, { keyring }, wanted) => {
      const names = Object.keys(item);
      const only = wanted.flatMap(wish => (typeof wish === 'string' ? [wish] : (names[wish] ?? [])));
      const { encryptAttributes, decryptAttributes } = encryptorFor(config, keyring);

      const decrypted = await decryptAttributes(await encryptAttributes(item), { only });

      const kept = Object.entries(afterRoundTrip({ config, item })).filter(([name]) => !isEncrypted(config, name) || only.includes(name));
      expect(comparable(decrypted)).toEqual(comparable(Object.fromEntries(kept)));
    }),
    runs(100),
  );
});

test('what the writer did follows from the item, not from the configuration of the reader', SLOW, async () => {
  const other: Readonly<Record<Action, Action>> = {
    ENCRYPT_AND_SIGN: 'SIGN_ONLY',
    SIGN_ONLY: 'ENCRYPT_AND_SIGN',
    SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT: 'ENCRYPT_AND_SIGN',
    DO_NOTHING: 'DO_NOTHING',
  };
  await fc.assert(
    fc.asyncProperty(
      sample,
      recipients,
      suite,
      suite,
      fc.boolean(),
      async ({ config, item }, { keyring }, written, configured, inContext) => {
        const keys = [config.partitionKeyName, config.sortKeyName];
        const keyAction = inContext ? 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' : 'SIGN_ONLY';
        const actions = Object.entries(config.attributeActionsOnEncrypt).map(([name, action]) => [
          name,
          keys.includes(name) ? keyAction : other[action],
        ]);
        const reader = encryptorFor({ ...config, attributeActionsOnEncrypt: Object.fromEntries(actions) }, keyring, configured);

        const decrypted = await reader.decryptAttributes(await encryptorFor(config, keyring, written).encryptAttributes(item));

        expect(comparable(decrypted)).toEqual(comparable(afterRoundTrip({ config, item })));
      },
    ),
    runs(100),
  );
});
