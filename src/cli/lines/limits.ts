/**
 * The default for the longest line, in bytes. DynamoDB stores 400 KB an item, of which its JSON makes less than 4 MB: a list of empty texts is
 * the worst, nine characters for one byte.
 */
export const DEFAULT_MOST_LINE_BYTES: number = 8 * 1024 * 1024;

/** The longest line that can be asked for: a JavaScript string cannot be much longer. */
export const MOST_LINE_BYTES: number = 256 * 1024 * 1024;
