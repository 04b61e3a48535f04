import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FieldCipher } from '../../src/format/field-cipher.ts';
import { TypeId } from '../../src/format/terminal.ts';

const root = Buffer.alloc(32, 0x5a);
const path = Buffer.from('path');
const terminal = { typeId: TypeId.STRING, value: Buffer.from('value') };
const notAuthentic = expect.objectContaining({ code: 'NOT_AUTHENTIC' });

/** encrypt-path-structure.md, "Calculate Cipherkey and Nonce", one field at a time: the counter starts at three times the index. */
function fieldKey(index: number): readonly [key: Buffer, nonce: Buffer] {
  const counter = Buffer.alloc(16);
  counter.write('AwsDbeField,', 'latin1');
  counter.writeUInt32BE(3 * index, 12);
  const stream = createCipheriv('aes-256-ctr', root, counter).update(Buffer.alloc(44));
  return [stream.subarray(0, 32), stream.subarray(32)];
}

test('every field has the key and nonce of the specification, however many there are', () => {
  const count = 300;
  const cipher = new FieldCipher(root, count);
  for (const index of [0, 1, 2, 5, 84, 85, 86, 170, 171, 255, 256, count - 1]) {
    const stored = Buffer.from(cipher.seal(index, path, terminal));
    const decipher = createDecipheriv('aes-256-gcm', ...fieldKey(index))
      .setAAD(path)
      .setAuthTag(stored.subarray(-16));
    expect(Buffer.concat([decipher.update(stored.subarray(2, -16)), decipher.final()]).toString()).toBe('value');
    expect(stored.readUInt16BE()).toBe(TypeId.STRING);
    expect(stored).toHaveLength(2 + 5 + 16);
  }
});

describe('opening', () => {
  const cipher = new FieldCipher(root, 2);
  const stored = cipher.seal(0, path, terminal);

  test('gives back what was sealed, also nothing at all', () => {
    expect(cipher.open(0, path, stored)).toEqual({ typeId: TypeId.STRING, value: Buffer.from('value') });
    const empty = cipher.seal(1, path, { typeId: TypeId.NULL, value: Buffer.alloc(0) });
    expect([empty.length, cipher.open(1, path, empty).value.length]).toEqual([18, 0]);
  });

  test('refuses every truncation', () => {
    for (let length = 0; length < stored.length; length++)
      expect(() => cipher.open(0, path, stored.subarray(0, length))).toThrow(notAuthentic);
  });

  test('refuses every changed bit, but for the type id, which only the footer covers', () => {
    for (let bit = 16; bit < 8 * stored.length; bit++) {
      const changed = Buffer.from(stored);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => cipher.open(0, path, changed)).toThrow(notAuthentic);
    }
    const otherType = Buffer.concat([Buffer.of(0xff, 0xff), stored.subarray(2)]);
    expect(cipher.open(0, path, otherType).typeId).toBe(TypeId.BINARY);
  });

  test('refuses another path and another index', () => {
    expect(() => cipher.open(0, Buffer.from('pathos'), stored)).toThrow(notAuthentic);
    expect(() => cipher.open(1, path, stored)).toThrow(notAuthentic);
  });

  test('is over after dispose', () => {
    const disposed = new FieldCipher(root, 1);
    const sealed = disposed.seal(0, path, terminal);
    disposed.dispose();
    expect(() => disposed.open(0, path, sealed)).toThrow(notAuthentic);
  });
});
