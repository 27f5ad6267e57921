import type { Matrix } from '../../base/matrix';

/** The transpose, a copy. */
export function transposed({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: out };
}

/** ‖product_t − b_t‖₂/‖b_t‖₂ for the rows t of two m×p matrices; NaN where b_t is 0. */
export function relativeResiduals(product: Matrix, b: Matrix): Float64Array {
  const { rows: m, columns: p } = b;
  return Float64Array.from({ length: m }, (_, t) => {
    let difference = 0;
    let size = 0;
    for (let at = t * p; at < (t + 1) * p; at++) {
      difference += (product.data[at] - b.data[at]) ** 2;
      size += b.data[at] ** 2;
    }
    return size === 0 ? Number.NaN : Math.sqrt(difference / size);
  });
}
