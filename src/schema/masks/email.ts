import { isAtMostHalf } from './characters.ts';
import { HIDDEN, type Mask } from './mask.ts';

const ADDRESS = /^(?<first>[^\s@])[^\s@]+@[^\s@]+(?<ending>\.\p{L}{2,6})$/u;

/** Shows the first character and the ending of an address: `a****@****.com`. Short addresses and other text are hidden whole. */
export function email(): Mask<string, string> {
  return Object.freeze({ name: 'email', show: maskAddress });
}

function maskAddress(value: unknown): string {
  const parts = typeof value === 'string' ? ADDRESS.exec(value) : null;
  if (parts?.groups === undefined) return HIDDEN;
  const { first, ending } = parts.groups;
  return isAtMostHalf(`${first}@${ending}`, parts[0]) ? `${first}${HIDDEN}@${HIDDEN}${ending}` : HIDDEN;
}
