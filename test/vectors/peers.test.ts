import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readGolden, readHarmless, readTampered } from '../interop/golden.mjs';
import { encryptorFrom, fromDynamoJson, toDynamoJson } from './from-config.mjs';

/** What each kind of alteration is refused with. Whatever is not listed must be NOT_AUTHENTIC. */
const CODES: ReadonlyArray<readonly [kind: RegExp, code: string]> = [
  [/: header: (flavor|legend length|unknown legend letter|wrapped data key|one byte|one byte less|one byte more|empty|a string)$/, 'MALFORMED'],
  [/^v2.*: header: version$/, 'MALFORMED'],
  [/: footer: a string$/, 'MALFORMED'],
  [/: header and footer missing$/, 'NOT_ENCRYPTED'],
  [/: configuration: another key name(space)?$/, 'KEY_NOT_FOUND'],
];

describe.each(['java', 'rust'])("items that AWS's %s library wrote", peer => {
  const [readable, needPkcs1] = partition(readGolden(peer, { large: true }), ({ name }) => !name.includes('PKCS1'));

  it.each(readable)('$name', async ({ config, encrypted, decrypted }) => {
    const opened = await encryptorFrom(config).decryptAttributes(fromDynamoJson(encrypted));
    expect(toDynamoJson(opened)).toEqual(decrypted);
  });

  it.each(needPkcs1)('$name (a coded refusal on a Node that no longer decrypts PKCS #1 v1.5)', async ({ config, encrypted, decrypted }) => {
    const outcome = await outcomeOf(() => encryptorFrom(config).decryptAttributes(fromDynamoJson(encrypted)));
    expect(outcome).toEqual(canDecryptPkcs1() ? { item: decrypted } : { code: 'CONFIG_INVALID' });
  });
});

describe('altered items that every peer refuses', () => {
  it.each(readTampered())('$name ($writer)', async ({ name, config, encrypted }) => {
    const code = CODES.find(([kind]) => kind.test(name))?.[1] ?? 'NOT_AUTHENTIC';
    expect(await outcomeOf(() => encryptorFrom(config).decryptAttributes(fromDynamoJson(encrypted)))).toEqual({ code });
  });
});

describe('altered items that every peer opens', () => {
  it.each(readHarmless())('$name ($writer)', async ({ config, encrypted, decrypted }) => {
    const opened = await encryptorFrom(config).decryptAttributes(fromDynamoJson(encrypted));
    expect(toDynamoJson(opened)).toEqual(decrypted);
  });
});

async function outcomeOf(work: () => Promise<Parameters<typeof toDynamoJson>[0]>): Promise<object> {
  try {
    return { item: toDynamoJson(await work()) };
  } catch (error) {
    return { code: (error as { code?: unknown }).code };
  }
}

function canDecryptPkcs1(): boolean {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const padding = constants.RSA_PKCS1_PADDING;
  try {
    privateDecrypt({ key: privateKey, padding }, publicEncrypt({ key: publicKey, padding }, Buffer.from('probe')));
    return true;
  } catch {
    return false;
  }
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): [T[], T[]] {
  return [values.filter(isFirst), values.filter(value => !isFirst(value))];
}
