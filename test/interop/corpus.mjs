/**
 * The plaintext items that the peers and fieldseal encrypt for each other, and the items that the
 * peers refuse. Everything is deterministic; configurations carry the test keys of keys.mjs.
 *
 *   node test/interop/corpus.mjs     prints how many cases there are
 */
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { keyAttributeCases } from './corpus/key-attributes.mjs';
import { keyringCases } from './corpus/keyrings.mjs';
import { nameCases } from './corpus/names.mjs';
import { numberCases } from './corpus/numbers.mjs';
import { randomCases } from './corpus/random.mjs';
import { rejections } from './corpus/rejections.mjs';
import { scopeCases } from './corpus/scope.mjs';
import { shapeCases } from './corpus/shapes.mjs';
import { valueCases } from './corpus/values.mjs';

export { rejections };

/** @typedef {import('./corpus/parts.mjs').Case} Case */
/** @typedef {import('./corpus/parts.mjs').Config} Config */
/** @typedef {import('./corpus/parts.mjs').Rejection} Rejection */

/** Every case that both peers encrypt and open. Names are unique. @returns {Case[]} */
export function corpus() {
  return [
    ...valueCases(),
    ...numberCases(),
    ...nameCases(),
    ...keyAttributeCases(),
    ...keyringCases(),
    ...scopeCases(),
    ...shapeCases(),
    ...randomCases(40),
  ];
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const cases = corpus();
  const configs = new Set(cases.map(({ config }) => JSON.stringify(config)));
  stdout.write(`${cases.length} cases, ${configs.size} configurations, ${rejections().length} rejections\n`);
}
