import { email } from './email.ts';
import { full } from './full.ts';
import { last4 } from './last4.ts';
import type { Mask } from './mask.ts';
import { year } from './year.ts';

/** The masks that come with the library. Any {@link Mask} of your own works in their place. */
export interface Masks {
  email(): Mask<string, string>;
  full(): Mask<unknown, string>;
  last4(): Mask<string, string>;
  year(): Mask<string | Date, string>;
}

export const mask: Masks = Object.freeze({ email, full, last4, year });
