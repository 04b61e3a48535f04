import type { CommandRules } from './command.ts';
import { handler, opening } from './handler.ts';
import { refuseForeignKey, refuseLegacy, refuseProjection } from './refusals.ts';

/** GetItem: the item comes back verified and decrypted. */
export const getItem: CommandRules = {
  writes: false,
  handle: call =>
    handler(call, {
      check(input) {
        refuseLegacy(call, input);
        refuseProjection(call.table, input);
        refuseForeignKey(call.table, input.Key);
      },
      ...opening(call, 'Item'),
    }),
};
