import type { AttributeMap } from '../attribute-value.ts';
import type { CommandRules } from './command.ts';
import { handler, opening } from './handler.ts';
import { validatedItem } from './items.ts';
import { refuseEncryptedCondition, refuseLegacy } from './refusals.ts';

/** PutItem: the item is validated and encrypted; `ReturnValues: ALL_OLD` comes back decrypted. */
export const putItem: CommandRules = {
  writes: true,
  handle: call =>
    handler(call, {
      check(input) {
        refuseLegacy(call.table, input);
        refuseEncryptedCondition(call.table, input);
      },
      prepare: async input => ({ ...input, Item: await validatedItem(call, call.table, input.Item, 'Item') }),
      send: async (input, next) => next({ ...input, Item: await call.table.encrypt(input.Item as AttributeMap) }), // validated by prepare
      ...opening(call, 'Attributes'),
    }),
};
