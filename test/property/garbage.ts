/** What a careless caller may pass where an item belongs. */
import fc from 'fast-check';

const anything = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
  withObjectString: true,
});

const type = fc.constantFrom('S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M', '$unknown', '__proto__');
const loneSurrogate = fc.constantFrom('\ud800', 'a\udfff', '\udc00\ud800');

/** Something that looks like `{ S: 'text' }`, with anything at any place. */
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anything,
    fc.tuple(type, fc.oneof(anything, loneSurrogate, fc.array(anything, { maxLength: 3 }))).map(entry => Object.fromEntries([entry])),
    fc.tuple(type, type, anything).map(([one, other, content]) => ({ [one]: content, [other]: content })),
    fc.array(tie('value'), { maxLength: 3 }).map(L => ({ L })),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }).map(M => ({ M })),
  ),
}));

/** An item whose attributes have the given names, or that is no item at all. */
export function garbageItem(names: readonly string[]): fc.Arbitrary<unknown> {
  const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, fc.string());
  const entries = fc.array(fc.tuple(name, value), { maxLength: 5 });
  return fc.oneof({ weight: 9, arbitrary: entries.map(given => Object.fromEntries(given)) }, anything);
}
