import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64 } from '../../src/bytes/base64.ts';
import { runs, SLOW } from '../property/runs.ts';

describe('decodeBase64', () => {
  test('reverses Buffer', SLOW, () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes));
      }),
      runs(300),
    );
  });

  test.each(['a', 'YQ', 'YR==', 'YQ==\n', ' YQ==', 'YQ==YQ==', 'Y-_=', 'YQ===', 'é'])('refuses %j, which another text stands for', text => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
