import type { CommandRules } from './command.ts';
import { handler, opening } from './handler.ts';
import { refuseEncryptedCondition, refuseForeignKey, refuseLegacy } from './refusals.ts';

/** DeleteItem: `ReturnValues: ALL_OLD` comes back decrypted. */
export const deleteItem: CommandRules = {
  writes: true,
  handle: call =>
    handler(call, {
      check(input) {
        refuseLegacy(call.table, input);
        refuseEncryptedCondition(call.table, input);
        refuseForeignKey(call.table, input.Key);
      },
      ...opening(call, 'Attributes'),
    }),
};
