/** moto in server mode: DynamoDB, and a KMS that binds ciphertexts to their key and encryption context. */
import { install } from './install.mjs';
import { pythonOf, pythonRecipe } from './python.mjs';

const VERSION = '5.2.5';
const NAME = `moto-${VERSION}`;

/** @type {import('./index.mjs').Service} */
export const moto = {
  name: 'moto',
  version: VERSION,
  variable: 'FIELDSEAL_MOTO_URL',
  install: () => install(pythonRecipe({ name: NAME, packages: [`moto[server]==${VERSION}`], constraints: 'moto.constraints.txt' })),
  command: port => ({
    command: pythonOf(NAME),
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
  }),
};
