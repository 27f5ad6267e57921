import type { Matrix } from '../../../core/base/matrix';
import { mirrorLower, mirrorUpper } from '../../../core/linalg/denseKernels';
import type { OnBlock } from '../../../core/linalg/linearAlgebra';
import type { ColumnPanel } from '../columnPanels';
import { columnPanels } from '../columnPanels';
import type { NativeRows } from './nativeRows';
import { tensorOf } from './nativeRows';
import type { FloatType, Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** Numbers of a row block, and of a stack of scaled copies of it, where several small matrices go into one product. */
const stackBlockNumbers = 2 ** 18;
const stackNumbers = 2 ** 21;

export interface QuadraticWork {
  readonly tensorflow: Tensorflow;
  readonly type: FloatType;
  readonly onBlock: OnBlock | undefined;
}

/** Xᵀ diag(w) X for each w. Sums within a block are of `type`, those over blocks double. */
export function nativeWeightedGrams(x: NativeRows, weights: readonly Float64Array[], work: QuadraticWork): Matrix[] {
  const panels = columnPanels(x.columns);
  return panels.length === 1 ? stackedGrams(x, weights, work) : panelGrams(x, weights, panels, work);
}

/** Wide X: for each weight vector and panel of columns the part of the Gram matrix on and below the diagonal. */
function panelGrams(
  x: NativeRows,
  weights: readonly Float64Array[],
  panels: readonly ColumnPanel[],
  { tensorflow, type, onBlock }: QuadraticWork,
): Matrix[] {
  const { rows: n, columns: d } = x;
  const steps = weights.length * panels.length;
  return tensorflow.scope((ops) => {
    const sums: (Tensor | undefined)[] = new Array<Tensor | undefined>(steps).fill(undefined);
    x.forEachBlock(ops, type, (block, from, count) => {
      const scales = weights.map((w) => column(ops, w.subarray(from, from + count), type));
      panels.forEach(({ from: left, width }, p) => {
        const panel = ops.slice(block, 0, left, count, width);
        // This panel and what is right of it.
        let rest = panel;
        if (left === 0) rest = block;
        else if (left + width < d) rest = ops.slice(block, 0, left, count, d - left);
        scales.forEach((scale, g) => {
          const scaled = ops.mul(panel, scale);
          const product = ops.matMul(scaled, rest, { a: true });
          const at = g * panels.length + p;
          sums[at] = addInDouble(ops, sums[at], product);
          ops.free(scaled);
          onBlock?.(from + Math.floor((count * (p * weights.length + g + 1)) / steps), n);
        });
        ops.free(panel);
        if (rest !== block && rest !== panel) ops.free(rest);
      });
      ops.free(...scales);
    });
    return weights.map((_, g) => {
      const gram = new Float64Array(d * d);
      panels.forEach(({ from: left, width }, p) => {
        const sum = sums[g * panels.length + p];
        if (sum === undefined) return;
        // width×(d − left): rows of the upper triangle.
        const values = ops.readFloat64(sum);
        ops.free(sum);
        for (let i = 0; i < width; i++) {
          gram.set(values.subarray(i * (d - left), (i + 1) * (d - left)), (left + i) * d + left);
        }
      });
      mirrorUpper(gram, d);
      return { rows: d, columns: d, data: gram };
    });
  });
}

/** Narrow X: several scaled copies of a block side by side in one product. */
function stackedGrams(
  x: NativeRows,
  weights: readonly Float64Array[],
  { tensorflow, type, onBlock }: QuadraticWork,
): Matrix[] {
  const { rows: n, columns: d } = x;
  const height = stackHeight(d);
  const perStack = Math.max(1, Math.floor(stackNumbers / (height * d)));
  const parts = chunks(weights, perStack);
  return tensorflow.scope((ops) => {
    const sums: (Tensor | undefined)[] = parts.map(() => undefined);
    const visit = (block: Tensor, from: number, count: number): void => {
      const spread = ops.reshape(block, [count, 1, d]);
      parts.forEach((part, index) => {
        const packed = tensorOf(ops, interleave(part, from, count), [count, part.length, 1], type);
        const stack = ops.mul(spread, packed);
        const flat = ops.reshape(stack, [count, part.length * d]);
        sums[index] = addInDouble(ops, sums[index], ops.matMul(block, flat, { a: true }));
        ops.free(packed, stack, flat);
        onBlock?.(from + Math.floor((count * (index + 1)) / parts.length), n);
      });
      ops.free(spread);
    };
    x.forEachBlock(ops, type, visit, height);
    return parts.flatMap((part, index) => splitGrams(ops, sums[index], part.length, d));
  });
}

/** xᵢᵀ B xᵢ for each B, from B's lower triangle with the upper one folded onto it. */
export function nativeQuadraticForms(x: NativeRows, matrices: readonly Matrix[], work: QuadraticWork): Float64Array[] {
  const panels = columnPanels(x.columns);
  return panels.length === 1 ? stackedForms(x, matrices, work) : panelForms(x, matrices, panels, work);
}

function panelForms(
  x: NativeRows,
  matrices: readonly Matrix[],
  panels: readonly ColumnPanel[],
  { tensorflow, type, onBlock }: QuadraticWork,
): Float64Array[] {
  const { rows: n, columns: d } = x;
  const forms = matrices.map(() => new Float64Array(n));
  const steps = matrices.length * panels.length;
  return tensorflow.scope((ops) => {
    const folded = matrices.map((b) => {
      const lower = foldLower(b);
      return panels.map((panel) => lowerRows(ops, lower, d, panel, type));
    });
    x.forEachBlock(ops, type, (block, from, count) => {
      panels.forEach(({ from: left, to, width }, p) => {
        const prefix = to === d ? block : ops.slice(block, 0, 0, count, to);
        const panel = ops.slice(block, 0, left, count, width);
        matrices.forEach((_, k) => {
          const product = ops.matMul(prefix, folded[k][p], { b: true });
          addRowSums(ops, product, panel, forms[k], from);
          ops.free(product);
          onBlock?.(from + Math.floor((count * (p * matrices.length + k + 1)) / steps), n);
        });
        ops.free(panel);
        if (prefix !== block) ops.free(prefix);
      });
    });
    return forms;
  });
}

function stackedForms(
  x: NativeRows,
  matrices: readonly Matrix[],
  { tensorflow, type, onBlock }: QuadraticWork,
): Float64Array[] {
  const { rows: n, columns: d } = x;
  const height = stackHeight(d);
  const perStack = Math.max(1, Math.floor(stackNumbers / (height * d)));
  const parts = chunks(matrices, perStack);
  const forms = matrices.map(() => new Float64Array(n));
  return tensorflow.scope((ops) => {
    const stacked = parts.map((part) => tensorOf(ops, sideBySide(part, d), [d, part.length * d], type));
    const visit = (block: Tensor, from: number, count: number): void => {
      const spread = ops.reshape(block, [count, 1, d]);
      parts.forEach((part, index) => {
        const product = ops.matMul(block, stacked[index]);
        const deep = ops.reshape(product, [count, part.length, d]);
        const terms = ops.mul(deep, spread);
        const sums = ops.sum(terms, 2);
        const values = readFloats(ops, sums);
        part.forEach((_, k) => {
          const out = forms[index * perStack + k];
          for (let r = 0; r < count; r++) out[from + r] = values[r * part.length + k];
        });
        ops.free(product, deep, terms, sums);
        onBlock?.(from + Math.floor((count * (index + 1)) / parts.length), n);
      });
      ops.free(spread);
    };
    x.forEachBlock(ops, type, visit, height);
    return forms;
  });
}

/** out[from + r] += Σⱼ aᵣⱼ bᵣⱼ. */
export function addRowSums(ops: TensorOps, a: Tensor, b: Tensor, out: Float64Array, from: number): void {
  const terms = ops.mul(a, b);
  const sums = ops.sum(terms, 1);
  const values = readFloats(ops, sums);
  for (let r = 0; r < values.length; r++) out[from + r] += values[r];
  ops.free(terms, sums);
}

/** The sum so far plus a block's result, in double; frees both. */
export function addInDouble(ops: TensorOps, sum: Tensor | undefined, term: Tensor): Tensor {
  let exact = term;
  if (term.type !== 'float64') {
    exact = ops.cast(term, 'float64');
    ops.free(term);
  }
  if (sum === undefined) return exact;
  const next = ops.add(sum, exact);
  ops.free(sum, exact);
  return next;
}

export function readFloats(ops: TensorOps, tensor: Tensor): Float64Array | Float32Array {
  return tensor.type === 'float64' ? ops.readFloat64(tensor) : ops.readFloat32(tensor);
}

function column(ops: TensorOps, values: Float64Array, type: FloatType): Tensor {
  return tensorOf(ops, values, [values.length, 1], type);
}

/** Rows [from, to) of a lower triangular d×d matrix up to column `to`. */
function lowerRows(ops: TensorOps, lower: Float64Array, d: number, panel: ColumnPanel, type: FloatType): Tensor {
  const { from, to, width } = panel;
  const rows = new Float64Array(width * to);
  for (let i = 0; i < width; i++) rows.set(lower.subarray((from + i) * d, (from + i) * d + to), i * to);
  return tensorOf(ops, rows, [width, to], type);
}

/** F lower triangular with xᵀFx = xᵀBx. */
function foldLower({ rows: d, data }: Matrix): Float64Array {
  const folded = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    folded[i * d + i] = data[i * d + i];
    for (let j = 0; j < i; j++) folded[i * d + j] = data[i * d + j] + data[j * d + i];
  }
  return folded;
}

