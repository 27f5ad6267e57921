import { BugError } from '../base/errors';
import { TermReader } from './terms';
import type { TextTerms } from './textModel';
import { findWords } from './words';

/** A word of a text, from code unit `start` up to `end`, and what it adds to the sum that was asked about. */
export interface WordWeight {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
}

interface Occurrence {
  readonly term: number;
  readonly start: number;
  readonly end: number;
}

/** Says what each character of a text adds to a linear function of its vector (see TextModel). */
export class TellingTerms {
  readonly #kept: TextTerms;
  readonly #dimensions: number;
  readonly #reader: TermReader;

  constructor(kept: TextTerms) {
    const { terms, vocabulary, idf, directions } = kept;
    this.#kept = kept;
    this.#dimensions = vocabulary.length === 0 ? 0 : directions.length / vocabulary.length;
    if (!Number.isInteger(this.#dimensions) || idf.length !== vocabulary.length) {
      throw new BugError('The vocabulary of texts, its weights and its directions differ in length.');
    }
    const placeOf = new Map(vocabulary.map((term, place) => [term, place]));
    this.#reader = new TermReader(terms, (term) => placeOf.get(term) ?? -1);
  }

  /** Numbers of a vector. */
  get dimensions(): number {
    return this.#dimensions;
  }

  /**
   * Adds to `into`, a number for each code unit of the text, what that adds to Σₖ `coefficients`[k] · vector[k]. The
   * vector is a weighted sum over terms, and a term that stands in the text m times adds the same amount m times: the
   * share of each place is spread evenly over its characters. All of them together are the whole sum, to rounding.
   * O(length + different terms · k).
   */
  spread(text: string, coefficients: Float64Array, into: Float64Array): void {
    const found: Occurrence[] = [];
    const counts = new Map<number, number>();
    this.#reader.readPlaces(text, (term, start, end) => {
      found.push({ term, start, end });
      counts.set(term, (counts.get(term) ?? 0) + 1);
    });
    const { idf } = this.#kept;
    let squares = 0;
    for (const [term, count] of counts) squares += (count * idf[term]) ** 2;
    const norm = Math.sqrt(squares);
    const each = new Map<number, number>();
    for (const term of counts.keys()) each.set(term, (idf[term] * this.#product(term, coefficients)) / norm);
    for (const { term, start, end } of found) {
      const share = (each.get(term) ?? 0) / (end - start);
      for (let at = start; at < end; at++) into[at] += share;
    }
  }

  #product(term: number, coefficients: Float64Array): number {
    const { directions } = this.#kept;
    const k = this.#dimensions;
    let sum = 0;
    for (let j = 0; j < k; j++) sum += directions[term * k + j] * coefficients[j];
    return sum;
  }
}

/**
 * The words of a text with the sums of what their characters add, in the order of the text: words as {@link findWords}
 * finds them, and whatever stands between them without a blank ("!!!", "a"). Every character that is no blank is in
 * one.
 */
export function weighWords(text: string, byCharacter: Float64Array): WordWeight[] {
  const words: WordWeight[] = [];
  const add = (start: number, end: number): void => {
    let weight = 0;
    for (let at = start; at < end; at++) weight += byCharacter[at];
    words.push({ start, end, weight });
  };
  const addBetween = (start: number, end: number): void => {
    for (const { 0: run, index } of text.slice(start, end).matchAll(/\S+/gu))
      add(start + index, start + index + run.length);
  };
  let last = 0;
  findWords(text, (word, start) => {
    addBetween(last, start);
    last = start + word.length;
    add(start, last);
  });
  addBetween(last, text.length);
  return words;
}

/** The words with the largest sums over all their places, in lower case: those that add most first, then falling. */
export function sumWords(
  text: string,
  words: readonly WordWeight[],
  limit: number,
): { readonly word: string; readonly weight: number }[] {
  const sums = new Map<string, number>();
  for (const { start, end, weight } of words) {
    const word = text.slice(start, end).toLowerCase();
    sums.set(word, (sums.get(word) ?? 0) + weight);
  }
  return [...sums]
    .map(([word, weight]) => ({ word, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, limit)
    .sort((a, b) => b.weight - a.weight);
}
