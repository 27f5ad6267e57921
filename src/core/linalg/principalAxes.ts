import { BugError } from '../base/errors';
import { type FeatureRows, readRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import type { LinearAlgebra, OnBlock } from './linearAlgebra';
import { truncatedSvd } from './truncatedSvd';
import { withRows } from './withRows';

/** The start of the decomposition: axes do not depend on the seed of an audit. */
const seed = 1;

export interface PrincipalAxes {
  /** d means of the rows. */
  readonly means: Float64Array;
  /** d×k: orthonormal columns, widest first; the largest entry of each is positive. */
  readonly axes: Matrix;
  /** Share of the rows' variance that lies along the axes, 0 to 1. */
  readonly varianceShare: number;
}

interface AxesContext {
  readonly linalg: LinearAlgebra;
  readonly onBlock?: OnBlock;
}

/**
 * The k leading principal axes of n vectors (n×d), or as many as they have: `truncatedSvd` of the centred rows. Holds a
 * copy of them. O(n·d·k), some twelve times.
 * @returns null where all rows are the same.
 */
export function findPrincipalAxes(x: FeatureRows, k: number, { linalg, onBlock }: AxesContext): PrincipalAxes | null {
  const { rows: n, columns: d } = x;
  const centred = { rows: n, columns: d, data: new Float64Array(n * d) };
  readRows(x, 0, n, centred.data);
  const means = centre(centred);
  const variance = centred.data.reduce((sum, value) => sum + value * value, 0);
  if (variance === 0) return null;
  const { singularValues, directions } = withRows(linalg, centred, (rows) =>
    truncatedSvd(
      {
        rows: n,
        width: d,
        columnWork: 2 * n * d,
        multiplyGram: (b, told) => {
          const image = linalg.transposeMultiply(rows, b, (done, total) => told(done, 2 * total));
          return linalg.multiply(rows, image, (done, total) => told(total + done, 2 * total));
        },
        transposeMultiply: (v, told) => linalg.transposeMultiply(rows, v, told),
      },
      k,
      { linalg, random: createRandom(seed), ...(onBlock && { onBlock }) },
    ),
  );
  const held = singularValues.reduce((sum, value) => sum + value * value, 0);
  return { means, axes: directions, varianceShare: Math.min(1, held / variance) };
}

/** Where rows (n×d) lie along the axes: (X − means)·axes, n×k in single precision. O(n·d·k). */
export function projectOnAxes(
  x: FeatureRows,
  { means, axes }: Pick<PrincipalAxes, 'means' | 'axes'>,
  { linalg, onBlock }: AxesContext,
): Float32Array {
  const k = axes.columns;
  if (x.columns !== means.length || x.columns !== axes.rows) {
    throw new BugError(`Vectors of ${x.columns} numbers have no place on axes of ${axes.rows}.`);
  }
  const { data } = withRows(linalg, x, (rows) => linalg.multiply(rows, axes, onBlock));
  const origin = new Float64Array(k);
  for (let i = 0; i < axes.rows; i++) for (let j = 0; j < k; j++) origin[j] += means[i] * axes.data[i * k + j];
  return Float32Array.from(data, (value, at) => value - origin[at % k]);
}

/** Takes the means of the columns away, in place. @returns them */
function centre({ rows, columns, data }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let from = 0; from < data.length; from += columns) addRow(data, from, means);
  for (let j = 0; j < columns; j++) means[j] /= rows;
  for (let from = 0; from < data.length; from += columns) takeAway(data, from, means);
  return means;
}

function addRow(data: Float64Array, from: number, sums: Float64Array): void {
  for (let j = 0; j < sums.length; j++) sums[j] += data[from + j];
}

function takeAway(data: Float64Array, from: number, means: Float64Array): void {
  for (let j = 0; j < means.length; j++) data[from + j] -= means[j];
}
