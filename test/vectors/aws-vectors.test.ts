import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { awsVectors } from './aws-vectors.mjs';

const folder = process.env['FIELDSEAL_AWS_VECTORS'] ?? fileURLToPath(new URL('../../../shared/vectors/aws', import.meta.url));

describe.skipIf(!existsSync(folder))("AWS's decrypt vectors (skipped: set FIELDSEAL_AWS_VECTORS to a folder that holds them)", () => {
  const vectors = existsSync(folder) ? awsVectors(folder) : [];

  it('finds vectors of both kinds', () => {
    expect(vectors.filter(vector => vector.type === 'positive-decrypt').length).toBeGreaterThan(0);
    expect(vectors.filter(vector => vector.type === 'negative-decrypt').length).toBeGreaterThan(0);
  });

  it.each(vectors)('$file $id: $type, $description', async ({ run }) => {
    await run();
  });

  // The negative vectors of this folder declare unsigned what the writer signed.
  it.each(vectors.filter(vector => vector.type === 'negative-decrypt' && process.env.FIELDSEAL_AWS_VECTORS === undefined))(
    '$file $id: not authentic, and open for a reader that leaves it signed',
    async ({ decrypt, decryptSigned }) => {
      await expect((async () => decrypt())()).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' });
      expect(await decryptSigned()).toHaveProperty('RecNum');
    },
  );
});
