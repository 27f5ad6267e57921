import { createRandom, type Random } from '../base/random';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import { truncatedSvd } from '../linalg/truncatedSvd';
import { GrowingInts } from './growingInts';
import type { SparseRows } from './sparseRows';
import { sparseSvdRows } from './sparseSvd';
import { type TermKind, TermReader } from './terms';
import { TextModel } from './textModel';
import { inverseFrequency, weighRow } from './tfidf';

/** Sizes within which texts are learnt from; tests make them small. */
interface TextLimits {
  /** Terms that features are made of, at most: where there are more, those of the fewest texts are left out. */
  readonly mostTerms: number;
  /** Terms counted at a time: where there are more, those of one text so far are forgotten. */
  readonly mostCounted: number;
  /** Texts, and their different terms together, that the directions are fitted to: beyond, every other one by lot. */
  readonly mostFitted: number;
  readonly mostEntries: number;
}

export const mostFitted = 10_000;
export const mostEntries = 3_000_000;
const textLimits: TextLimits = { mostTerms: 50_000, mostCounted: 1_000_000, mostFitted, mostEntries };

/** Two kinds of terms side by side are then a table still, which forests judge (mostForestFeatures). */
const mostDimensions = 100;
/** Directions of fewer texts a direction would be those of single texts. */
const textsPerDimension = 8;
/** The lots of texts and the start of the decomposition: features do not depend on the seed of an audit. */
const seed = 1;

/** Dimensions for so many texts, or other rows. */
export function dimensionsFor(texts: number, most = mostDimensions): number {
  return Math.max(1, Math.min(most, Math.floor(texts / textsPerDimension)));
}

interface TextLearnerOptions {
  readonly terms: TermKind;
  readonly limits?: TextLimits;
}

/**
 * Learns from texts what their vectors are made of: hand over all of them with `add`, then `fit`. Terms and in how many
 * texts they stand are counted over all texts; the directions are fitted to all of up to 10,000 and to a half, a
 * quarter, … of more, drawn by lot. Memory is bounded by {@link TextLimits}, whatever the texts are.
 */
export class TextLearner {
  readonly #limits: TextLimits;
  readonly #terms: TermKind;
  readonly #reader: TermReader;
  readonly #random: Random = createRandom(seed);
  readonly #idOf = new Map<string, number>();
  /** By id: in how many texts a term is, and how often in this one. */
  readonly #frequency = new GrowingInts();
  readonly #count = new GrowingInts();
  #texts = 0;
  #share = 1;
  #lots: number[] = [];
  #starts: number[] = [0];
  #entryIds = new GrowingInts();
  #entryCounts = new GrowingInts();

  constructor({ terms, limits = textLimits }: TextLearnerOptions) {
    this.#terms = terms;
    this.#limits = limits;
    this.#reader = new TermReader(terms, (term) => this.#idFor(term));
  }

