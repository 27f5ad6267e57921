import type { CancellationSignal } from '../../../core/job/jobContext';
import type { Tensor, Tensorflow, TensorOps } from '../native/tensorflowBinding';
import type { AssignRows } from './cellIndex';
import type { BlockProducts, Coordinates } from './projectedRows';
import type { SampleTruth } from './sampleTruth';

/** Rows assigned to cells in one product. */
const assignBlock = 2048;

/**
 * The products of {@link projectRows} with the axes, if any, and with the sampled rows: one, as reading the rows is
 * half of it.
 */
export function nativeProducts(ops: TensorOps, { mean, axes, width }: Coordinates, truth: SampleTruth): BlockProducts {
  const d = mean.length;
  const first = axes === null ? 0 : width;
  const columns = first + truth.sample.length;
  // The norms of rows, which come last, do not belong to their coordinates.
  const right = new Float32Array((d + 1) * columns);
  for (let j = 0; j < d; j++) {
    const at = j * columns;
    if (axes !== null) for (let c = 0; c < width; c++) right[at + c] = axes.data[j * width + c];
    for (let s = first; s < columns; s++) right[at + s] = truth.rows.data[(s - first) * d + j] - mean[j];
  }
  right.fill(1, d * columns + first);
  const operand = ops.float32(right, [d + 1, columns]);
  return (block, count) => {
    const rows = ops.float32(block, [count, d + 1]);
    const products = ops.matMul(rows, operand);
    const read = ops.readFloat32(products);
    ops.free(rows, products);
    return read;
  };
}

/**
 * Scores xᵀc − ½‖c‖² of rows with centres (m×width): the nearest centre has the highest. Lives as long as the scope.
 */
export function createCentreScores(
  ops: TensorOps,
  centres: Float32Array,
  width: number,
): (rows: Float32Array, count: number) => Tensor {
  const count = centres.length / width;
  const stride = width + 1;
  const right = new Float32Array(count * stride);
  const norms = new Float32Array(count);
  for (let c = 0; c < count; c++) {
    let norm = 0;
    for (let j = 0; j < width; j++) {
      const value = centres[c * width + j];
      right[c * stride + j] = value;
      norm += value * value;
    }
    norms[c] = -0.5 * norm;
  }
  // The last number of a row is its own norm: times 0.
  const [matrix, bias] = [ops.float32(right, [count, stride]), ops.float32(norms, [1, count])];
  return (rows, height) => {
    const block = ops.float32(rows, [height, stride]);
    const products = ops.matMul(block, matrix, { b: true });
    const scores = ops.add(products, bias);
    ops.free(block, products);
    return scores;
  };
}

/** Assigns rows to their nearest centre. */
export function nativeAssign(tensorflow: Tensorflow, signal: CancellationSignal): AssignRows {
  return (rows, count, centres, width) => {
    const out = new Int32Array(count);
    if (centres.length === width) return out;
    tensorflow.scope((ops) => {
      const scoresOf = createCentreScores(ops, centres, width);
      const stride = width + 1;
      for (let from = 0; from < count; from += assignBlock) {
        const height = Math.min(assignBlock, count - from);
        const scores = scoresOf(rows.subarray(from * stride, (from + height) * stride), height);
        const best = ops.argMax(scores);
        out.set(ops.readInt32(best), from);
        ops.free(scores, best);
        signal.throwIfCancelled();
      }
    });
    return out;
  };
}
