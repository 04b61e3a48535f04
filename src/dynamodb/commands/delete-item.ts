import type { CommandRules } from './command.ts';
import { decodeItem, decryptItem } from './items.ts';
import { refuseEncryptedCondition, refuseForeignKey, refuseLegacy } from './refusals.ts';

/** DeleteItem: `ReturnValues: ALL_OLD` comes back decrypted. */
export const deleteItem: CommandRules = {
  writes: true,
  check(call, input) {
    refuseLegacy(call, input);
    refuseEncryptedCondition(call, input);
    refuseForeignKey(call, input);
  },
  prepare: async (_, input) => input,
  encrypt: async (_, input) => input,
  decrypt: (call, output) => decryptItem(call, output, 'Attributes'),
  finish: (call, output) => decodeItem(call, output, 'Attributes'),
};
