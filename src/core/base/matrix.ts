import { dot, norm, relativeDistance } from './vectors';

/** A dense matrix in row-major order: element (i, j) is `data[i * columns + j]`. The buffer may be shared. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function copyOf({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns, data: data.slice() };
}

/** Row i, without a copy. */
export function rowOf({ columns, data }: Matrix, i: number): Float64Array {
  return data.subarray(i * columns, (i + 1) * columns);
}

/** aᵢᵀbᵢ of the rows of two m×p matrices: m numbers. */
export function rowProducts(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < out.length; i++) out[i] = dot(rowOf(a, i), rowOf(b, i));
  return out;
}

/** ‖aᵢ‖₂ of each row. */
export function rowNorms(a: Matrix): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < out.length; i++) out[i] = norm(rowOf(a, i));
  return out;
}

/** ‖aᵢ − bᵢ‖₂/‖bᵢ‖₂ of the rows of two m×p matrices; NaN where bᵢ is 0. */
export function relativeDistances(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < out.length; i++) out[i] = relativeDistance(rowOf(a, i), rowOf(b, i));
  return out;
}
