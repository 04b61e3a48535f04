import { ResendMemory } from './resend.ts';
import { TokenMemory } from './tokens.ts';

/** What one wrapped client remembers from call to call: ciphertext that may have to be sent again. */
export interface ClientMemory {
  readonly resend: ResendMemory;
  readonly tokens: TokenMemory;
}

/** Nothing remembered yet. */
export function clientMemory(): ClientMemory {
  return Object.freeze({ resend: new ResendMemory(), tokens: new TokenMemory() });
}
