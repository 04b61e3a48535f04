import type { CommandRules } from './command.ts';
import { decodeItem, decryptItem } from './items.ts';
import { refuseLegacy, refuseProjection } from './refusals.ts';

/** GetItem: the item comes back verified and decrypted. */
export const getItem: CommandRules = {
  writes: false,
  async prepare(call, input) {
    refuseLegacy(call, input);
    refuseProjection(call, input);
    return input;
  },
  encrypt: async (_, input) => input,
  decrypt: (call, output) => decryptItem(call, output, 'Item'),
  finish: (call, output) => decodeItem(call, output, 'Item'),
};
