/** Reading Markdown line by line, as far as the checks need it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', 'target', 'vectors']);
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*(.*)$/;

/** @typedef {{ line: number, text: string }} Line numbered from 1 */
/** @typedef {{ line: number, info: string, code: string[] }} Block line: of its first line of code */

/**
 * The Markdown files of the project, hidden folders left out.
 *
 * @param {string} root
 * @param {string} [folder]
 * @returns {string[]} paths relative to the root
 */
export function markdownFiles(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('.') || NOT_OURS.has(entry.name) ? [] : markdownFiles(root, path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/**
 * Splits a file into its text and its fenced code blocks.
 *
 * @param {string} root
 * @param {string} path
 * @returns {{ prose: Line[], blocks: Block[] }}
 */
export function readMarkdown(root, path) {
  const source = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
  /** @type {Line[]} */
  const prose = [];
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ fence: string, block: Block } | undefined} */
  let open;
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    const [, fence = '', info = ''] = FENCE.exec(text) ?? [];
    if (open === undefined && fence !== '') {
      open = { fence, block: { line: index + 2, info: info.trim(), code: [] } };
      blocks.push(open.block);
    } else if (open === undefined) {
      prose.push({ line: index + 1, text });
    } else if (fence.startsWith(open.fence) && info === '') {
      open = undefined;
    } else {
      open.block.code.push(text);
    }
  }
  return { prose, blocks };
}

/**
 * @param {Line[]} prose
 * @returns {{ line: number, level: number, text: string }[]}
 */
export function headingsOf(prose) {
  return prose.flatMap(({ line, text }) => {
    const [, marks = '', title] = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(text) ?? [];
    return title === undefined ? [] : [{ line, level: marks.length, text: title }];
  });
}

/**
 * The anchors that GitHub gives to headings: lower case, no punctuation, hyphens for spaces, a number from the second of a kind on.
 *
 * @param {Line[]} prose
 * @returns {Set<string>}
 */
export function anchorsOf(prose) {
  const anchors = new Set();
  for (const { text } of headingsOf(prose)) {
    const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  for (const { text } of prose) for (const [, id] of text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}
