import { type AttributeMap, itemEncryptor } from 'fieldseal/dynamodb';
import { type Header, parseHeader } from 'fieldseal/format';
import { multi } from 'fieldseal/kms';
import { beforeAll, describe, expect, it } from 'vitest';
import { aesKeyring, ann, codeOf, encryptor, flipped, S, SIGNED, SYMMETRIC, tenantUsers, users, withBytes } from '../security/support.ts';

/** A run of header bytes and the codes that a changed bit in it may have. */
interface Region {
  readonly name: string;
  readonly length: number;
  readonly codes: readonly string[];
}

/** The header's parts in order, with their lengths in this header. */
function regionsOf(header: Header, keyNames: readonly string[]): Region[] {
  const context = 2 + Object.entries(header.context).reduce((sum, [key, value]) => sum + 4 + key.length + value.length, 0);
  const strictOrForged = ['MALFORMED', 'NOT_AUTHENTIC'];
  return [
    { name: 'version', length: 1, codes: ['MALFORMED'] },
    { name: 'flavor', length: 1, codes: ['MALFORMED'] },
    { name: 'message id', length: 32, codes: ['NOT_AUTHENTIC'] },
    { name: 'legend length', length: 2, codes: strictOrForged },
    { name: 'legend', length: header.legend.length, codes: ['MALFORMED'] },
    { name: 'context', length: context, codes: strictOrForged },
    { name: 'data key count', length: 1, codes: ['MALFORMED', 'TOO_MANY_DATA_KEYS'] },
    ...header.encryptedDataKeys.flatMap(({ providerId, providerInfo, ciphertext }, i) => [
      { name: 'provider id length', length: 2, codes: ['MALFORMED', 'KEY_NOT_FOUND', 'TOO_MANY_DATA_KEYS'] },
      { name: 'provider id', length: providerId.length, codes: ['KEY_NOT_FOUND', 'MALFORMED', 'NOT_AUTHENTIC'] },
      { name: 'provider info length', length: 2, codes: ['MALFORMED', 'KEY_NOT_FOUND', 'NOT_AUTHENTIC'] },
      { name: 'provider info', length: (keyNames[i] ?? '').length + 8, codes: ['KEY_NOT_FOUND', 'NOT_AUTHENTIC'] },
      { name: 'wrapping IV', length: providerInfo.length - (keyNames[i] ?? '').length - 8, codes: ['NOT_AUTHENTIC'] },
      { name: 'ciphertext length', length: 2, codes: ['MALFORMED', 'NOT_AUTHENTIC'] },
      { name: 'wrapped key', length: ciphertext.length, codes: ['NOT_AUTHENTIC'] },
    ]),
    { name: 'commitment', length: 32, codes: ['NOT_AUTHENTIC'] },
  ];
}

describe.each([
  ['version 1 without signature', { algorithmSuiteId: SYMMETRIC } as const, ann, ['aes-1']],
  ['version 1 with signature', { algorithmSuiteId: SIGNED } as const, ann, ['aes-1']],
  [
    'version 2',
    { table: tenantUsers, algorithmSuiteId: SYMMETRIC } as const,
    { id: S('1'), tenantId: S('t'), ssn: S('x') } as AttributeMap,
    ['aes-1'],
  ],
  [
    'two data keys',
    { algorithmSuiteId: SYMMETRIC, keyring: multi({ generator: aesKeyring(1), children: [aesKeyring(2)] }) } as const,
    ann,
    ['aes-1', 'aes-2'],
  ],
])('a changed bit in an item of %s', (_, options, item, keyNames) => {
  const { encryptAttributes, decryptAttributes } = encryptor(options);
  let stored: AttributeMap;
  let header: Buffer;

  beforeAll(async () => {
    stored = await encryptAttributes(item);
    header = Buffer.from(stored.aws_dbe_head?.B ?? []);
    expect(await decryptAttributes(stored)).toEqual(item);
  });

  it('anywhere in the header has its region’s code, and never opens', async () => {
    let offset = 0;
    for (const { name, length, codes } of regionsOf(parseHeader(header), keyNames)) {
      for (let i = 0; i < length; i++) {
        const altered = withBytes(stored, 'aws_dbe_head', bytes => flipped(bytes, offset + i, 1 << (i % 8)));
        expect(codes, `${name}, byte ${i}`).toContain(await codeOf(() => decryptAttributes(altered)));
      }
      offset += length;
    }
    expect(offset).toBe(header.length);
  });

  it('anywhere in the footer is not authentic, but for the tag of another recipient', async () => {
    const length = stored.aws_dbe_foot?.B?.length ?? 0;
    const checked = keyNames.length === 1 ? length : 48;
    for (let i = 0; i < checked; i++) {
      const altered = withBytes(stored, 'aws_dbe_foot', bytes => flipped(bytes, i, 1 << (i % 8)));
      expect(await codeOf(() => decryptAttributes(altered)), `byte ${i}`).toBe('NOT_AUTHENTIC');
    }
  });

  it('anywhere in a ciphertext is not authentic', async () => {
    const encrypted = Object.entries(stored).filter(([name, value]) => value.B !== undefined && !name.startsWith('aws_dbe_'));
    expect(encrypted.length).toBeGreaterThan(0);
    for (const [name, value] of encrypted) {
      for (let i = 0; i < (value.B?.length ?? 0); i++) {
        const altered = withBytes(stored, name, bytes => flipped(bytes, i, 1 << (i % 8)));
        expect(await codeOf(() => decryptAttributes(altered)), `${name}, byte ${i}`).toBe('NOT_AUTHENTIC');
      }
    }
  });

  it('every cut and every added byte fails', async () => {
    for (const name of ['aws_dbe_head', 'aws_dbe_foot']) {
      const length = stored[name]?.B?.length ?? 0;
      for (let end = 0; end < length; end++) {
        expect(['MALFORMED', 'NOT_AUTHENTIC']).toContain(
          await codeOf(() => decryptAttributes(withBytes(stored, name, bytes => bytes.subarray(0, end)))),
        );
      }
      const longer = withBytes(stored, name, bytes => Buffer.concat([bytes, Buffer.of(0)]));
      expect(['MALFORMED', 'NOT_AUTHENTIC']).toContain(await codeOf(() => decryptAttributes(longer)));
    }
  });

  it('nothing of an altered item is given out, whichever attribute is asked for', async () => {
    const altered = withBytes(stored, 'ssn', bytes => flipped(bytes, -1));
    expect(await codeOf(() => decryptAttributes(altered, { only: [] }))).toBe('NOT_AUTHENTIC');
    expect(await codeOf(() => decryptAttributes(altered, { only: ['id'] }))).toBe('NOT_AUTHENTIC');
  });
});

describe('selective decryption', () => {
  it('opens what is named, passes on what is in clear, and leaves the rest out', async () => {
    const { encryptAttributes, decryptAttributes } = itemEncryptor({ table: users, keyring: aesKeyring(), algorithmSuiteId: SYMMETRIC });
    const stored = await encryptAttributes(ann);
    expect(await decryptAttributes(stored, { only: ['email'] })).toEqual({
      id: ann.id,
      name: ann.name,
      seenAt: ann.seenAt,
      email: ann.email,
    });
    expect(await decryptAttributes(stored, { only: [] })).toEqual({ id: ann.id, name: ann.name, seenAt: ann.seenAt });
    expect(await decryptAttributes(stored, { only: ['name'] })).toEqual({ id: ann.id, name: ann.name, seenAt: ann.seenAt });
    expect(await codeOf(() => decryptAttributes(stored, { only: 'email' } as never))).toBe('INPUT_INVALID');
  });
});
