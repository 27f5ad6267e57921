import type { Matrix } from '../base/matrix';

/** d×(m·K) as m×p: the inverse of `changesAsColumns`. */
export function columnsAsBatch(columns: Matrix, outputs: number): Matrix {
  const { rows: d, columns: width, data } = columns;
  const m = width / outputs;
  const p = outputs * d;
  const out = new Float64Array(m * p);
  for (let t = 0; t < m; t++) {
    for (let c = 0; c < outputs; c++) {
      const to = t * p + c * d;
      for (let j = 0; j < d; j++) out[to + j] = data[j * width + t * outputs + c];
    }
  }
  return { rows: m, columns: p, data: out };
}

/** Row t of an m×p matrix, without a copy. */
export function vectorOf({ columns: p, data }: Matrix, t: number): Float64Array {
  return data.subarray(t * p, (t + 1) * p);
}

/** The given rows of an m×p matrix, a copy. */
export function pickVectors(vectors: Matrix, which: readonly number[]): Matrix {
  const p = vectors.columns;
  const data = new Float64Array(which.length * p);
  which.forEach((t, at) => data.set(vectorOf(vectors, t), at * p));
  return { rows: which.length, columns: p, data };
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}
