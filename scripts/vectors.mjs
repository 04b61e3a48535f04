#!/usr/bin/env node
// Runs AWS's decrypt vectors: FIELDSEAL_AWS_VECTORS=DIR npm run vectors
// Prints a line for each failure and `N passed, N failed` last. Exit 1 on any failure, 2 when there is nothing to run.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { awsVectors } from '../test/vectors/aws-vectors.mjs';

const folder = process.env.FIELDSEAL_AWS_VECTORS ?? fileURLToPath(new URL('../../shared/vectors/aws', import.meta.url));
if (!existsSync(folder)) {
  process.stderr.write('Set FIELDSEAL_AWS_VECTORS to a folder with keys.json and decrypt manifests of AWS.\n');
  process.exit(2);
}
const vectors = awsVectors(folder);
let failed = 0;
for (const { file, id, type, description, run } of vectors) {
  try {
    await run();
  } catch (error) {
    failed += 1;
    process.stdout.write(`${file} ${id} (${type}, ${description}): ${error.code ?? error.name}: ${error.message}\n`);
  }
}
process.stdout.write(`${vectors.length - failed} passed, ${failed} failed\n`);
if (vectors.length === 0) process.exit(2);
process.exit(failed === 0 ? 0 : 1);
