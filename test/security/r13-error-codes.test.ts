import { inspect } from 'node:util';
import { FieldsealError } from 'fieldseal';
import { describe, expect, it } from 'vitest';
import { aesKeyring, ann, encryptor, flipped, S, withBytes } from './support.ts';

const { encryptAttributes, decryptAttributes, explain } = encryptor();

async function failureOf(work: () => Promise<unknown>): Promise<FieldsealError> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FieldsealError)) throw new TypeError('it did not fail with a FieldsealError');
  return error;
}

describe('requirement 13: one code for all that is not authentic', () => {
  it('legend, context, commitment, tag, field and key give one message, which names no stage', async () => {
    const stored = await encryptAttributes(ann);
    const damaged = {
      legend: { ...stored, more: S('x') },
      context: Object.fromEntries(Object.entries(stored).map(([name, value]) => [name === 'id' ? 'no' : name, value])),
      'data-key': { ...stored, id: S('bob') },
      commitment: withBytes(stored, 'aws_dbe_head', bytes => flipped(bytes, -1)),
      footer: { ...stored, name: S('Bob') },
      attribute: { ...stored, ssn: S('plain') },
    };
    const failures = await Promise.all(Object.values(damaged).map(item => failureOf(() => decryptAttributes(item))));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['NOT_AUTHENTIC']));
    expect(new Set(failures.map(({ message }) => message)).size).toBe(1);
    expect(new Set(failures.map(failure => JSON.stringify(failure))).size).toBe(1);
    for (const stage of Object.keys(damaged)) {
      expect(failures.map(({ message, stack }) => message + stack?.split('\n')[0]).join()).not.toContain(`${stage}:`);
    }
    for (const [stage, item] of Object.entries(damaged))
      expect(await explain(item)).toMatchObject({ outcome: 'failed', code: 'NOT_AUTHENTIC', stage });
  });

  it('explain calls an intact item authentic, and a foreign key by its name', async () => {
    const stored = await encryptAttributes(ann);
    expect(await explain(stored)).toMatchObject({ outcome: 'authentic', inspection: { legend: 'sese', formatVersion: 1 } });
    expect(await encryptor({ keyring: aesKeyring(2) }).explain(stored)).toMatchObject({ outcome: 'failed', code: 'KEY_NOT_FOUND' });
    expect(await explain(ann)).toMatchObject({ outcome: 'failed', code: 'NOT_ENCRYPTED' });
  });

  it('malformed headers and missing keys have codes of their own', async () => {
    const stored = await encryptAttributes(ann);
    expect(await failureOf(() => decryptAttributes(withBytes(stored, 'aws_dbe_head', bytes => bytes.subarray(1))))).toMatchObject({
      code: 'MALFORMED',
    });
    expect(await failureOf(() => encryptor({ keyring: aesKeyring(2) }).decryptAttributes(stored))).toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it('an error has attributes where some were refused, and shows them only then', async () => {
    const refused = await failureOf(() => encryptor().encryptItem({ id: '1', other: 'x' }));
    expect(refused.toJSON()).toMatchObject({ code: 'ATTRIBUTE_UNKNOWN', attributes: ['other'] });
    const other = await failureOf(() => decryptAttributes(ann));
    expect([other.attributes, Object.isFrozen(other.attributes), 'attributes' in other.toJSON()]).toEqual([[], true, false]);
  });

  it('an error says where it is explained, and prints without a stack of secrets', async () => {
    const failure = await failureOf(async () => decryptAttributes({ ...(await encryptAttributes(ann)), name: S('Bob') }));
    expect(failure.docs).toBe('docs/errors.md#not_authentic');
    expect(failure.toJSON()).toMatchObject({ name: 'FieldsealError', code: 'NOT_AUTHENTIC', retryable: false });
    expect(inspect(failure)).not.toContain('Bob');
  });
});
