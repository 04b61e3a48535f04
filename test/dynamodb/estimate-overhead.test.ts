import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { attributeActions, encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type AttributeMap, estimateOverhead, inspectItem, itemEncryptor, type WrappingKeyKind } from 'fieldseal/dynamodb';
import { type Keyring, kms, multi } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encryptorFor, suite } from '../property/encryptor.ts';
import { recipients } from '../property/keyrings.ts';
import { runs, SLOW } from '../property/runs.ts';
import { sample } from '../property/tables.ts';
import type { WrappingKey } from '../reference/wrapping.ts';
import { aesKeyring, SIGNED, SYMMETRIC } from '../security/support.ts';

const fake = new FakeKms();
const FAKE_KMS_BYTES = 101; // of a data key, under a key whose id is a UUID
const keyArn = fake.createKey().arn;

beforeEach(() => fake.reset());
afterAll(() => fake.close());

const IDS = { symmetric: SYMMETRIC, ecdsa: SIGNED } as const;
const aes: WrappingKeyKind = { kind: 'raw-aes', keyNamespace: 'test', keyName: 'aes-1' };

/** How the estimate is told of a key that the property tests made. */
function kindOf(key: WrappingKey): WrappingKeyKind {
  if (key.kind === 'branch') return { kind: 'hierarchical', branchKeyId: key.branchKeyId };
  const { keyNamespace, keyName } = key;
  if (key.kind === 'raw-aes') return { kind: 'raw-aes', keyNamespace, keyName };
  return { kind: 'raw-rsa', keyNamespace, keyName, modulusBits: createPublicKey(key.publicKey).asymmetricKeyDetails?.modulusLength ?? 0 };
}

/** The size of an item without encryption: what is left of an encrypted one when header, footer and names are taken off. */
const sizeOf = (item: AttributeMap): number => {
  const format = { aws_dbe_head: item.aws_dbe_head ?? {}, aws_dbe_foot: item.aws_dbe_foot ?? {} };
  return inspectItem({ ...format, ...item }).itemBytes;
};

