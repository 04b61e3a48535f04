import { cardNumber } from './card-number.ts';
import { custom } from './custom.ts';
import { email } from './email.ts';
import { full } from './full.ts';
import { ip } from './ip.ts';
import { last4 } from './last4.ts';
import type { Mask } from './mask.ts';
import { name } from './name.ts';
import { phone } from './phone.ts';
import { year } from './year.ts';

/** The masks that come with the library. Any {@link Mask} of your own works in their place. */
export interface Masks {
  cardNumber(): Mask<string, string>;
  custom<T>(show: (value: T) => string): Mask<T, string>;
  email(): Mask<string, string>;
  full(): Mask<unknown, string>;
  ip(): Mask<string, string>;
  last4(): Mask<string, string>;
  name(): Mask<string, string>;
  phone(): Mask<string, string>;
  year(): Mask<string | Date, string>;
}

export const mask: Masks = Object.freeze({ cardNumber, custom, email, full, ip, last4, name, phone, year });
