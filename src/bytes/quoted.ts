const MOST_NAMES = 10;
const MOST_CHARACTERS = 64;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A name for a message: quoted, shortened, with nothing in it that could forge or hide a log line. */
export function quoted(name: string): string {
  const characters = Array.from(name);
  const short = characters.length > MOST_CHARACTERS ? `${characters.slice(0, MOST_CHARACTERS).join('')}…` : name;
  return JSON.stringify(short).replace(UNPRINTABLE, character => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The names for a message, the first ten of them. */
export function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(quoted).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
