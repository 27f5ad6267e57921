import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';

export interface NoiseSet {
  /** Standard normal, independent of the labels. */
  readonly features: Matrix;
  readonly labels: Int32Array;
  readonly classes: number;
  /** Whether all classes have the same number of rows. */
  readonly balanced: boolean;
}

/**
 * Data without a signal, by a seed: 20 to 2,000 rows and 1 to 50 columns (evenly by their logarithms), 2 to 5 classes;
 * balanced for even seeds, else with shares drawn from an exponential distribution.
 */
export function drawNoise(seed: number): NoiseSet {
  const random = createRandom(seed);
  const rows = Math.round(20 * 100 ** random.uniform());
  const classes = 2 + random.integer(4);
  const columns = Math.round(50 ** random.uniform());
  const balanced = seed % 2 === 0;
  const shares = Array.from({ length: classes }, () => (balanced ? 1 : 0.05 - Math.log(1 - random.uniform())));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const labels = Int32Array.from({ length: rows }, (_, row) => (balanced ? row % classes : draw()));
  function draw(): number {
    let left = random.uniform() * total;
    for (let c = 0; c < classes - 1; c++) if ((left -= shares[c]) < 0) return c;
    return classes - 1;
  }
  // Every class has two rows at least.
  if (!balanced) for (let c = 0; c < classes; c++) labels[2 * c] = labels[2 * c + 1] = c;
  const data = new Float64Array(rows * columns);
  for (let at = 0; at < data.length; at++) data[at] = random.normal();
  return { features: { rows, columns, data }, labels, classes, balanced };
}
