import { cutText, visibleText } from '../core/base/visibleText';

/**
 * What may go to a terminal. Text of the data (labels, ids, column names, cells, paths, also inside messages) can hold
 * sequences that move the cursor, recolour, retitle or answer for the person, and characters that reorder a line: none
 * of them leaves the program raw.
 */

/** A path may be this long; a cell that is longer is cut where it stands. */
const longestWord = 4_200;
const longestLine = 20_000;
const anyLongWord = new RegExp(`\\S{${longestWord + 1},}`, 'u');
const longWords = new RegExp(`\\S{${longestWord + 1},}`, 'gu');

/** One or more lines for people: everything visible, line feeds kept, and what would fill the screen cut. */
export function terminalText(text: string): string {
  const visible = visibleText(text, { keepBlanks: true, keepLines: true });
  if (visible.length <= longestWord) return visible;
  const words = anyLongWord.test(visible) ? visible.replace(longWords, (word) => cutText(word, longestWord)) : visible;
  return words
    .split('\n')
    .map((line) => cutText(line, longestLine))
    .join('\n');
}

/** A label, an id, a column name or a cell within a line: line feeds are shown too, and what is long is cut. */
export function terminalCell(text: string, limit = 120): string {
  return visibleText(text, { limit, keepBlanks: true });
}

/** What JSON leaves raw and terminals obey or hide: it stays the same JSON with these as escapes. */
const rawInJson = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A value as JSON that is safe to show: the same value when it is parsed. */
export function terminalJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(rawInJson, (character) =>
    Array.from(
      { length: character.length },
      (_, place) => `\\u${character.charCodeAt(place).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
