const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Spaces and punctuation are known without being seen: `----1234` hides nothing when it shows its last four. */
const TELLING = /[\p{L}\p{N}\p{S}]/u;

/** The characters of a text as people count them: an accent or a skin colour belongs to its letter or face. */
export function graphemesOf(text: string): string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

/** Whether what is shown of a text is at most half of it, counted in characters, in code points, and in those that are not punctuation. */
export function isAtMostHalf(shown: string, whole: string): boolean {
  const counts: readonly ((text: string) => number)[] = [countGraphemes, countCodePoints, countTelling];
  return counts.every(count => 2 * count(shown) <= count(whole));
}

function countGraphemes(text: string): number {
  return graphemesOf(text).length;
}

function countCodePoints(text: string): number {
  return Array.from(text).length;
}

function countTelling(text: string): number {
  return graphemesOf(text).filter(character => TELLING.test(character)).length;
}
