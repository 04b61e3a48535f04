#!/usr/bin/env node
/**
 * Keeps the documentation true.
 *
 *   npm run check:docs
 *
 * - Every error code has a section in docs/errors.md and a place in its overview table, and every section an error code.
 * - Every ```ts block of README.md and docs/*.md compiles against the source. A block is a module of its own; ```ts continue goes on with
 *   the block before it, ```ts ambient declares something for all blocks, as a .d.ts file does, and ```ts ignore is not compiled.
 * - Every relative link leads to a file, and to a heading when it names one.
 */
import { stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { checkCodeBlocks } from './docs/code-blocks.mjs';
import { checkErrorCodes } from './docs/error-codes.mjs';
import { checkLinks } from './docs/links.mjs';

/** @typedef {{ summary: string, problems: string[] }} Findings each problem begins with FILE:LINE */

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {Findings[]} */
const all = [checkErrorCodes(root), checkLinks(root), await checkCodeBlocks(root)];
for (const { summary, problems } of all) {
  stdout.write(`${problems.length === 0 ? 'ok     ' : 'FAILED '} ${summary}\n`);
  for (const problem of problems) stdout.write(`        ${problem}\n`);
}
process.exitCode = all.every(({ problems }) => problems.length === 0) ? 0 : 1;
