/** A running peer: requests go out as JSON lines, answers come back in the same order. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildPeer } from './build.mjs';

/** @typedef {import('./corpus.mjs').Config} Config */
/** @typedef {Record<string, Record<string, unknown>>} Item DynamoDB JSON */
/** @typedef {{ branchKeyId?: string, version?: string, key?: string }} KeyAnswer `key` is in hex */
/** @typedef {KeyAnswer & { id?: string | null, item?: Item, error?: string, itemsPerSecond?: number, items?: number }} Answer */
/** @typedef {'createKey' | 'versionKey' | 'getActive' | 'getVersion' | 'getBeacon'} KeyStoreCall */

/** The peer answered with an error: it refused the item or the configuration. */
export class PeerRefusal extends Error {
  /** @param {string} message the peer's own words */
  constructor(message) {
    super(message);
    this.name = 'PeerRefusal';
  }
}

export class Peer {
  /** @type {{ resolve: (answer: Answer) => void, reject: (reason: Error) => void }[]} */
  #waiting = [];
  #next = 0;
  #child;

  /** @param {import('./build.mjs').Command} run */
  constructor(run) {
    this.#child = spawn(run.command, run.args, { stdio: ['pipe', 'pipe', 'ignore'] });
    createInterface({ input: this.#child.stdout }).on('line', line => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.#child.on('error', error => this.#fail(error));
    this.#child.on('close', code => this.#fail(new Error(`the peer ended with ${code}`)));
    this.#child.stdin.on('error', error => this.#fail(error));
  }

  /** Builds the peer if need be and starts it. @param {string} name @param {{ offline?: boolean }} [options] */
  static async start(name, options) {
    return new Peer(await buildPeer(name, options));
  }

  /** @param {Config} config @param {Item} item @returns {Promise<Item>} */
  encrypt(config, item) {
    return this.#convert('encrypt', config, item);
  }

  /** @param {Config} config @param {Item} item @returns {Promise<Item>} */
  decrypt(config, item) {
    return this.#convert('decrypt', config, item);
  }

  /**
   * Items a second of one operation, repeated for the given time after a warm-up of half that time.
   *
   * @param {'encrypt' | 'decrypt'} direction
   * @param {Config} config
   * @param {Item} item a plaintext
   * @param {number} seconds
   * @returns {Promise<number>}
   */
  async bench(direction, config, item, seconds) {
    const { itemsPerSecond, error } = await this.#ask({ op: 'bench', direction, config, item, seconds });
    if (itemsPerSecond === undefined) throw new PeerRefusal(error ?? 'no figure');
    return itemsPerSecond;
  }

  /**
   * Calls the peer's key store; only the Java peer has one.
   *
   * @param {KeyStoreCall} call
   * @param {Record<string, string>} keyStore as in the configuration of a hierarchical keyring, with both endpoints
   * @param {{ branchKeyId?: string, version?: string, encryptionContext?: Record<string, string> }} [input]
   * @returns {Promise<KeyAnswer>}
   */
  async keyStore(call, keyStore, input) {
    const answer = await this.#ask({ op: 'keyStore', call, keyStore, ...input });
    if (answer.error !== undefined) throw new PeerRefusal(answer.error);
    return answer;
  }

  /** Lets the peer finish what it was asked and end. */
  close() {
    this.#child.stdin.end();
  }

  /** @param {string} op @param {Config} config @param {Item} item */
  async #convert(op, config, item) {
    const answer = await this.#ask({ op, config, item });
    if (answer.item === undefined) throw new PeerRefusal(answer.error ?? 'no item');
    return answer.item;
  }

  /** @param {Record<string, unknown>} request @returns {Promise<Answer>} */
  #ask(request) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id: String(this.#next++), ...request })}\n`);
    });
  }

  /** @param {Error} reason */
  #fail(reason) {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
