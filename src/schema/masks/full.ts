import { HIDDEN, type Mask } from './mask.ts';

/** Shows nothing but that there is a value. */
export function full(): Mask<unknown, string> {
  return Object.freeze({ name: 'full', show: () => HIDDEN });
}
