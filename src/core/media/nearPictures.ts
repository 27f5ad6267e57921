import { createRandom } from '../base/random';
import { quantile } from '../base/statistics';
import { type Copies, CopySets, joinEqual, joinNear } from './copySets';

/** Side of the small grey picture by which pictures are compared. */
export const thumbnailSide = 16;
export const thumbnailPixels = thumbnailSide ** 2;

/**
 * Distances of two small pictures, each of mean 0 and length 1: √(2 − 2r) with their correlation r. Below the first
 * (r = 0.995) they are copies whatever the data, beyond the second (r = 0.95) never.
 */
const surelyNear = 0.1;
const surelyApart = Math.sqrt(2 - 2 * 0.95);
/** Between the two, copies are those nearer than this share of what the median picture is from its nearest. */
const nearShare = 1 / 3;
/** Pictures whose nearest is looked for, and among how many. */
const askedPictures = 200;
const answeringPictures = 10_000;

/** Bits by which candidates are found: bands of one word of 16 each. */
const bands = 16;
const bandBits = 16;
/** Candidates with more different bits than this of 256 are not compared: at r = 0.95 some 26 are expected. */
const mostDifferentBits = 64;
const seed = 1_601;

interface ComparedPictures {
  /** n: what is the same in equal pictures, null where there is none to compare. */
  readonly keys: readonly (string | null)[];
  /** n × m grey levels: the thumbnails of a row one after the other. */
  readonly thumbnails: Uint8Array;
}

/**
 * Pictures that are equal, or nearly so: encoded again, resized, lit otherwise, cropped a little where other pictures
 * are far from each other. Turned or mirrored ones are not found. Near ones are looked for among those that share 16
 * bits of a sketch: a pair of which no 16 bits agree is missed, which is rare and happens near the limit only. About
 * O(n) for pictures that differ, at most O(1,000·n).
 */
export function findPictureCopies({ keys, thumbnails }: ComparedPictures): Copies {
  const n = keys.length;
  const sets = new CopySets(n);
  const { exact, score, firsts } = joinEqual(keys, sets);
  const width = n === 0 ? 0 : thumbnails.length / n;
  const vectors = normaliseRows(thumbnails, width);
  // Those of one grey throughout are like none.
  const rows = firsts.filter((row) => vectors.subarray(row * width, (row + 1) * width).some((value) => value !== 0));
  const limit = nearLimit(vectors, width, rows);
  const least = 1 - limit ** 2 / 2;
  const sketches = sketchRows(vectors, width, rows, n);
  const similarityOf = (row: number, earlier: number): number =>
    mayBeNear(sketches, row, earlier) ? correlation(vectors, width, row, earlier) : -1;
  const keyOf = (row: number, band: number): number => sketches[row * bands + band];
  joinNear({ rows, bands, keyOf, similarityOf, limit: least }, sets, score);
  return { sets: sets.sets(), exact, score };
}

/** Rows of mean 0 and length 1; zeros where all values are equal. Several thumbnails of a row are each taken so. */
function normaliseRows(thumbnails: Uint8Array, width: number): Float32Array {
  const vectors = new Float32Array(thumbnails.length);
  const parts = width / thumbnailPixels;
  for (let from = 0; from < thumbnails.length; from += thumbnailPixels) {
    const part = thumbnails.subarray(from, from + thumbnailPixels);
    let sum = 0;
    let squares = 0;
    for (const value of part) {
      sum += value;
      squares += value * value;
    }
    const mean = sum / thumbnailPixels;
    const length = Math.sqrt(Math.max(0, squares - mean * sum) * parts);
    if (length > 0) for (let k = 0; k < thumbnailPixels; k++) vectors[from + k] = (part[k] - mean) / length;
  }
  return vectors;
}

/** The distance up to which two pictures are copies: see {@link nearShare}. */
function nearLimit(vectors: Float32Array, width: number, rows: Int32Array): number {
  const random = createRandom(seed);
  const drawn = rows.slice();
  random.shuffle(drawn);
  const others = drawn.subarray(0, answeringPictures);
  const nearest = Float64Array.from(drawn.subarray(0, askedPictures), (row) => {
    let best = -1;
    for (const other of others) if (other !== row) best = Math.max(best, correlation(vectors, width, row, other));
    return Math.sqrt(Math.max(0, 2 - 2 * best));
  });
  const median = quantile(nearest, 0.5);
  return Number.isNaN(median) ? surelyNear : Math.max(surelyNear, Math.min(surelyApart, nearShare * median));
}

/**
 * 256 bits a row: whether one pixel is further above its mean over all pictures than another, for pixels drawn once. n
 * × 16 words of 16 bits.
 */
function sketchRows(vectors: Float32Array, width: number, rows: Int32Array, n: number): Uint16Array {
  const means = new Float64Array(width);
  for (const row of rows) for (let k = 0; k < width; k++) means[k] += vectors[row * width + k] / rows.length;
  const random = createRandom(seed);
  const pairs = Int32Array.from({ length: 2 * bands * bandBits }, () => random.integer(width));
  const sketches = new Uint16Array(n * bands);
  for (const row of rows) sketchRow(vectors, row * width, means, pairs, sketches, row * bands);
  return sketches;
}

function sketchRow(
  vectors: Float32Array,
  from: number,
  means: Float64Array,
  pairs: Int32Array,
  sketches: Uint16Array,
  to: number,
): void {
  for (let word = 0, k = 0; word < bands; word++) {
    let bits = 0;
    for (let bit = 0; bit < bandBits; bit++, k += 2) {
      const [one, other] = [pairs[k], pairs[k + 1]];
      const isAbove = vectors[from + one] - means[one] > vectors[from + other] - means[other];
      bits = (bits << 1) | (isAbove ? 1 : 0);
    }
    sketches[to + word] = bits;
  }
}

const bitCounts = Uint8Array.from({ length: 0x10000 }, (_, word) => {
  let count = 0;
  for (let bits = word; bits !== 0; bits &= bits - 1) count++;
  return count;
});

function mayBeNear(sketches: Uint16Array, one: number, other: number): boolean {
  let different = 0;
  for (let k = 0; k < bands; k++) different += bitCounts[sketches[one * bands + k] ^ sketches[other * bands + k]];
  return different <= mostDifferentBits;
}

function correlation(vectors: Float32Array, width: number, one: number, other: number): number {
  let sum = 0;
  for (let k = 0, a = one * width, b = other * width; k < width; k++, a++, b++) sum += vectors[a] * vectors[b];
  return sum;
}
