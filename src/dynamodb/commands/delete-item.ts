import type { CommandRules } from './command.ts';
import { decodeItem, decryptItem } from './items.ts';
import { refuseEncryptedCondition, refuseLegacy } from './refusals.ts';

/** DeleteItem: `ReturnValues: ALL_OLD` comes back decrypted. */
export const deleteItem: CommandRules = {
  writes: true,
  async prepare(call, input) {
    refuseLegacy(call, input);
    refuseEncryptedCondition(call, input);
    return input;
  },
  encrypt: async (_, input) => input,
  decrypt: (call, output) => decryptItem(call, output, 'Attributes'),
  finish: (call, output) => decodeItem(call, output, 'Attributes'),
};
