import { Scope } from '../expressions/scope.ts';
import { readProjection, WHOLE_ITEM, withoutProjection } from '../reads/projection.ts';
import type { CommandRules } from './command.ts';
import { handler, opening } from './handler.ts';
import { refuseForeignKey, refuseLegacy } from './refusals.ts';

/** GetItem: the item comes back verified and decrypted. All of it is read, and a projection applied to what was verified. */
export const getItem: CommandRules = {
  writes: false,
  handle: call => {
    let projection = WHOLE_ITEM;
    return handler(call, {
      check(input) {
        refuseLegacy(call.table, input);
        refuseForeignKey(call.table, input.Key);
      },
      async send(input, next) {
        const scope = new Scope(input.ExpressionAttributeNames, undefined);
        projection = readProjection(call, call.table, input, scope);
        scope.refuseUnused();
        return next(withoutProjection(input));
      },
      ...opening(call, 'Item', () => projection),
    });
  },
};
