import { findWords } from '../text/words';
import { type Copies, CopySets, joinEqual, joinNear } from './copySets';

/** Of the pairs of neighbouring words of two texts, the share that both have (Jaccard) from which they are copies. */
export const nearTextFrom = 0.7;

/** Pairs of words are dealt into so many bins, and the least of each is kept. */
const bins = 128;
const binBits = 7;
/** Bins that agree all together make a candidate: of texts at the limit all but one in 5,000. */
const binsPerBand = 4;
const bands = bins / binsPerBand;
/** Texts of fewer pairs of words are compared whole only. */
const fewestPairs = 3;
/** Longer ones are compared by their beginning. */
const longestCompared = 100_000;
const noPair = 0xffff;

/**
 * Texts that are the same but for case, blanks and the forms of characters (Unicode's NFKC), or share most of their
 * pairs of words. Shares are estimated from 128 bins, to ±0.04 in long texts and better in short ones. Rows are added
 * in their order. 270 bytes a row, O(length) a text. Source: Li, Owen, Zhang, "One Permutation Hashing", NIPS 2012.
 */
export class TextCopies {
  readonly #keys: (number | null)[] = [];
  readonly #sketches: Uint16Array[] = [];

  /** `null`: no text. */
  add(text: string | null): void {
    const plain = text === null ? '' : normalise(text);
    this.#keys.push(plain === '' ? null : hashText(plain));
    this.#sketches.push(plain === '' ? nothing : sketchOf(plain.slice(0, longestCompared)));
  }

  find(): Copies {
    const sketches = this.#sketches;
    const sets = new CopySets(sketches.length);
    const { exact, score, firsts } = joinEqual(this.#keys, sets);
    const rows = firsts.filter((row) => sketches[row].length > 0);
    const filled = sketches.map(fillBins);
    const keyOf = (row: number, band: number): number => keyOfBand(filled[row], band * binsPerBand);
    const similarityOf = (row: number, earlier: number): number => sharedPairs(sketches[row], sketches[earlier]);
    joinNear({ rows, bands, keyOf, similarityOf, limit: nearTextFrom }, sets, score);
    return { sets: sets.sets(), exact, score };
  }
}

const nothing = new Uint16Array(0);

function keyOfBand(filled: Uint16Array, at: number): number {
  return mix(filled[at] | (filled[at + 1] << 16)) * 0x100000 + (mix(filled[at + 2] | (filled[at + 3] << 16)) & 0xfffff);
}

function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** 53 bits: of a million texts two different ones agree with a probability of 1 in 20,000. */
function hashText(text: string): number {
  let one = 0x2c1b3c6d;
  let other = 0x297a2d39;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x85ebca6b);
    other = Math.imul(other ^ code, 0xc2b2ae35);
    one = (one << 13) | (one >>> 19);
    other = (other << 15) | (other >>> 17);
  }
  return mix(one ^ text.length) * 0x200000 + (mix(other) >>> 11);
}

function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash;
}

/** A number of 32 bits, each of which depends on all of the other's. Source: MurmurHash3's finalizer. */
function mix(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** The least hash of each bin, made 16 bits; empty for texts of too few pairs. */
function sketchOf(text: string): Uint16Array {
  const least = new Float64Array(bins).fill(Number.POSITIVE_INFINITY);
  let before: number | undefined;
  let pairs = 0;
  findWords(text, (word) => {
    const hash = hashWord(word);
    if (before !== undefined) {
      const pair = mix(Math.imul(before, 31) + hash);
      const bin = pair >>> (32 - binBits);
      if (pair < least[bin]) least[bin] = pair;
      pairs++;
    }
    before = hash;
  });
  if (pairs < fewestPairs) return nothing;
  return Uint16Array.from(least, (value) => (Number.isFinite(value) ? mix(value) % noPair : noPair));
}

/** Bins without a pair as their neighbour to the right that has one, so that texts of few pairs have full bands. */
function fillBins(sketch: Uint16Array): Uint16Array {
  if (!sketch.includes(noPair)) return sketch;
  const filled = sketch.slice();
  let value = sketch.find((one) => one !== noPair) ?? noPair;
  for (let k = bins - 1; k >= 0; k--) {
    if (filled[k] === noPair) filled[k] = value;
    else value = filled[k];
  }
  return filled;
}

/** Estimate of the Jaccard index: of the bins that either fills, those that agree. */
function sharedPairs(one: Uint16Array, other: Uint16Array): number {
  let either = 0;
  let same = 0;
  for (let k = 0; k < bins; k++) {
    if (one[k] === noPair && other[k] === noPair) continue;
    either++;
    if (one[k] === other[k]) same++;
  }
  return either === 0 ? 0 : same / either;
}
