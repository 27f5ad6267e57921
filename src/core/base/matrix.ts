/** A dense matrix in row-major order: element (i, j) is `data[i * columns + j]`. The buffer may be shared. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}
