/**
 * The union of error codes, their explanations and the overview above them must name the same codes: each error's `docs` property leads to an
 * explanation.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headingsOf, readMarkdown } from './markdown.mjs';

const SOURCE = join('src', 'errors.ts');
const PAGE = join('docs', 'errors.md');

/**
 * @param {string} root
 * @returns {import('../check-docs.mjs').Findings}
 */
export function checkErrorCodes(root) {
  const codes = codesIn(readFileSync(join(root, SOURCE), 'utf8'));
  if (!existsSync(join(root, PAGE))) return { summary: 'error codes', problems: [`${PAGE}: there is no such file`] };

  const { prose } = readMarkdown(root, PAGE);
  const headings = headingsOf(prose)
    .map(heading => ({ ...heading, code: heading.text.replace(/^`(.*)`$/, '$1') }))
    .filter(({ level, code }) => (level === 2 || level === 3) && /^[A-Z][A-Z0-9_]{3,}$/.test(code));
  const explained = new Map(headings.map(({ code, line }) => [code, line]));
  const overview = overviewIn(prose);
  const problems = [
    ...(codes.length === 0 ? [`${SOURCE}:1: found no FieldsealErrorCode`] : []),
    ...codes.filter(code => !explained.has(code)).map(code => `${PAGE}:1: no heading for ${code}`),
    ...headings.filter(({ code }) => !codes.includes(code)).map(({ code, line }) => `${PAGE}:${line}: no error has the code ${code}`),
    ...headings.filter(({ code, line }) => explained.get(code) !== line).map(({ code, line }) => `${PAGE}:${line}: a second ${code}`),
    ...codes.filter(code => !overview.has(code)).map(code => `${PAGE}:1: the overview table does not have ${code}`),
    ...[...overview].filter(([code]) => !codes.includes(code)).map(([code, line]) => `${PAGE}:${line}: no error has the code ${code}`),
  ];
  return { summary: `error codes: ${codes.length}, each with its section in ${PAGE} and in its overview`, problems };
}

/**
 * The codes that rows of tables link to, with the line of each.
 *
 * @param {import('./markdown.mjs').Line[]} prose
 * @returns {Map<string, number>}
 */
function overviewIn(prose) {
  const rows = prose.filter(({ text }) => text.startsWith('|'));
  return new Map(
    rows.flatMap(({ line, text }) => [...text.matchAll(/\[([A-Z][A-Z0-9_]+)\]\(#\w+\)/g)].map(([, code = '']) => [code, line])),
  );
}

/**
 * @param {string} source
 * @returns {string[]}
 */
function codesIn(source) {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const [, union = ''] = /type FieldsealErrorCode\s*=([^;]*);/.exec(withoutComments) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, code = '']) => code);
}
