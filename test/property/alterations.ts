/** What someone without any key can do to a stored item. */
import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { Item } from '../reference/formulas.ts';
import { attributeName, attributeValue, bytes } from './values.ts';

type Alteration = (item: Item) => Item;

const whichever = fc.nat();

/** The one of so many that an arbitrary number stands for. */
function pick<T>(things: readonly T[], number: number): T | undefined {
  return things[number % things.length];
}

function changed(item: Item, name: string | undefined, change: (value: AttributeValue) => AttributeValue): Item {
  return Object.fromEntries(Object.entries(item).map(([given, value]) => [given, given === name ? change(value) : value]));
}

function changedBytes(item: Item, which: number, change: (value: Buffer) => Uint8Array): Item {
  const binary = Object.keys(item).filter(name => Object.entries(item).some(([given, value]) => given === name && value.B !== undefined));
  return changed(item, pick(binary, which), ({ B = Buffer.alloc(0) }) => ({ B: change(Buffer.from(B)) }));
}

const flipBit = fc.tuple(whichever, whichever, fc.nat(7)).map(
  ([which, at, bit]): Alteration =>
    item =>
      changedBytes(item, which, value => {
        if (value.length > 0) value.writeUInt8(value.readUInt8(at % value.length) ^ (1 << bit), at % value.length);
        return value;
      }),
);

const cut = fc.tuple(whichever, whichever).map(
  ([which, at]): Alteration =>
    item =>
      changedBytes(item, which, value => value.subarray(0, at % (value.length + 1))),
);

const extend = fc.tuple(whichever, bytes).map(
  ([which, more]): Alteration =>
    item =>
      changedBytes(item, which, value => Buffer.concat([value, more])),
);

const overwrite = fc.tuple(whichever, whichever, bytes).map(
  ([which, at, other]): Alteration =>
    item =>
      changedBytes(item, which, value => {
        Buffer.from(other).copy(value, at % (value.length + 1));
        return value;
      }),
);

const replace = fc.tuple(whichever, attributeValue).map(
  ([which, other]): Alteration =>
    item =>
      changed(item, pick(Object.keys(item), which), () => other),
);

const remove = whichever.map(
  (which): Alteration =>
    item => {
      const name = pick(Object.keys(item), which);
      return Object.fromEntries(Object.entries(item).filter(([given]) => given !== name));
    },
);

const add = fc.tuple(fc.oneof(attributeName, fc.constant('aws_dbe_other')), attributeValue).map(
  ([name, value]): Alteration =>
    item =>
      Object.fromEntries([...Object.entries(item), [name, value]]),
);

const swap = fc.tuple(whichever, whichever).map(
  ([one, other]): Alteration =>
    item => {
      const entries = Object.entries(item);
      const [a, b] = [pick(entries, one), pick(entries, other)];
      if (a === undefined || b === undefined) return item;
      return changed(
        changed(item, a[0], () => b[1]),
        b[0],
        () => a[1],
      );
    },
);

export const alteration: fc.Arbitrary<Alteration> = fc
  .array(fc.oneof({ weight: 3, arbitrary: flipBit }, overwrite, cut, extend, replace, remove, add, swap), { minLength: 1, maxLength: 2 })
  .map(steps => item => steps.reduce((altered, step) => step(altered), item));
