const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Spaces and punctuation are known without being seen: `----1234` hides nothing when it shows its last four. */
const TELLING = /[\p{L}\p{N}\p{S}]/u;

/** Longer texts are not measured, which takes longer than their length, but hidden: whoever writes an attribute must not hold up its readers. */
const MOST_MEASURED = 2000;

/** The characters of a text as people count them: an accent or a skin colour belongs to its letter or face. Throws RangeError for long texts. */
export function graphemesOf(text: string): string[] {
  if (!isMeasurable(text)) throw new RangeError('too long to be measured');
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

/** Whether a text is short enough to be measured. */
export function isMeasurable(text: string): boolean {
  return text.length <= MOST_MEASURED;
}

/** Whether what is shown of a text is at most half of it, counted in characters, in code points, and in those that are not punctuation. */
export function isAtMostHalf(shown: string, whole: string): boolean {
  if (!isMeasurable(whole) || !isMeasurable(shown)) return false;
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
