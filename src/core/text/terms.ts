import { findWords } from './words';

/** What texts are counted by: their words, or pieces of words of 3 to 5 characters. */
export type TermKind = 'words' | 'characters';

const shortestPiece = 3;
const longestPiece = 5;
/** Longer words (base64, hashes) are cut: kept whole they would take as much memory as the texts. */
const longestWord = 256;
/** What Python's `str.split` and `\s` take for blanks. */
const blanks = /[\t-\r\u001c-\u001f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
/** Words whose pieces are remembered, and how long these are at most: texts have few different words. */
const mostRemembered = 100_000;
const longestRemembered = 32;

/**
 * Reads texts as numbers of their terms, in the order of the text, repeated ones too. Terms are those that
 * scikit-learn's TfidfVectorizer finds: `words` with its defaults (lower case, two or more letters, digits or
 * underscores), `characters` as `analyzer='char_wb', ngram_range=(3, 5)`. Where a script does not part words by blanks,
 * words are found by a dictionary ({@link findWords}). O(length of the text).
 */
export class TermReader {
  readonly #kind: TermKind;
  readonly #numberOf: (term: string) => number;
  readonly #remembered = new Map<string, Int32Array>();

  /** `numberOf`: below 0 for a term that does not count; it gives the same term the same number until `forget`. */
  constructor(kind: TermKind, numberOf: (term: string) => number) {
    this.#kind = kind;
    this.#numberOf = numberOf;
  }

  read(text: string, visit: (term: number) => void): void {
    const lower = text.toLowerCase();
    if (this.#kind === 'words') {
      findWords(lower, (word) => {
        const term = this.#numberOf(word.length > longestWord ? word.slice(0, longestWord) : word);
        if (term >= 0) visit(term);
      });
      return;
    }
    for (const word of lower.split(blanks)) {
      if (word !== '') for (const term of this.#piecesOf(word)) visit(term);
    }
  }

  /** To be called when terms get other numbers. */
  forget(): void {
    this.#remembered.clear();
  }

  #piecesOf(word: string): Int32Array {
    const known = this.#remembered.get(word);
    if (known !== undefined) return known;
    const pieces = Int32Array.from(cutPieces(word), this.#numberOf).filter((term) => term >= 0);
    if (word.length > longestRemembered) return pieces;
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(word, pieces);
    return pieces;
  }
}

/** Pieces of a word with a blank before and behind it; a word shorter than a piece is one piece, once. */
function cutPieces(word: string): string[] {
  // By characters, not halves of surrogate pairs.
  const padded = /[\ud800-\udfff]/.test(word) ? [...` ${word} `] : ` ${word} `;
  const cut = (from: number, to: number): string =>
    typeof padded === 'string' ? padded.slice(from, to) : padded.slice(from, to).join('');
  const pieces: string[] = [];
  for (let size = shortestPiece; size <= longestPiece; size++) {
    const last = Math.max(0, padded.length - size);
    for (let at = 0; at <= last; at++) pieces.push(cut(at, at + size));
    if (last === 0) break;
  }
  return pieces;
}