  /** The next text; '' where there is none. */
  add(text: string): void {
    const touched = this.#countTerms(text);
    this.#texts++;
    for (const id of touched) this.#frequency.data[id]++;
    const lot = this.#random.uniform();
    if (lot < this.#share) this.#keep(touched, lot);
    for (const id of touched) this.#count.data[id] = 0;
    if (this.#idOf.size > this.#limits.mostCounted) this.#forgetRare();
  }

  /**
   * The model of the texts. `k`: dimensions wanted, at most.
   * @returns null where no text has a term.
   */
  fit(linalg: LinearAlgebra, onBlock?: OnBlock, k = dimensionsFor(this.#texts)): TextModel | null {
    const { least, vocabulary } = this.#chooseTerms();
    if (vocabulary.length === 0) return null;
    const place = new Int32Array(this.#frequency.length).fill(-1);
    const idf = new Float64Array(vocabulary.length);
    vocabulary.forEach(([, id], at) => {
      place[id] = at;
      idf[at] = inverseFrequency(this.#texts, this.#frequency.data[id]);
    });
    const rows = this.#weighRows(place, idf);
    const { directions } = truncatedSvd(sparseSvdRows(rows, linalg), k, {
      linalg,
      random: createRandom(seed),
      ...(onBlock && { onBlock }),
    });
    return new TextModel({
      terms: this.#terms,
      vocabulary: vocabulary.map(([term]) => term),
      idf,
      directions,
      facts: {
        texts: this.#texts,
        fittedTexts: rows.rows,
        vocabulary: vocabulary.length,
        leastTexts: least,
        dimensions: directions.columns,
        varianceShare: varianceShare(rows, directions.data, directions.columns),
      },
    });
  }

  /** Counts of the terms in the text go to `#count`. @returns the ids of the terms, each once */
  #countTerms(text: string): number[] {
    const touched: number[] = [];
    this.#reader.read(text, (id) => {
      if (this.#count.data[id]++ === 0) touched.push(id);
    });
    return touched;
  }

  #idFor(term: string): number {
    const known = this.#idOf.get(term);
    if (known !== undefined) return known;
    const id = this.#frequency.push(0);
    this.#count.push(0);
    this.#idOf.set(detached(term), id);
    return id;
  }

  #keep(touched: readonly number[], lot: number): void {
    for (const id of touched) {
      this.#entryIds.push(id);
      this.#entryCounts.push(this.#count.data[id]);
    }
    this.#lots.push(lot);
    this.#starts.push(this.#entryIds.length);
    while (this.#lots.length > this.#limits.mostFitted || this.#isFull()) this.#halve();
  }

  #isFull(): boolean {
    return this.#entryIds.length > this.#limits.mostEntries && this.#lots.length > 1;
  }

  /** Keeps the texts whose lot is below half of the share there was. */
  #halve(): void {
    this.#share /= 2;
    const lots: number[] = [];
    const starts = [0];
    const ids = new GrowingInts();
    const counts = new GrowingInts();
    this.#lots.forEach((lot, row) => {
      if (lot >= this.#share) return;
      for (let at = this.#starts[row]; at < this.#starts[row + 1]; at++) {
        ids.push(this.#entryIds.data[at]);
        counts.push(this.#entryCounts.data[at]);
      }
      lots.push(lot);
      starts.push(ids.length);
    });
    this.#lots = lots;
    this.#starts = starts;
    this.#entryIds = ids;
    this.#entryCounts = counts;
  }

  #forgetRare(): void {
    for (const [term, id] of this.#idOf) {
      if (this.#frequency.data[id] > 1) continue;
      this.#idOf.delete(term);
      this.#frequency.data[id] = 0;
    }
    this.#reader.forget();
  }

  /** The terms of at least `least` texts in the order of their characters, `least` being the smallest that will do. */
  #chooseTerms(): { readonly least: number; readonly vocabulary: readonly (readonly [string, number])[] } {
    const frequencyOf = ([, id]: readonly [string, number]): number => this.#frequency.data[id];
    const all = [...this.#idOf];
    let least = 1;
    if (all.length > this.#limits.mostTerms) {
      const falling = Int32Array.from(all, frequencyOf).sort().reverse();
      least = falling[this.#limits.mostTerms] + 1;
    }
    const vocabulary = all.filter((term) => frequencyOf(term) >= least);
    return { least, vocabulary: vocabulary.sort(([a], [b]) => (a < b ? -1 : 1)) };
  }

  /** The texts kept, as rows of weights. */
  #weighRows(place: Int32Array, idf: Float64Array): SparseRows {
    const rows = this.#lots.length;
    const starts = new Int32Array(rows + 1);
    const columns = new Int32Array(this.#entryIds.length);
    const values = new Float64Array(this.#entryIds.length);
    let end = 0;
    for (let row = 0; row < rows; row++) {
      for (let at = this.#starts[row]; at < this.#starts[row + 1]; at++) {
        const column = place[this.#entryIds.data[at]];
        if (column < 0) continue;
        columns[end] = column;
        values[end++] = this.#entryCounts.data[at];
      }
      starts[row + 1] = end;
      weighRow(columns.subarray(starts[row], end), values.subarray(starts[row], end), idf);
    }
    return { rows, width: idf.length, starts, columns: columns.subarray(0, end), values: values.subarray(0, end) };
  }
}

/**
 * Share of the rows' variance that their projections have. O(entries + t·k).
 */
function varianceShare({ rows, width, starts, columns, values }: SparseRows, v: Float64Array, k: number): number {
  const mean = new Float64Array(width);
  const projection = new Float64Array(k);
  const projectedMean = new Float64Array(k);
  let squares = 0;
  let projectedSquares = 0;
  for (let row = 0; row < rows; row++) {
    projection.fill(0);
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      const value = values[at];
      squares += value * value;
      mean[columns[at]] += value / rows;
      for (let j = 0; j < k; j++) projection[j] += value * v[columns[at] * k + j];
    }
    for (let j = 0; j < k; j++) {
      projectedSquares += projection[j] ** 2;
      projectedMean[j] += projection[j] / rows;
    }
  }
  const about = (sum: number, centre: Float64Array): number =>
    sum / rows - centre.reduce((total, value) => total + value * value, 0);
  const whole = about(squares, mean);
  return whole > 0 ? Math.min(1, Math.max(0, about(projectedSquares, projectedMean) / whole)) : 1;
}

/** A copy that does not hold on to the text it was cut from (V8 makes slices from 13 characters on). */
function detached(term: string): string {
  if (term.length < 13) return term;
  return String.fromCharCode(...Array.from({ length: term.length }, (_, at) => term.charCodeAt(at)));
}
