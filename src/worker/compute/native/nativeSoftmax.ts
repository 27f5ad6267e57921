import { BugError } from '../../../core/base/errors';
import type { Matrix } from '../../../core/base/matrix';
import type { OnBlock, SoftmaxPoint } from '../../../core/linalg/linearAlgebra';
import type { SoftmaxKernel } from '../kernels/softmaxKernel';
import { withSoftmaxKernel } from '../kernels/softmaxKernel';
import { addInDouble } from './nativeQuadratics';
import type { NativeRows } from './nativeRows';
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
  let loss = 0;
  const gradient = multiplyThroughSoftmax(rows, point, step, work, (kernel, from, count) => {
    loss += changeTile(kernel, point, from, count);
  });
  if (step.rows !== point.classes) throw new BugError(`A change of ${step.rows} logits for ${point.classes} classes.`);
  return { loss, gradient };
}

/** The change of the rows in the kernel, [from, from + count) of all; that of their losses. */
function changeTile(kernel: SoftmaxKernel, { weights, labels }: SoftmaxPoint, from: number, count: number): number {
  const { sums, moved } = kernel;
  for (let at = 0; at < count; at++) kernel.labels[at] = labels[from + at];
  kernel.change(count);
  let loss = 0;
  for (let at = 0; at < count; at++) {
    const w = weights[from + at];
    if (w !== 0) loss += w * (Math.log1p(sums[at]) - moved[at]);
  }
  return loss;
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

/** See `softmaxForms` of LinearAlgebra: half of what {@link nativeSoftmaxCurvature} takes. */
export function nativeSoftmaxForms(
  rows: NativeRows,
  point: SoftmaxPoint,
  vectors: Matrix,
  work: SoftmaxWork,
): Float64Array {
  const { classes } = point;
  const runs = vectors.rows / classes;
  const forms = new Float64Array(runs);
  checkSizes(rows, point, vectors);
  withSoftmaxKernel(classes, runs, (kernel) =>
    work.tensorflow.scope((ops) => {
      const right = ops.float32(new Float32Array(vectors.data), [vectors.rows, vectors.columns]);
      const visit = (block: Tensor, from: number, count: number): void => {
        const product = ops.matMul(block, right, { b: true });
        const values = ops.readFloat32(product);
        ops.free(product);
        forEachTile(kernel, point, vectors.rows, values, from, count, (part, _, height) => {
          kernel.curve(height);
          addForms(part, kernel.z, classes, forms);
        });
        work.onBlock?.(from + count, rows.rows);
      };
      rows.forEachBlock(ops, 'float32', visit, work.most);
    }),
  );
  return forms;
}

/** forms_t += Σ z·curved over the entries of run t of each row. */
function addForms(z: Float32Array, curved: Float32Array, classes: number, forms: Float64Array): void {
  for (let at = 0; at < z.length;) {
    for (let t = 0; t < forms.length; t++) {
      let sum = 0;
      for (let end = at + classes; at < end; at++) sum += z[at] * curved[at];
      forms[t] += sum;
    }
  }
}

function checkSizes({ rows: n, columns: d }: NativeRows, { classes, probabilities }: SoftmaxPoint, b: Matrix): void {
  if (b.columns !== d || b.rows % classes !== 0 || probabilities.length !== n * classes) {
    throw new BugError(`A softmax pass of ${b.rows}×${b.columns} numbers over ${n}×${d} rows of ${classes} classes.`);
  }
}

/** Puts a block's products into the kernel, a tile at a time, with what belongs to its rows. */
function forEachTile(
  kernel: SoftmaxKernel,
  { classes, probabilities, weights }: SoftmaxPoint,
  width: number,
  values: Float32Array,
  from: number,
  count: number,
  visit: (part: Float32Array, row: number, height: number) => void,
): void {
  for (let first = 0; first < count; first += kernel.height) {
    const height = Math.min(kernel.height, count - first);
    const row = from + first;
    const part = values.subarray(first * width, (first + height) * width);
    kernel.z.set(part);
    kernel.p.set(probabilities.subarray(row * classes, (row + height) * classes));
    kernel.weights.set(weights.subarray(row, row + height));
    visit(part, row, height);
  }
}

/**
 * Σ over blocks of V_blockᵀ·X_block, mC×d, where `map` makes V of the products X_block·Bᵀ (B: mC×d) in the kernel, a
 * tile at a time.
 */
function multiplyThroughSoftmax(
  rows: NativeRows,
  point: SoftmaxPoint,
  b: Matrix,
  { tensorflow, most, onBlock }: SoftmaxWork,
  map: (kernel: SoftmaxKernel, from: number, count: number) => void,
): Matrix {
  const { rows: n, columns: d } = rows;
  const { classes } = point;
  const width = b.rows;
  checkSizes(rows, point, b);
  return withSoftmaxKernel(classes, width / classes, (kernel) =>
    tensorflow.scope((ops) => {
      const right = ops.float32(new Float32Array(b.data), [width, d]);
      let sum: Tensor | undefined;
      const visit = (block: Tensor, from: number, count: number): void => {
        const product = ops.matMul(block, right, { b: true });
        const values = ops.readFloat32(product);
        forEachTile(kernel, point, width, values, from, count, (part, row, height) => {
          map(kernel, row, height);
          part.set(kernel.z.subarray(0, height * width));
        });
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
