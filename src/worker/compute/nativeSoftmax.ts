import { BugError } from '../../core/base/errors';
import type { Matrix } from '../../core/base/matrix';
import type { OnBlock, SoftmaxPoint } from '../../core/linalg/linearAlgebra';
import { addInDouble } from './nativeQuadratics';
import type { NativeRows } from './nativeRows';
import type { SoftmaxKernel } from './softmaxKernel';
import { withSoftmaxKernel } from './softmaxKernel';
import type { Tensor, Tensorflow } from './tensorflowBinding';

export interface SoftmaxWork {
  readonly tensorflow: Tensorflow;
  /** Rows of one product at most. */
  readonly most: number;
  readonly onBlock: OnBlock | undefined;
}

/** See `softmaxChange` of LinearAlgebra: two products a block in single precision, with the kernel between them. */
export function nativeSoftmaxChange(
  rows: NativeRows,
  point: SoftmaxPoint,
  step: Matrix,
  work: SoftmaxWork,
): { readonly loss: number; readonly gradient: Matrix } {
  const { classes, weights, labels } = point;
  let loss = 0;
  const gradient = multiplyThroughSoftmax(rows, point, step, work, (kernel, from, count) => {
    for (let at = 0; at < count; at++) kernel.labels[at] = labels[from + at];
    kernel.change(count);
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const w = weights[from + at];
      if (w !== 0) sum += w * (Math.log1p(kernel.sums[at]) - kernel.moved[at]);
    }
    loss += sum;
  });
  if (step.rows !== classes) throw new BugError(`A change of ${step.rows} logits for ${classes} classes.`);
  return { loss, gradient };
}

/** See `softmaxCurvature` of LinearAlgebra. */
export function nativeSoftmaxCurvature(
  rows: NativeRows,
  point: SoftmaxPoint,
  vectors: Matrix,
  work: SoftmaxWork,
): Matrix {
  return multiplyThroughSoftmax(rows, point, vectors, work, (kernel, _, count) => kernel.curve(count));
}

/** Σ over blocks of V_blockᵀ·X_block, mC×d, where `map` makes V of the products X_block·Bᵀ (B: mC×d) in the kernel, a tile at a time. */
function multiplyThroughSoftmax(
  rows: NativeRows,
  { classes, probabilities, weights }: SoftmaxPoint,
  b: Matrix,
  { tensorflow, most, onBlock }: SoftmaxWork,
  map: (kernel: SoftmaxKernel, from: number, count: number) => void,
): Matrix {
  const { rows: n, columns: d } = rows;
  const width = b.rows;
  if (b.columns !== d || width % classes !== 0 || probabilities.length !== n * classes) {
    throw new BugError(`A softmax pass of ${width}×${b.columns} numbers over ${n}×${d} rows of ${classes} classes.`);
  }
  return withSoftmaxKernel(classes, width / classes, (kernel) =>
    tensorflow.scope((ops) => {
      const right = ops.float32(new Float32Array(b.data), [width, d]);
      let sum: Tensor | undefined;
      const visit = (block: Tensor, from: number, count: number): void => {
        const product = ops.matMul(block, right, { b: true });
        const values = ops.readFloat32(product);
        for (let first = 0; first < count; first += kernel.height) {
          const height = Math.min(kernel.height, count - first);
          const row = from + first;
          const part = values.subarray(first * width, (first + height) * width);
          kernel.z.set(part);
          kernel.p.set(probabilities.subarray(row * classes, (row + height) * classes));
          kernel.weights.set(weights.subarray(row, row + height));
          map(kernel, row, height);
          part.set(kernel.z.subarray(0, height * width));
        }
        const mapped = ops.float32(values, [count, width]);
        sum = addInDouble(ops, sum, ops.matMul(mapped, block, { a: true }));
        ops.free(product, mapped);
        onBlock?.(from + count, n);
      };
      rows.forEachBlock(ops, 'float32', visit, most);
      const data = sum === undefined ? new Float64Array(width * d) : ops.readFloat64(sum);
      return { rows: width, columns: d, data };
    }),
  );
}
