import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { Scratch, STATIC_HIERARCHICAL, USERS } from './fixtures.ts';
import { collect, start } from './program.ts';

const ITEMS = 100_000;
/** Of what these items take, 13 MB plain and 53 MB encrypted, little fits. */
const HEAP_MEGABYTES = 48;

const scratch = new Scratch();

it(`encrypts ${ITEMS} items in a small heap, in order`, { timeout: 120_000 }, async () => {
  const config = scratch.config({ ...USERS, keyring: STATIC_HIERARCHICAL });
  const file = join(scratch.path, 'many.jsonl');
  await pipeline(plaintexts, createWriteStream(file));
  const child = await start(['encrypt', '-c', config, file], { node: [`--max-old-space-size=${HEAP_MEGABYTES}`] });
  const errors = collect(child.stderr);
  let [seen, misplaced, rest] = [0, 0, ''];
  for await (const chunk of child.stdout) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!line.startsWith(`{"id":{"S":"user-${seen++}"},`)) misplaced++;
  }
  expect({ seen, misplaced, rest, stderr: (await errors).toString() }).toEqual({ seen: ITEMS, misplaced: 0, rest: '', stderr: '' });
});

function* plaintexts(): Generator<string> {
  for (let i = 0; i < ITEMS; i++) yield `{"id":{"S":"user-${i}"},"ssn":{"S":"secret ${i}"},"note":{"S":"a signed note about user ${i}"}}\n`;
}
