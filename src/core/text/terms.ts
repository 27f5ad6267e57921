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

  /**
   * As {@link read}, with what characters of the text each term was read from: from `start` up to `end`. Slower:
   * nothing is remembered.
   */
  readPlaces(text: string, visit: (term: number, start: number, end: number) => void): void {
    const { lower, placeOf } = lowerWithPlaces(text);
    const found = (word: string, start: number, end: number): void => {
      const term = this.#numberOf(word);
      if (term >= 0) visit(term, placeOf(start), placeOf(end));
    };
    if (this.#kind === 'words') {
      findWords(lower, (word, start) => {
        const cut = word.slice(0, longestWord);
        found(cut, start, start + cut.length);
      });
      return;
    }
    let start = 0;
    for (const word of lower.split(blanks)) {
      if (word === '') continue;
      start = lower.indexOf(word, start);
      visitPieces(word, (piece, from, to) => found(piece, start + from, start + to));
      start += word.length;
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
  const pieces: string[] = [];
  visitPieces(word, (piece) => pieces.push(piece));
  return pieces;
}

/** The pieces with the code units of the word that each has: from `from` up to `to`. */
function visitPieces(word: string, visit: (piece: string, from: number, to: number) => void): void {
  // By characters, not halves of surrogate pairs.
  const padded = /[\ud800-\udfff]/.test(word) ? [...` ${word} `] : undefined;
  const text = ` ${word} `;
  const starts = padded && startsOf(padded);
  const count = padded?.length ?? text.length;
  for (let size = shortestPiece; size <= longestPiece; size++) {
    const last = Math.max(0, count - size);
    for (let at = 0; at <= last; at++) {
      const from = starts?.[at] ?? at;
      const to = Math.min(text.length, starts?.[Math.min(at + size, count)] ?? at + size);
      visit(text.slice(from, to), Math.max(0, from - 1), Math.min(word.length, to - 1));
    }
    if (last === 0) break;
  }
}

/** Where each character begins, in code units, and after them the length. */
function startsOf(characters: readonly string[]): number[] {
  const starts = [0];
  for (const character of characters) starts.push((starts[starts.length - 1] ?? 0) + character.length);
  return starts;
}

/** A text in lower case, and for each place in that where it is in the text. */
function lowerWithPlaces(text: string): { readonly lower: string; readonly placeOf: (place: number) => number } {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return { lower, placeOf: (place) => place };
  const places: number[] = [];
  let at = 0;
  for (const character of text) {
    // As long alone as among others: what depends on those (the sigma at the end of a word) is as long either way.
    const { length } = character.toLowerCase();
    for (let k = 0; k < length; k++) places.push(at + Math.min(k, character.length - 1));
    at += character.length;
  }
  return { lower, placeOf: (place) => places[place] ?? at };
}
