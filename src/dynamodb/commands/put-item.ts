import type { CommandRules } from './command.ts';
import { decodeItem, decryptItem, encryptItem, validateItem } from './items.ts';
import { refuseEncryptedCondition, refuseLegacy } from './refusals.ts';

/** PutItem: the item is validated and encrypted; `ReturnValues: ALL_OLD` comes back decrypted. */
export const putItem: CommandRules = {
  writes: true,
  check(call, input) {
    refuseLegacy(call, input);
    refuseEncryptedCondition(call, input);
  },
  prepare: (call, input) => validateItem(call, input, 'Item'),
  encrypt: (call, input) => encryptItem(call, input, 'Item'),
  decrypt: (call, output) => decryptItem(call, output, 'Attributes'),
  finish: (call, output) => decodeItem(call, output, 'Attributes'),
};
