import type { CommandRules } from './command.ts';
import { decodeItem, decryptItem } from './items.ts';
import { refuseForeignKey, refuseLegacy, refuseProjection } from './refusals.ts';

/** GetItem: the item comes back verified and decrypted. */
export const getItem: CommandRules = {
  writes: false,
  check(call, input) {
    refuseLegacy(call, input);
    refuseProjection(call, input);
    refuseForeignKey(call, input);
  },
  prepare: async (_, input) => input,
  encrypt: async (_, input) => input,
  decrypt: (call, output) => decryptItem(call, output, 'Item'),
  finish: (call, output) => decodeItem(call, output, 'Item'),
};
