import type { Matrix } from '../base/matrix';
import { addScaled } from './sparseRows';
import { type TermKind, TermReader } from './terms';
import { weighRow } from './tfidf';

/** What a model of texts is, for people and the manifest. */
export interface TextFacts {
  /** Texts that terms were counted in, and of these those that the directions were fitted to. */
  readonly texts: number;
  readonly fittedTexts: number;
  /** Different terms in use; each stands in at least `leastTexts` texts. */
  readonly vocabulary: number;
  readonly leastTexts: number;
  readonly dimensions: number;
  /** Share of the variance of the weights that the dimensions have, 0 to 1. */
  readonly varianceShare: number;
}

interface TextModelParts {
  readonly terms: TermKind;
  /** t terms in the order of their characters, and the idf of each. */
  readonly vocabulary: readonly string[];
  readonly idf: Float64Array;
  /** t×k, orthonormal columns. */
  readonly directions: Matrix;
  readonly facts: TextFacts;
}

/** What makes a text's vector, as it is kept with an audit. */
export interface TextTerms {
  readonly terms: TermKind;
  /** t terms in the order of their characters, and the idf of each. */
  readonly vocabulary: readonly string[];
  readonly idf: Float64Array;
  /** t×k, orthonormal columns. */
  readonly directions: Float32Array;
}

/** Makes vectors of texts: TF-IDF weights of their terms, projected to k directions. */
export class TextModel {
  readonly facts: TextFacts;
  readonly vocabulary: readonly string[];
  readonly #terms: TermKind;
  readonly #reader: TermReader;
  readonly #idf: Float64Array;
  /** t×k in single precision, as the vectors are: half as much memory to step through. */
  readonly #directions: Float32Array;
  readonly #dimensions: number;
  /** By place, while a text is read. */
  readonly #counts: Int32Array;

  constructor({ terms, vocabulary, idf, directions, facts }: TextModelParts) {
    this.facts = facts;
    this.vocabulary = vocabulary;
    this.#terms = terms;
    const placeOf = new Map(vocabulary.map((term, at) => [term, at]));
    this.#reader = new TermReader(terms, (term) => placeOf.get(term) ?? -1);
    this.#idf = idf;
    this.#directions = Float32Array.from(directions.data);
    this.#dimensions = directions.columns;
    this.#counts = new Int32Array(vocabulary.length);
  }

  /** What explains vectors later: see TellingTerms. */
  get kept(): TextTerms {
    return { terms: this.#terms, vocabulary: this.vocabulary, idf: this.#idf, directions: this.#directions };
  }

  /** The weights of a text's terms: places in the vocabulary, rising, and numbers whose squares sum to 1. */
  weigh(text: string): { readonly columns: Int32Array; readonly values: Float64Array } {
    const counts = this.#counts;
    const touched: number[] = [];
    this.#reader.read(text, (place) => {
      if (counts[place]++ === 0) touched.push(place);
    });
    const columns = Int32Array.from(touched).sort();
    const values = Float64Array.from(columns, (place) => counts[place]);
    for (const place of touched) counts[place] = 0;
    weighRow(columns, values, this.#idf);
    return { columns, values };
  }

  /** The vectors of texts, row-major, k numbers each; 0 throughout where a text has no known term. */
  embed(texts: readonly string[]): Float32Array {
    const k = this.#dimensions;
    const out = new Float32Array(texts.length * k);
    const sum = new Float64Array(k);
    texts.forEach((text, row) => {
      const { columns, values } = this.weigh(text);
      sum.fill(0);
      for (let at = 0; at < columns.length; at++) addScaled(sum, 0, values[at], this.#directions, columns[at] * k, k);
      out.set(sum, row * k);
    });
    return out;
  }
}
