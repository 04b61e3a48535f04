#!/usr/bin/env node
/**
 * Remakes test/vectors/peers: every case of the corpus encrypted and opened by both peers, each
 * opening what the other wrote, altered items that both refuse, and the refusals of the corpus.
 *
 *   node test/interop/make-golden.mjs [--check] [--offline]
 *
 * --check writes nothing. Message ids and keys are random, so every run writes other bytes. Ends
 * with exit code 1, writing nothing, when the peers disagree with each other or with the corpus.
 */
import { argv, exit, stderr } from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { corpus, rejections } from './corpus.mjs';
import { GoldenWriter } from './golden.mjs';
import { Peer, PeerRefusal } from './peer.mjs';
import { alterationsOf, bases, plaintextsOf } from './tampering.mjs';

/** @typedef {import('./corpus.mjs').Config} Config */
/** @typedef {import('./peer.mjs').Item} Item */
/** @typedef {{ name: string, peer: Peer, other: Peer }} Writer */

const offline = argv.includes('--offline');
const java = await Peer.start('java', { offline });
const rust = await Peer.start('rust', { offline });
/** @type {Writer[]} */
const writers = [
  { name: 'java', peer: java, other: rust },
  { name: 'rust', peer: rust, other: java },
];

/** @type {string[]} */
const complaints = [];

/** @type {Record<string, { items: { config: Config }[], large: { config: Config }[] }>} */
const recorded = {};
for (const writer of writers) {
  const { items, large } = await record(writer);
  recorded[writer.name] = { items, large };
  say(`${writer.name}: ${items.length} items and ${large.length} large ones, the other peer opens them`);
}
const altered = await alter();
say(`${altered.refused.length} altered items refused by both peers, ${altered.opened.length} opened by both`);
await checkRejections();
java.close();
rust.close();
if (complaints.length > 0) {
  for (const complaint of complaints) say(`DISAGREEMENT ${complaint}`);
  exit(1);
}
if (!argv.includes('--check')) write();

function write() {
  const golden = new GoldenWriter();
  for (const [peer, { items, large }] of Object.entries(recorded)) {
    golden.writeItems(peer, items);
    golden.writeFile(`${peer}-large.jsonl.gz`, large);
  }
  golden.writeFile('tampered.jsonl', altered.refused);
  golden.writeFile('harmless.jsonl', altered.opened);
  golden.writeConfigs();
}

/** Every case encrypted by one peer and opened by both. @param {Writer} writer */
async function record({ name: writerName, peer, other }) {
  const cases = await Promise.all(
    corpus().map(async ({ name, config, item, note, large = false }) => {
      try {
        const encrypted = await peer.encrypt(config, item);
        const decrypted = await peer.decrypt(config, encrypted);
        const opened = await other.decrypt(config, encrypted);
        if (!isDeepStrictEqual(opened, decrypted)) complaints.push(`${name}, written by ${writerName}: opened differently`);
        const differs = isDeepStrictEqual(decrypted, item) ? {} : { decrypted };
        return { large, line: { name, config, plaintext: item, encrypted: sorted(encrypted), ...differs, ...(note ? { note } : {}) } };
      } catch (error) {
        complaints.push(`${name}, written by ${writerName}: ${reasonOf(error)}`);
        return undefined;
      }
    }),
  );
  const recorded = cases.filter(entry => entry !== undefined);
  const pick = (/** @type {boolean} */ wanted) => recorded.filter(({ large }) => large === wanted).map(({ line }) => line);
  return { items: pick(false), large: pick(true) };
}

/** The writers take turns; both peers must agree about every altered item. */
async function alter() {
  const refused = [];
  const opened = [];
  let turn = 0;
  for (const [base, config] of Object.entries(bases)) {
    const [plaintext, otherPlaintext] = plaintextsOf(config);
    const changes = alterationsOf(config);
    for (const [change, apply] of Object.entries({ ...changes.refused, ...changes.opened })) {
      const { name: writer, peer } = writers[turn++ % 2] ?? { name: 'java', peer: java };
      const item = await peer.encrypt(config, plaintext);
      const altered = apply({ config, item }, await peer.encrypt(config, otherPlaintext));
      const line = { name: `${base}: ${change}`, writer, config: altered.config, encrypted: sorted(altered.item) };
      const answers = await Promise.all([java, rust].map(reader => outcome(() => reader.decrypt(altered.config, altered.item))));
      const items = answers.flatMap(answer => ('item' in answer ? [answer.item] : []));
      if (change in changes.opened) {
        if (items.length === 2 && isDeepStrictEqual(items[0], items[1])) opened.push({ ...line, decrypted: items[0] });
        else complaints.push(`${line.name}: should open, ${JSON.stringify(answers)}`);
      } else if (items.length === 0) refused.push(line);
      else complaints.push(`${line.name}: should be refused, ${JSON.stringify(answers)}`);
    }
  }
  return { refused, opened };
}

/** Refused by exactly the peers that the corpus names. */
async function checkRejections() {
  const all = rejections();
  for (const { name, config, item, peers } of all) {
    for (const writer of writers) {
      const answer = await outcome(() => writer.peer.encrypt(config, item));
      if ('error' in answer !== peers.includes(writer.name)) {
        complaints.push(`${name}: ${writer.name} says ${'error' in answer ? answer.error : 'yes'}`);
      }
    }
  }
  say(`${all.length} refusals checked`);
}

/** @param {() => Promise<Item>} attempt @returns {Promise<{ item: Item } | { error: string }>} */
async function outcome(attempt) {
  try {
    return { item: await attempt() };
  } catch (error) {
    if (error instanceof PeerRefusal) return { error: error.message };
    throw error;
  }
}

/** Attribute order means nothing; sorted, it is the same in every run. @param {Item} item @returns {Item} */
function sorted(item) {
  return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} line */
function say(line) {
  stderr.write(`${line}\n`);
}
