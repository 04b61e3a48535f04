import { isRecord } from '../../bytes/objects.ts';
import type { AttributeMap } from '../attribute-value.ts';
import { openErrorItem } from '../failures.ts';
import { handOut } from '../reads/hand-out.ts';
import { type Projection, WHOLE_ITEM } from '../reads/projection.ts';
import { type ReadItem, readItem } from '../reads/read-item.ts';
import type { Call, Handler } from './command.ts';
import { decodedItem } from './items.ts';

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

/** The steps that open one item of an output. `projection` is asked once the output is there. */
export function opening(
  call: Call,
  member: 'Item' | 'Attributes',
  projection: () => Projection = () => WHOLE_ITEM,
): Pick<Handler, 'decrypt' | 'finish'> {
  let read: ReadItem | undefined;
  return {
    async decrypt(output) {
      read = undefined;
      const stored = output[member];
      if (!isRecord(stored)) return output;
      read = await readItem(call, call.table, stored as AttributeMap, projection()); // the SDK's deserializer made it
      return { ...output, [member]: read.item };
    },
    finish(output) {
      const item = output[member];
      const given = read === undefined ? decodedItem(call, call.table, item) : handOut(call, read, item);
      return given === item ? output : { ...output, [member]: given };
    },
  };
}
