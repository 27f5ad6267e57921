import type { Matrix } from '../../base/matrix';
import type { Random } from '../../base/random';

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

/**
 * Takes the mean over the K classes off every feature's entries of the rows of an m×(K·d) matrix, in place: the projection off the softmax
 * head's gauge, where every H⁻¹v lies. Nothing for one output.
 */
export function centreOverClasses(data: Float64Array, outputs: number, d: number): void {
  if (outputs === 1) return;
  const p = outputs * d;
  for (let from = 0; from < data.length; from += p) {
    for (let j = 0; j < d; j++) {
      let mean = 0;
      for (let c = 0; c < outputs; c++) mean += data[from + c * d + j] / outputs;
      for (let c = 0; c < outputs; c++) data[from + c * d + j] -= mean;
    }
  }
}

/** m random normal vectors of p numbers without a component along the gauge. */
export function randomVectors(m: number, outputs: number, d: number, random: Random): Matrix {
  const p = outputs * d;
  const data = Float64Array.from({ length: m * p }, () => random.normal());
  centreOverClasses(data, outputs, d);
  return { rows: m, columns: p, data };
}
