/** Relative links of every Markdown file: the file must exist, and so must the heading. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { anchorsOf, markdownFiles, readMarkdown } from './markdown.mjs';

const INLINE_LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/g;
const ELSEWHERE = /^[a-z][a-z0-9+.-]*:|^\/\//i;

/**
 * @param {string} root
 * @returns {import('../check-docs.mjs').Findings}
 */
export function checkLinks(root) {
  const links = markdownFiles(root).flatMap(file => linksOf(root, file));
  const problems = links.flatMap(({ file, line, target }) => {
    const why = whyBroken(root, file, target);
    return why === undefined ? [] : [`${file}:${line}: ${target}: ${why}`];
  });
  return { summary: `links: ${links.length} relative ones`, problems };
}

/**
 * @param {string} root
 * @param {string} file
 */
function linksOf(root, file) {
  return readMarkdown(root, file).prose.flatMap(({ line, text }) => {
    const withoutCode = text.replace(/`[^`]*`/g, '``');
    return [...withoutCode.matchAll(INLINE_LINK), ...withoutCode.matchAll(REFERENCE)]
      .map(([, target = '']) => ({ file, line, target }))
      .filter(({ target }) => !ELSEWHERE.test(target));
  });
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string} target
 * @returns {string | undefined}
 */
function whyBroken(root, file, target) {
  const [path = '', anchor] = target.split('#').map(decodeURIComponent);
  const absolute = path === '' ? join(root, file) : path.startsWith('/') ? join(root, path) : join(root, dirname(file), path);
  if (relative(root, absolute).startsWith('..')) return 'it leads out of the project';
  if (!existsSync(absolute)) return 'there is no such file';
  if (anchor === undefined || statSync(absolute).isDirectory() || !absolute.endsWith('.md')) return undefined;
  return anchorsOf(readMarkdown(root, relative(root, absolute)).prose).has(anchor) ? undefined : 'there is no such heading';
}
