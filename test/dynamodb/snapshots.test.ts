import type { AttributeMap } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { ann, encryptor, S } from '../security/support.ts';

/** Changes a caller's objects while a call is on its way. */
function meddle(item: AttributeMap): void {
  const { name } = item;
  if (name?.L?.[0] !== undefined) name.L[0] = S('meddled');
  item.email = S('meddled');
  item.extra = S('meddled');
  delete item.seenAt;
}

describe('objects that change while a call is on its way', () => {
  it('do not change what is stored', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const item: AttributeMap = { ...ann, name: { L: [S('Ann')] } };
    const before = structuredClone(item);
    const encrypting = encryptAttributes(item);
    meddle(item);
    expect(await decryptAttributes(await encrypting)).toEqual(before);
  });

  it('do not change what was verified', async () => {
    const { encryptAttributes, decryptAttributes } = encryptor();
    const item: AttributeMap = { ...ann, name: { L: [S('Ann')] } };
    const stored = await encryptAttributes(item);
    const decrypting = decryptAttributes(stored);
    meddle(stored);
    expect(await decrypting).toEqual(item);
  });
});
