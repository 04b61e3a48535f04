import { openErrorItem } from '../failures.ts';
import type { Call, Handler, Shape } from './command.ts';
import { decodedItem, openedItem } from './items.ts';

/** A handler that changes nothing, but opens the item of a failed condition: what commands are built on. */
export function handler(call: Call, steps: Partial<Handler>): Handler {
  return {
    check: () => undefined,
    prepare: async input => input,
    send: (input, next) => next(input),
    decrypt: async output => output,
    finish: output => output,
    fail: error => openErrorItem(call.table, error),
    ...steps,
  };
}

/** The steps that open one item of an output. */
export function opening(call: Call, member: 'Item' | 'Attributes'): Pick<Handler, 'decrypt' | 'finish'> {
  const changed = (output: Shape, item: unknown): Shape => (item === output[member] ? output : { ...output, [member]: item });
  return {
    decrypt: async output => changed(output, await openedItem(call, call.table, output[member])),
    finish: output => changed(output, decodedItem(call, call.table, output[member])),
  };
}
