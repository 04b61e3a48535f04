import { attributeActions } from 'fieldseal';
import { type AttributeMap, itemEncryptor } from 'fieldseal/dynamodb';
import { multi } from 'fieldseal/kms';
import { describe, expect, it } from 'vitest';
import { aesKeyring, ann, codeOf, encryptor, flipped, S, SYMMETRIC, usersConfig, withBytes } from './support.ts';

const { encryptAttributes, decryptAttributes } = encryptor();

describe('requirement 17: what tampering cannot be noticed', () => {
  it("another recipient's footer tag", async () => {
    const keyring = multi({ generator: aesKeyring(1), children: [aesKeyring(2)] });
    const stored = await encryptor({ keyring }).encryptAttributes(ann);
    const altered = withBytes(stored, 'aws_dbe_foot', bytes => flipped(bytes, 48));
    expect(await encryptor({ keyring: aesKeyring(1) }).decryptAttributes(altered)).toEqual(ann);
    expect(await codeOf(() => encryptor({ keyring: aesKeyring(2) }).decryptAttributes(altered))).toBe('NOT_AUTHENTIC');
  });

  it('undeclared aws_dbe_ attributes, which are dropped', async () => {
    expect(await decryptAttributes({ ...(await encryptAttributes(ann)), aws_dbe_b_ssn: S('planted') })).toEqual(ann);
  });

  it('unsigned attributes, changed, removed or added under the prefix', async () => {
    const table = attributeActions({
      logicalTableName: 't',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN', ':seen': 'DO_NOTHING' },
      allowedUnsignedAttributePrefix: ':',
    });
    const reader = itemEncryptor({ table, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
    const { ':seen': seen, ...stored } = await reader.encryptAttributes({ id: S('1'), ssn: S('x'), ':seen': { N: '1' } });
    expect(seen).toEqual({ N: '1' });
    expect(await reader.decryptAttributes({ ...stored, ':seen': { N: '2' } })).toMatchObject({ ':seen': { N: '2' } });
    expect(await reader.decryptAttributes({ ...stored, ':isAdmin': { BOOL: true } })).toMatchObject({ ':isAdmin': { BOOL: true } });
    expect(await reader.decryptAttributes(stored)).toEqual({ id: S('1'), ssn: S('x') });
  });

  it('equal renderings of numbers and sets', async () => {
    const table = attributeActions({
      logicalTableName: 't',
      partitionKeyName: 'id',
      attributeActionsOnEncrypt: { id: 'SIGN_ONLY', n: 'SIGN_ONLY', s: 'SIGN_ONLY' },
    });
    const reader = itemEncryptor({ table, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
    const stored = await reader.encryptAttributes({ id: S('1'), n: { N: '1' }, s: { NS: ['1', '2'] } });
    expect(await reader.decryptAttributes({ ...stored, n: { N: '1.0' }, s: { NS: ['2.0', '1'] } })).toMatchObject({ n: { N: '1.0' } });
    expect(await codeOf(() => reader.decryptAttributes({ ...stored, n: { N: '1.01' } }))).toBe('NOT_AUTHENTIC');
  });

  it('an older version of the item, and a copy in a table of the same logical name', async () => {
    const older = await encryptAttributes(ann);
    await encryptAttributes({ ...ann, name: S('Ann II') });
    expect(await decryptAttributes(older)).toEqual(ann);
    expect(await encryptor().decryptAttributes(structuredClone(older))).toEqual(ann);
  });
});

describe('requirement 17: everything else fails', () => {
  const regions: ReadonlyArray<readonly [region: string, alter: (stored: AttributeMap, other: AttributeMap) => AttributeMap]> = [
    ['a signed value', stored => ({ ...stored, name: S('Bob') })],
    ['the type of a signed value', stored => ({ ...stored, name: { B: Buffer.from('Ann') } })],
    ['a signed attribute removed', ({ name: _, ...stored }) => stored],
    ['a signed attribute added', stored => ({ ...stored, extra: S('x') })],
    ['a signed attribute renamed', ({ name, ...stored }) => ({ ...stored, mane: name ?? S('') })],
    ['an encrypted attribute renamed', ({ ssn, ...stored }) => ({ ...stored, nss: ssn ?? S('') })],
    ['two encrypted attributes swapped', stored => ({ ...stored, ssn: stored.email ?? S(''), email: stored.ssn ?? S('') })],
    ['an encrypted attribute of another item', (stored, other) => ({ ...stored, ssn: other.ssn ?? S('') })],
    [
      'header and footer of another item',
      (stored, other) => ({ ...stored, aws_dbe_head: other.aws_dbe_head ?? S(''), aws_dbe_foot: other.aws_dbe_foot ?? S('') }),
    ],
    ['the footer of another item', (stored, other) => ({ ...stored, aws_dbe_foot: other.aws_dbe_foot ?? S('') })],
    ['the partition key', stored => ({ ...stored, id: S('bob') })],
    ['an encrypted attribute in clear', stored => ({ ...stored, ssn: S('078-05-1120') })],
    ['the header without the footer', ({ aws_dbe_foot: _, ...stored }) => stored],
    ['the footer without the header', ({ aws_dbe_head: _, ...stored }) => stored],
  ];

  it.each(regions)('%s', async (_, alter) => {
    const stored = await encryptAttributes(ann);
    const other = await encryptAttributes({ ...ann, ssn: S('219-09-9999') });
    expect(await decryptAttributes(stored)).toEqual(ann);
    expect(await codeOf(() => decryptAttributes(alter(stored, other)))).toBe('NOT_AUTHENTIC');
  });

  it.each([
    ['logical table name', { logicalTableName: 'others' }],
    ['partition key', { partitionKeyName: 'name' }],
    ['sort key', { sortKeyName: 'name' }],
    [
      'unsigned attribute',
      {
        allowedUnsignedAttributes: ['seenAt', 'name'],
        attributeActionsOnEncrypt: {
          id: 'SIGN_ONLY',
          ssn: 'ENCRYPT_AND_SIGN',
          email: 'ENCRYPT_AND_SIGN',
          name: 'DO_NOTHING',
          seenAt: 'DO_NOTHING',
        },
      } as const,
    ],
  ])('a reader with another %s', async (_, difference) => {
    const table = attributeActions({ ...usersConfig, ...difference });
    const stored = await encryptAttributes(ann);
    expect(await codeOf(() => encryptor({ table }).decryptAttributes(stored))).toBe('NOT_AUTHENTIC');
  });
});
