import type { CancellationSignal } from '../../../core/base/jobContext';
import type { Tensor, Tensorflow, TensorOps } from '../tensorflowBinding';
import type { AssignRows } from './cellIndex';
import type { BlockProducts, Coordinates } from './projectedRows';
import type { SampleTruth } from './sampleTruth';

/** Rows assigned to cells in one product. */
const assignBlock = 2048;

/** The products of {@link projectRows} with the axes, if any, and with the sampled rows. */
export function nativeProducts(ops: TensorOps, { mean, axes, width }: Coordinates, truth: SampleTruth): BlockProducts {
  const d = mean.length;
  const directions = axes === null ? null : ops.float32(appendRow(axes.data, width), [d + 1, width]);
  const sampled = truth.sample.length;
  const sample = new Float32Array(sampled * (d + 1));
  for (let s = 0; s < sampled; s++) {
    for (let j = 0; j < d; j++) sample[s * (d + 1) + j] = truth.rows.data[s * d + j] - mean[j];
    sample[s * (d + 1) + d] = 1;
  }
  const left = ops.float32(sample, [sampled, d + 1]);
  return (block, count) => {
    const rows = ops.float32(block, [count, d + 1]);
    const scores = ops.matMul(left, rows, { b: true });
    const projected = directions === null ? null : ops.matMul(rows, directions);
    const products = { scores: ops.readFloat32(scores), coordinates: projected && ops.readFloat32(projected) };
    ops.free(rows, scores);
    if (projected !== null) ops.free(projected);
    return products;
  };
}

/** With a row of zeros: the norms of rows do not belong to their coordinates. */
function appendRow(data: Float64Array, width: number): Float32Array {
  const out = new Float32Array(data.length + width);
  out.set(data);
  return out;
}

/** Scores xᵀc − ½‖c‖² of rows with centres (m×width): the nearest centre has the highest. Lives as long as the scope. */
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
