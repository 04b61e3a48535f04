import { isObject } from '../../bytes/objects.ts';
import { FieldsealError } from '../../errors.ts';
import { isMasked, type Masked } from '../holders/masked.ts';
import { isPseudonym, type Pseudonym } from '../holders/pseudonym.ts';
import { contentsOf } from './contents.ts';
import type { role } from './view.ts';

/** A view as a plain object: holders are texts, and the role is not in it. */
export type Presented<V> = V extends unknown ? { [N in keyof V as N extends string ? N : never]: Plain<V[N]> } : never;
type Plain<T> = T extends Masked<unknown> | Pseudonym ? string : T;

/**
 * A plain object with all that a view holds, for a response: revealed values as they are, masks and pseudonyms as texts. What the policy
 * left out is not in it. Throws INPUT_INVALID for anything but the very view that a read gave.
 */
export function present<V extends { readonly [role]: PropertyKey }>(view: V): Presented<V>;
export function present(view: unknown): unknown {
  const contents = isObject(view) ? contentsOf(view) : undefined;
  if (contents === undefined)
    throw new FieldsealError('INPUT_INVALID', 'present() takes the very view that a read under a policy gave, no copy of it');
  return Object.fromEntries(
    [...contents].map(([name, { value }]) => [name, isMasked(value) || isPseudonym(value) ? String(value) : value]),
  );
}
