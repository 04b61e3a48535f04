/** The library against an implementation of the specification that shares no code with it (../reference). */
import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { rawAes } from 'fieldseal/kms';
import { expect, test } from 'vitest';
import { type Item, isSigned } from '../reference/formulas.ts';
import { randomness } from '../reference/randomness.ts';
import { readItem } from '../reference/read-item.ts';
import { writeItem } from '../reference/write-item.ts';
import { alteration } from './alterations.ts';
import { comparable } from './comparable.ts';
import { encryptorFor, suite } from './encryptor.ts';
import { recipients } from './keyrings.ts';
import { codeOf, outcomeOf } from './outcome.ts';
import { runs, SLOW } from './runs.ts';
import { afterRoundTrip, sample } from './tables.ts';
import { attributeName, attributeValue, nest, numberText, text } from './values.ts';

test('the reference opens what the library wrote', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(sample, recipients, suite, async ({ config, item }, { keyring, keys }, suiteName) => {
      const encrypted = await encryptorFor(config, keyring, suiteName).encryptAttributes(item);
      expect(comparable(readItem({ config, keys, item: encrypted }))).toEqual(comparable(afterRoundTrip({ config, item })));
    }),
    runs(150),
  );
});

test('every single recipient opens what the library wrote for several', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(sample, recipients, async ({ config, item }, { keyring, keys }) => {
      const encrypted = await encryptorFor(config, keyring).encryptAttributes(item);
      for (const key of keys) expect(() => readItem({ config, keys: [key], item: encrypted })).not.toThrow();
    }),
    runs(50),
  );
});

test('the library opens what the reference wrote, whatever suite it is configured to write', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(
      sample,
      recipients,
      suite,
      suite,
      fc.string(),
      async ({ config, item }, { keyring, keys }, written, configured, seed) => {
        const encrypted = writeItem({ config, suite: written, keys, item, random: randomness(keys.length, seed) });
        const decrypted = await encryptorFor(config, keyring, configured).decryptAttributes(encrypted);
        expect(comparable(decrypted)).toEqual(comparable(afterRoundTrip({ config, item })));
      },
    ),
    runs(150),
  );
});

test('the library opens items to which a custom materials manager added entries of the encryption context', SLOW, async () => {
  const key = fc.oneof(text, fc.nat(200).map(String)).filter(given => given !== '');
  const added = fc.array(fc.tuple(key, text), { maxLength: 4 }).map(entries => new Map(entries));
  await fc.assert(
    fc.asyncProperty(sample, recipients, suite, added, async ({ config, item }, { keyring, keys }, suiteName, entries) => {
      const encrypted = writeItem({ config, suite: suiteName, keys, item, added: entries, random: randomness(keys.length) });
      const decrypted = await encryptorFor(config, keyring).decryptAttributes(encrypted);
      expect(comparable(decrypted)).toEqual(comparable(afterRoundTrip({ config, item })));
    }),
    runs(100),
  );
});

function levelsOf({ L, M = {} }: AttributeValue): number {
  return 1 + Math.max(0, ...(L ?? Object.values(M)).map(levelsOf));
}

test('the library refuses to encrypt what the reference refuses, and nothing else', SLOW, async () => {
  const anyUnit = fc.string({ unit: fc.nat(0xffff).map(unit => String.fromCharCode(unit)), maxLength: 3 });
  const doubtful = fc.oneof(
    numberText.map(N => ({ N })),
    fc.array(numberText, { maxLength: 3 }).map(NS => ({ NS })),
    fc.array(fc.constantFrom('0', '-0', '1', '1.0', '10e-1', '2'), { maxLength: 3 }).map(NS => ({ NS })),
    fc.array(fc.string({ maxLength: 1 }), { maxLength: 8 }).map(SS => ({ SS })),
    fc.array(fc.uint8Array({ maxLength: 1 }), { maxLength: 8 }).map(BS => ({ BS })),
    anyUnit.map(S => ({ S })),
    fc.array(anyUnit, { maxLength: 3 }).map(SS => ({ SS })),
    fc
      .tuple(
        anyUnit.filter(key => key !== ''),
        text,
      )
      .map(([key, S]) => ({ M: Object.fromEntries([[key, { S }]]) })),
    fc.tuple(attributeValue, fc.nat(40)).map(([value, levels]) => nest(value, levels)),
  );
  const spoil = fc.tuple(fc.nat(), doubtful, attributeName, fc.constantFrom('replace', 'replace', 'add', 'remove'));
  await fc.assert(
    fc.asyncProperty(sample, recipients, spoil, async ({ config, item }, { keyring, keys }, [which, value, newName, how]) => {
      const entries = Object.entries(item).filter((_, index, all) => how !== 'remove' || index !== which % all.length);
      const name = how === 'add' ? newName : (Object.keys(item)[which % Object.keys(item).length] ?? '');
      fc.pre(isSigned(config, name) || levelsOf(value) <= 32); // DB-ESDK leaves it to DynamoDB to refuse what is deeper and unsigned
      const spoilt: Item = Object.fromEntries([...entries, ...(how === 'remove' ? [] : [[name, value] as const])]);

      const expected = await Promise.resolve(() =>
        writeItem({ config, suite: 'symmetric', keys, item: spoilt, random: randomness(keys.length) }),
      )
        .then(write => write())
        .then(
          () => 'encrypted',
          () => 'refused',
        );
      const outcome = await outcomeOf(() => encryptorFor(config, keyring).encryptAttributes(spoilt));

      expect('value' in outcome ? 'encrypted' : 'refused').toBe(expected);
    }),
    runs(400),
  );
});

test('the library opens an altered item if and only if the reference does, and then to the same', SLOW, async () => {
  await fc.assert(
    fc.asyncProperty(sample, recipients, suite, alteration, async ({ config, item }, { keyring, keys }, suiteName, alter) => {
      const altered = alter(writeItem({ config, suite: suiteName, keys, item, random: randomness(keys.length) }));
      const outcome = await outcomeOf(() => encryptorFor(config, keyring).decryptAttributes(altered));
      if ('value' in outcome) expect(comparable(outcome.value)).toEqual(comparable(readItem({ config, keys, item: altered })));
      else expect(() => readItem({ config, keys, item: altered })).toThrow();
    }),
    runs(400),
  );
});

test('an empty map key is not written, but read, since DB-ESDK for Java writes it', async () => {
  const config = {
    logicalTableName: 'table',
    partitionKeyName: 'id',
    attributeActionsOnEncrypt: { id: 'SIGN_ONLY', secret: 'ENCRYPT_AND_SIGN', signed: 'SIGN_ONLY' },
  } as const;
  const key = { kind: 'raw-aes', keyNamespace: 'test', keyName: 'aes', wrappingKey: Buffer.alloc(32, 5) } as const;
  const { encryptAttributes, decryptAttributes } = encryptorFor(
    config,
    rawAes({ keyNamespace: key.keyNamespace, keyName: key.keyName, wrappingKey: key.wrappingKey }),
  );
  const map: AttributeValue = { M: { '': { S: 'empty' }, a: { L: [{ M: { '': { NULL: true } } }] } } };
  for (const name of ['secret', 'signed']) {
    const item = { id: { S: '' }, [name]: map };
    expect(await codeOf(() => encryptAttributes(item))).toBe('ATTRIBUTE_INVALID');
    const encrypted = writeItem({ config, suite: 'ecdsa', keys: [key], item, random: randomness(1) });
    expect(comparable(await decryptAttributes(encrypted))).toEqual(comparable(item));
  }
});
