import type { Matrix } from '../../../core/base/matrix';
import type { QuadraticWork } from './nativeQuadratics';
import { addInDouble, readFloats } from './nativeQuadratics';
import type { NativeRows } from './nativeRows';
import { tensorOf } from './nativeRows';
import type { Tensor, TensorOps } from './tensorflowBinding';

/** ((X·T)∘(X·T))·B, n×m. */
export function nativeMultiplySquares(x: NativeRows, t: Matrix, b: Matrix, work: QuadraticWork): Matrix {
  const { tensorflow, type, onBlock } = work;
  const { rows: n, columns: d } = x;
  const m = b.columns;
  const data = new Float64Array(n * m);
  tensorflow.scope((ops) => {
    const right = tensorOf(ops, b.data, [d, m], type);
    x.squares(t).forEachBlock(ops, type, (squares, from, count) => {
      const product = ops.matMul(squares, right);
      data.set(readFloats(ops, product), from * m);
      ops.free(product);
      onBlock?.(from + count, n);
    });
  });
  return { rows: n, columns: m, data };
}

/** ((X·T)∘(X·T))ᵀ·V, d×m. */
export function nativeTransposeMultiplySquares(x: NativeRows, t: Matrix, v: Matrix, work: QuadraticWork): Matrix {
  const { tensorflow, type, onBlock } = work;
  const { rows: n, columns: d } = x;
  const m = v.columns;
  return tensorflow.scope((ops) => {
    let sum: Tensor | undefined;
    x.squares(t).forEachBlock(ops, type, (squares, from, count) => {
      const values = tensorOf(ops, v.data.subarray(from * m, (from + count) * m), [count, m], type);
      sum = addInDouble(ops, sum, ops.matMul(values, squares, { a: true }));
      ops.free(values);
      onBlock?.(from + count, n);
    });
    return turned(ops, sum, d, m);
  });
}

/** The d×m transpose of an m×d sum; zeros for a sum over no rows. */
export function turned(ops: TensorOps, sum: Tensor | undefined, d: number, m: number): Matrix {
  const data = new Float64Array(d * m);
  if (sum !== undefined) {
    const values = ops.readFloat64(sum);
    if (m === 1) return { rows: d, columns: 1, data: values };
    for (let c = 0; c < m; c++) for (let j = 0; j < d; j++) data[j * m + c] = values[c * d + j];
  }
  return { rows: d, columns: m, data };
}
