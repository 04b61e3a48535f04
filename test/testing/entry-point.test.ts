import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('the test kit loads no package when it is imported: whoever tests without AWS KMS or DynamoDB need not install their clients', async () => {
  const { metafile } = await build({
    stdin: { contents: "import 'fieldseal/testing';", resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@fieldseal/source'],
    packages: 'external',
    alias: { 'fieldseal/testing': new URL('../../src/testing/index.ts', import.meta.url).pathname },
    ignoreAnnotations: true,
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imported.filter(path => !path.startsWith('node:'))).toEqual([]);
});
