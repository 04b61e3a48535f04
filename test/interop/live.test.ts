import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encryptorFrom, fromDynamoJson, toDynamoJson } from '../vectors/from-config.mjs';
import { corpus, rejections } from './corpus.mjs';
import { Peer } from './peer.mjs';

const peers = (process.env.FIELDSEAL_LIVE_PEERS ?? '').split(',').filter(name => name !== '');
const cases = corpus();
const pkcs1 = /PKCS1/;

/** What the peers write and we refuse to: names of the format, which would be dropped on read, and items that a plaintext policy let by. */
const NOT_WRITTEN = /reserved name in the unsigned|own reserved attribute|plaintext is written as it is/;

/** What the peers refuse and we accept, because it does no harm. */
const ACCEPTED: ReadonlyArray<readonly [name: RegExp, why: string]> = [
  [/bad (value|number) (under|in) the unsigned/, 'unsigned values are not looked at, with or without a configured action'],
  [/empty (list of unsigned attributes|unsigned prefix)/, 'an empty list or prefix is the same as none'],
  [/multi keyring with a generator/, 'nested multi-keyrings are unpacked into a flat list'],
];

describe.skipIf(peers.length > 0)('live peers', () => {
  it.skip('skipped: run npm run test:interop, which sets FIELDSEAL_LIVE_PEERS to the peers to run (java, rust)', () => undefined);
});

describe.each(peers)('live: %s', name => {
  let peer: Peer;
  beforeAll(async () => {
    peer = await Peer.start(name);
  }, 1_800_000);
  afterAll(() => peer.close());

  it.each(cases.filter(one => !pkcs1.test(one.name)))('$name', async ({ name: title, config, item }) => {
    const { encryptAttributes, decryptAttributes } = encryptorFrom(config);
    const theirs = await peer.encrypt(config, item);
    const opened = await peer.decrypt(config, theirs);
    expect(toDynamoJson(await decryptAttributes(fromDynamoJson(theirs)))).toEqual(opened);
    if (NOT_WRITTEN.test(title)) {
      await expect(encryptAttributes(fromDynamoJson(item))).rejects.toMatchObject({ name: 'FieldsealError' });
      return;
    }
    const ours = toDynamoJson(await encryptAttributes(fromDynamoJson(item)));
    expect(await peer.decrypt(config, ours)).toEqual(opened);
    expect(toDynamoJson(await decryptAttributes(fromDynamoJson(ours)))).toEqual(opened);
  });

  it.each(rejections().filter(one => one.peers.includes(name)))('refused: $name', async ({ name: title, config, item }) => {
    await expect(peer.encrypt(config, item)).rejects.toThrow();
    const outcome = await (async () => encryptorFrom(config).encryptAttributes(fromDynamoJson(item)))().then(
      () => 'accepted',
      (error: { name: string }) => error.name,
    );
    expect(outcome).toBe(ACCEPTED.some(([pattern]) => pattern.test(title)) ? 'accepted' : 'FieldsealError');
  });
});