function stackHeight(d: number): number {
  return Math.max(256, Math.min(8192, Math.floor(stackBlockNumbers / d)));
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}

/** Entries [from, from + count) of k arrays as a count×k matrix. */
function interleave(arrays: readonly Float64Array[], from: number, count: number): Float64Array {
  const k = arrays.length;
  const out = new Float64Array(count * k);
  for (let j = 0; j < k; j++) {
    const array = arrays[j];
    for (let r = 0; r < count; r++) out[r * k + j] = array[from + r];
  }
  return out;
}

/** [B₁ B₂ …], d×(k·d). */
function sideBySide(matrices: readonly Matrix[], d: number): Float64Array {
  const width = matrices.length * d;
  const out = new Float64Array(d * width);
  matrices.forEach((b, k) => {
    for (let i = 0; i < d; i++) out.set(b.data.subarray(i * d, (i + 1) * d), i * width + k * d);
  });
  return out;
}

/** The k Gram matrices that stand side by side in a d×(k·d) tensor, each made symmetric to the last bit. */
function splitGrams(ops: TensorOps, stacked: Tensor | undefined, k: number, d: number): Matrix[] {
  const all = stacked === undefined ? new Float64Array(d * k * d) : ops.readFloat64(stacked);
  return Array.from({ length: k }, (_, g) => {
    const gram = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      const at = i * k * d + g * d;
      gram.set(all.subarray(at, at + d), i * d);
    }
    mirrorLower(gram, d);
    return { rows: d, columns: d, data: gram };
  });
}
