/**
 * TypeScript blocks of the documentation, compiled. Each becomes a file in .cache/docs in which every line keeps its number, so that the
 * compiler's message leads back to the page. The folder is inside the project: `import 'fieldseal'` means the source.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { capture } from '../shared/process-group.mjs';
import { readMarkdown } from './markdown.mjs';

const LANGUAGES = new Set(['ts', 'typescript']);

/** @typedef {{ page: string, line: number, lines: string[], ambient: boolean }} Module ambient: declarations for all modules, as a .d.ts file has */

/**
 * @param {string} root
 * @returns {Promise<import('../check-docs.mjs').Findings>}
 */
export async function checkCodeBlocks(root) {
  const inDocs = existsSync(join(root, 'docs')) ? readdirSync(join(root, 'docs')).sort() : [];
  const pages = ['README.md', ...inDocs.filter(name => name.endsWith('.md')).map(name => join('docs', name))];
  /** @type {string[]} */
  const misplaced = [];
  const modules = pages.flatMap(page => modulesOf(root, page, misplaced));
  const compiled = modules.length === 0 ? [] : await compile(root, modules);
  return { summary: `TypeScript blocks: ${modules.length} modules from ${pages.length} pages`, problems: [...misplaced, ...compiled] };
}

/**
 * @param {string} root
 * @param {string} page
 * @param {string[]} misplaced
 * @returns {Module[]}
 */
function modulesOf(root, page, misplaced) {
  /** @type {Module[]} */
  const modules = [];
  for (const { line, info, code } of readMarkdown(root, page).blocks) {
    const [language = '', ...words] = info.split(/\s+/);
    if (!LANGUAGES.has(language) || words.includes('ignore')) continue;
    const unknown = words.filter(word => word !== 'continue' && word !== 'ambient');
    const last = modules.at(-1);
    if (unknown.length > 0) {
      misplaced.push(`${page}:${line - 1}: \`\`\`ts can be followed by 'continue', 'ambient' or 'ignore', not by ${unknown.join(' ')}`);
    } else if (!words.includes('continue')) {
      modules.push({ page, line, lines: [...blankLines(line - 1), ...code], ambient: words.includes('ambient') });
    } else if (last === undefined) {
      misplaced.push(`${page}:${line - 1}: there is no block that this one could continue`);
    } else {
      last.lines.push(...blankLines(line - 1 - last.lines.length), ...code);
    }
  }
  return modules;
}

/**
 * @param {string} root
 * @param {Module[]} modules
 * @returns {Promise<string[]>} problems
 */
async function compile(root, modules) {
  const folder = join(root, '.cache', 'docs');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tsconfig = { extends: '../../tsconfig.json', compilerOptions: { noEmit: true, moduleDetection: 'force' }, include: ['./*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig, null, 2));
  /** @type {Map<string, string>} */
  const pageOf = new Map();
  for (const { page, line, lines, ambient } of modules) {
    const name = `${page.replace(/[^A-Za-z0-9-]+/g, '_')}-${line}${ambient ? '.d.ts' : '.ts'}`;
    pageOf.set(name, page);
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  }

  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, stdout, stderr } = await capture({ command: execPath, args: [tsc, '-p', folder, '--pretty', 'false'], cwd: folder });
  if (code === 0) return [];
  const messages = `${stdout}${stderr}`.trimEnd().split('\n');
  return messages.map(message =>
    message.replace(/^([\w-]+(?:\.d)?\.ts)\((\d+),(\d+)\)/, (_, name, line) => `${pageOf.get(name) ?? name}:${line}`),
  );
}

/** @param {number} count */
function blankLines(count) {
  return Array.from({ length: Math.max(0, count) }, () => '');
}