describe('estimateOverhead', () => {
  it('gives the very size of the encrypted item, whatever the item, the suite and the keys', SLOW, async () => {
    await fc.assert(
      fc.asyncProperty(sample, recipients, suite, fc.boolean(), async ({ config, item }, { keyring, keys }, name, withKms) => {
        const all: Keyring = withKms
          ? multi({ generator: keyring, children: [kms({ kmsKeyId: keyArn, kmsClient: fake.client() })] })
          : keyring;
        const kinds = [
          ...keys.map(kindOf),
          ...(withKms ? [{ kind: 'kms', kmsKeyId: keyArn, ciphertextBytes: FAKE_KMS_BYTES } as const] : []),
        ];
        const stored = await encryptorFor(config, all, name).encryptAttributes(item);
        const estimate = await estimateOverhead(
          attributeActions(config),
          { attributes: item },
          { keys: kinds, algorithmSuiteId: IDS[name] },
        );
        expect(estimate.encryptedBytes).toBe(sizeOf(stored));
        expect(estimate.addedBytes).toBe(estimate.encryptedBytes - estimate.plainBytes);
      }),
      runs(120),
    );
  });

  const users = table('users', {
    id: key.partition(z.string()),
    email: encrypted(z.string()),
    notes: encrypted(z.string().transform(text => text.trim())).optional(),
    team: signed(z.string()).optional(),
    seenAt: unsigned(z.number()).optional(),
  });
  const ann = { id: 'u-1', email: 'ann@example.com', notes: ' hello ', seenAt: 7 };

  it('counts JavaScript values as they are stored: validated', async () => {
    const keyring = aesKeyring();
    const stored = await itemEncryptor({ table: users, keyring }).encryptItem(ann);
    const { encryptedBytes, plainBytes } = await estimateOverhead(users, { item: ann }, { keys: aes });
    expect(encryptedBytes).toBe(inspectItem(stored).itemBytes);
    expect(plainBytes).toBe('id'.length + 3 + 'email'.length + 15 + 'notes'.length + 'hello'.length + 'seenAt'.length + 2);
    // @ts-expect-error an attribute that the schema does not have
    await expect(estimateOverhead(users, { item: { ...ann, nickname: 'x' } }, { keys: aes })).rejects.toMatchObject({
      code: 'ATTRIBUTE_UNKNOWN',
    });
  });

  it('from sizes alone is the same for strings and bytes', async () => {
    const sizes = { id: 3, email: 15, notes: 5, seenAt: 2 };
    const { notes: _, ...rest } = ann;
    const item = { ...rest, notes: 'hello' };
    expect(await estimateOverhead(users, { sizes }, { keys: aes })).toEqual(await estimateOverhead(users, { item }, { keys: aes }));
  });

  it('says what it means for read and write units', async () => {
    const sizes = { id: 3, email: 900 };
    expect(await estimateOverhead(users, { sizes }, { keys: { kind: 'kms' } })).toMatchObject({
      writeUnits: { before: 1, after: 2 },
      readUnits: { before: 1, after: 1 },
      fits: true,
    });
    const large = await estimateOverhead(users, { sizes: { id: 3, email: 409_500 } }, { keys: { kind: 'kms' } });
    expect(large).toMatchObject({ fits: false, writeUnits: { before: 400, after: 401 }, readUnits: { before: 100, after: 101 } });
  });

  it.each([
    [{ kind: 'hierarchical' }, SIGNED, 538],
    [{ kind: 'hierarchical' }, SYMMETRIC, 342],
    [{ kind: 'kms' }, SIGNED, 659],
    [{ kind: 'kms' }, SYMMETRIC, 463],
  ] as const)('agrees with the table of the documentation: %j %s', async (keys, algorithmSuiteId, base) => {
    const [n, e] = [2, 1];
    const { addedBytes } = await estimateOverhead(users, { sizes: { id: 3, email: 15 } }, { keys, algorithmSuiteId });
    expect(addedBytes).toBe(base + n + 18 * e);
    const further = await estimateOverhead(users, { sizes: { id: 3, email: 15 } }, { keys: [keys, { kind: 'kms' }], algorithmSuiteId });
    expect(further.addedBytes).toBe(base + n + 18 * e + 368);
  });

  it('needs no key and calls nobody', async () => {
    await estimateOverhead(users, { item: ann }, { keys: { kind: 'kms', kmsKeyId: keyArn } });
    expect(fake.count()).toBe(0);
  });

  it('refuses what cannot be estimated', async () => {
    const untyped = estimateOverhead as (...args: unknown[]) => Promise<unknown>;
    const code = (value: string) => ({ code: value });
    await expect(untyped(users, { sizes: { id: 3, email: -1 } }, { keys: aes })).rejects.toMatchObject(code('INPUT_INVALID'));
    await expect(untyped(users, { sizes: { id: 3, other: 1 } }, { keys: aes })).rejects.toMatchObject(code('ATTRIBUTE_UNKNOWN'));
    await expect(untyped(users, { item: 7 }, { keys: aes })).rejects.toMatchObject(code('INPUT_INVALID'));
    await expect(untyped(users, ann, { keys: aes })).rejects.toMatchObject(code('INPUT_INVALID'));
    await expect(untyped(users, { item: ann }, { keys: { kind: 'vault' } })).rejects.toMatchObject(code('INPUT_INVALID'));
    await expect(untyped(users, { item: ann }, { keys: [] })).rejects.toMatchObject(code('INPUT_INVALID'));
    await expect(untyped(users, { item: ann }, {})).rejects.toMatchObject(code('INPUT_INVALID'));
    await expect(untyped(users, { attributes: { id: { S: 'x' }, aws_dbe_x: { S: 'x' } } }, { keys: aes })).rejects.toMatchObject(
      code('ATTRIBUTE_RESERVED'),
    );
  });
});
