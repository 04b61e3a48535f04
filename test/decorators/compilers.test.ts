import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundled, byEsbuild, byTypeScript, checkTypes, makeProject, printedBy } from './compilers.ts';
import { unexpected } from './expected-mistakes.ts';
import { report } from './fixtures/members.ts';

let project: string;
beforeAll(async () => {
  project = await makeProject();
}, 120_000);
afterAll(async () => rm(project, { recursive: true, force: true }));

describe.each([
  { compiler: 'tsc, standard', compile: () => byTypeScript(project, 'standard') },
  { compiler: 'tsc, experimentalDecorators', compile: () => byTypeScript(project, 'legacy') },
  {
    compiler: 'tsc, experimentalDecorators, fields assigned, types emitted',
    compile: () => byTypeScript(project, 'legacy', { useDefineForClassFields: false, emitDecoratorMetadata: true }),
  },
  {
    compiler: 'tsc, experimentalDecorators, CommonJS',
    compile: () => byTypeScript(project, 'legacy', { module: 'commonjs', moduleResolution: 'bundler' }),
  },
  { compiler: 'esbuild, standard', compile: () => byEsbuild(project, 'standard') },
  { compiler: 'esbuild, experimentalDecorators', compile: () => byEsbuild(project, 'legacy') },
  { compiler: 'tsc, standard, bundled', compile: async () => bundled(project, await byTypeScript(project, 'standard')) },
])('compiled by $compiler', ({ compile }) => {
  it('a class is the same schema, and mistakes are refused alike', async () => {
    const printed = await printedBy(await compile());
    expect(printed.report).toEqual(JSON.parse(JSON.stringify(report())));
    expect(unexpected(printed.outcomes)).toEqual({});
  });
});

describe('types', () => {
  const page = 'test/types/decorators.test-d.ts';
  it('hold under experimentalDecorators', async () => checkTypes(project, page, 'legacy'));
  it('hold without exactOptionalPropertyTypes, and with it', async () => {
    await checkTypes(project, page, 'standard');
    await checkTypes(project, page, 'standard', { exactOptionalPropertyTypes: true });
  });
  it('need no strictNullChecks', async () => {
    const program = byTypeScript(project, 'legacy', { strictNullChecks: false });
    await expect(program).resolves.toMatch(/main\.js$/);
  });
});
