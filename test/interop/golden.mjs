/**
 * Reads and writes the recorded items under test/vectors/peers (the format is in its README.md).
 * Configurations are stored once, in configs.jsonl, under a hash of their text.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

/** @typedef {import('./corpus.mjs').Config} Config */
/** @typedef {import('./peer.mjs').Item} Item */
/**
 * @typedef {object} Recorded
 * @property {string} name
 * @property {Config} config
 * @property {Item} plaintext what was encrypted
 * @property {Item} encrypted
 * @property {Item} decrypted what the peer itself opens, which is the plaintext unless numbers or sets were normalised
 * @property {string} [note]
 */
/** @typedef {{ name: string, writer: string, config: Config, encrypted: Item }} Altered */
/** @typedef {Record<string, unknown>} Line */

const folder = new URL('../vectors/peers/', import.meta.url);
const mostBytes = 400_000;

/** The items that one peer wrote. @param {string} peer @param {{ large?: boolean }} [options] also the large ones @returns {Recorded[]} */
export function readGolden(peer, { large = false } = {}) {
  const lines = partsOf(peer).flatMap(readLines);
  if (large) lines.push(...readLines(`${peer}-large.jsonl.gz`));
  return withConfigs(lines).map(line => ({ decrypted: line.plaintext, ...line }));
}

/** Items altered after encryption so that every peer refuses them. @returns {Altered[]} */
export function readTampered() {
  return withConfigs(readLines('tampered.jsonl'));
}

/** Items altered in ways that the format does not notice. @returns {(Altered & { decrypted: Item })[]} */
export function readHarmless() {
  return withConfigs(readLines('harmless.jsonl'));
}

/** Collects lines and their configurations and writes them in the end. */
export class GoldenWriter {
  /** @type {Map<string, Config>} */
  #configs = new Map();

  /** @param {string} peer @param {{ config: Config }[]} entries */
  writeItems(peer, entries) {
    for (const name of partsOf(peer)) unlinkSync(new URL(name, folder));
    let part = 1;
    let text = '';
    for (const line of this.#lines(entries)) {
      if (Buffer.byteLength(text + line) > mostBytes) {
        write(partName(peer, part++), text);
        text = '';
      }
      text += line;
    }
    write(partName(peer, part), text);
  }

  /** @param {string} name a file, compressed when it ends in .gz @param {{ config: Config }[]} entries */
  writeFile(name, entries) {
    write(name, this.#lines(entries).join(''));
  }

  writeConfigs() {
    const sorted = [...this.#configs].sort(([a], [b]) => (a < b ? -1 : 1));
    write('configs.jsonl', sorted.map(([id, config]) => `${JSON.stringify({ id, config })}\n`).join(''));
  }

  /** @param {{ config: Config }[]} entries */
  #lines(entries) {
    return entries.map(entry => {
      const id = createHash('sha256').update(JSON.stringify(entry.config)).digest('hex').slice(0, 12);
      this.#configs.set(id, entry.config);
      return `${JSON.stringify({ ...entry, config: id })}\n`;
    });
  }
}

/** @param {string} peer @param {number} part */
const partName = (peer, part) => (part === 1 ? `${peer}.jsonl` : `${peer}-${part}.jsonl`);

/** @param {string} peer */
function partsOf(peer) {
  const pattern = new RegExp(`^${peer}(-\\d+)?\\.jsonl$`);
  const names = readdirSync(folder).filter(name => pattern.test(name));
  return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** @param {string} name @param {string} text */
function write(name, text) {
  const bytes = name.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text;
  writeFileSync(fileURLToPath(new URL(name, folder)), bytes);
}

/** @param {string} name @returns {Line[]} */
function readLines(name) {
  const bytes = readFileSync(new URL(name, folder));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
}

/** The lines are files of this repository, so their shape is not checked. @param {Line[]} lines @returns {any[]} */
function withConfigs(lines) {
  const configs = new Map(readLines('configs.jsonl').map(({ id, config }) => [id, config]));
  return lines.map(line => ({ ...line, config: configs.get(line.config) }));
}
