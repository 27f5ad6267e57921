import { findWords } from './words';

/** What texts are counted by: their words, or pieces of words of 3 to 5 characters. */
export type TermKind = 'words' | 'characters';

/** Calls `visit` for each term of a text, in the order of the text, repeated ones too. */
export type TermFinder = (text: string, visit: (term: string) => void) => void;

const shortestPiece = 3;
const longestPiece = 5;
/** Longer words (base64, hashes) are cut: kept whole they would take as much memory as the texts. */
const longestWord = 256;
/** What Python's `str.split` and `\s` take for blanks. */
const blanks = /[\t-\r\u001c-\u001f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * How terms of a kind are found, as scikit-learn's TfidfVectorizer finds them: `words` with its defaults (lower case,
 * two or more letters, digits or underscores), `characters` as `analyzer='char_wb', ngram_range=(3, 5)`. Where a script
 * does not part words by blanks, words are found by a dictionary ({@link findWords}). O(length of the text).
 */
export function termFinder(kind: TermKind): TermFinder {
  return kind === 'words' ? findCutWords : findPieces;
}

function findCutWords(text: string, visit: (term: string) => void): void {
  findWords(text.toLowerCase(), (word) => visit(word.length > longestWord ? word.slice(0, longestWord) : word));
}

/** Pieces of each word with a blank before and behind it; a word shorter than a piece is one piece, once. */
function findPieces(text: string, visit: (term: string) => void): void {
  for (const word of text.toLowerCase().split(blanks)) {
    if (word === '') continue;
    // By characters, not halves of surrogate pairs.
    const padded = [...` ${word} `];
    for (let size = shortestPiece; size <= longestPiece; size++) {
      const last = Math.max(0, padded.length - size);
      for (let at = 0; at <= last; at++) visit(padded.slice(at, at + size).join(''));
      if (last === 0) break;
    }
  }
}
