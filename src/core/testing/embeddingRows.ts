import { createRandom } from '../base/random';
import type { SyntheticRows } from './testData';

interface EmbeddingShape {
  readonly rows: number;
  /** The intercept included. */
  readonly features: number;
  readonly classes: number;
  readonly seed: number;
}

/**
 * For tests only: rows like embeddings. Spectrum 1/k, overlapping classes of several clouds, and 9 % of the labels
 * wrong; one cloud in four is wider than the others. The last feature is the intercept.
 */
export function embeddingRows({ rows, features: d, classes: C, seed }: EmbeddingShape): SyntheticRows {
  const random = createRandom(seed);
  const clouds = Array.from({ length: 3 * C }, () => Float64Array.from({ length: d }, () => 0.35 * random.normal()));
  const data = new Float64Array(rows * d);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const cloud = random.integer(3 * C);
    labels[i] = random.uniform() < 0.09 ? random.integer(C) : cloud % C;
    const width = cloud % 4 === 0 ? 1.5 : 1;
    for (let k = 0; k < d - 1; k++) data[i * d + k] = (clouds[cloud][k] + width * random.normal()) / Math.sqrt(k + 1);
    data[i * d + d - 1] = 1;
  }
  const scale = Math.sqrt((d - 1) / Array.from({ length: d - 1 }, (_, k) => 1 / (k + 1)).reduce((a, b) => a + b));
  for (let i = 0; i < rows; i++) for (let k = 0; k < d - 1; k++) data[i * d + k] *= scale;
  return { features: { rows, columns: d, data }, labels, classes: C };
}
