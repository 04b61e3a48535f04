/** The union of error codes and their explanations must name the same codes: each error's `docs` property leads to one. */
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

  const headings = headingsOf(readMarkdown(root, PAGE).prose)
    .map(heading => ({ ...heading, code: heading.text.replace(/^`(.*)`$/, '$1') }))
    .filter(({ level, code }) => (level === 2 || level === 3) && /^[A-Z][A-Z0-9_]{3,}$/.test(code));
  const explained = new Map(headings.map(({ code, line }) => [code, line]));
  const problems = [
    ...(codes.length === 0 ? [`${SOURCE}:1: found no FieldsealErrorCode`] : []),
    ...codes.filter(code => !explained.has(code)).map(code => `${PAGE}:1: no heading for ${code}`),
    ...headings.filter(({ code }) => !codes.includes(code)).map(({ code, line }) => `${PAGE}:${line}: no error has the code ${code}`),
    ...headings.filter(({ code, line }) => explained.get(code) !== line).map(({ code, line }) => `${PAGE}:${line}: a second ${code}`),
  ];
  return { summary: `error codes: ${codes.length}, each with its section in ${PAGE}`, problems };
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
