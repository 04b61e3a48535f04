/**
 * The names that a function of a mapper's definition reads from the item that it is given as the argument of that position. The function is called
 * once, with a stand-in whose attributes are short texts; whatever it returns or throws is of no interest. What it would read of other items, on
 * another way through it, is not seen: that is left to the leak check.
 */
export function namesReadBy(compute: unknown, names: Iterable<string>, position: 0 | 1): ReadonlySet<string> {
  const read = new Set<string>();
  if (typeof compute !== 'function') return read;
  const standIn: Record<string, unknown> = Object.create(null);
  for (const name of names) standIn[name] = 'text';
  const item = new Proxy(standIn, {
    get(target, name) {
      if (typeof name === 'string') read.add(name);
      return Reflect.get(target, name);
    },
  });
  try {
    const result: unknown = Reflect.apply(compute, undefined, position === 0 ? [item] : ['text', item]);
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // it expects other values than texts; what it read until then is known
  }
  return read;
}
