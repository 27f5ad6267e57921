import { BugError, NumericalError } from '../../../core/base/errors';
import type { Matrix } from '../../../core/base/matrix';
import { isAllFinite } from '../../../core/base/vectors';
import type { OnBlock, SymmetricEigen } from '../../../core/linalg/linearAlgebra';
import { symmetricEigen } from '../../../core/linalg/symmetricEigen';
import { readFloats } from './nativeQuadratics';
import type { FloatType, Tensorflow } from './tensorflowBinding';

/** Up to this order the plain decomposition is as fast as handing the matrix over. */
const smallOrder = 96;

/**
 * Eigenvalues and eigenvectors by TensorFlow's SelfAdjointEigV2, in one call that cannot be interrupted. Single
 * precision takes half the time; the matrix is then divided by its largest diagonal entry, so that numbers of any size
 * pass.
 * @throws NumericalError when the matrix holds something other than finite numbers.
 */
export function nativeEigen(
  tensorflow: Tensorflow,
  a: Matrix,
  onBlock?: OnBlock,
  type: FloatType = 'float64',
): SymmetricEigen {
  const m = a.rows;
  if (a.columns !== m) throw new BugError(`Eigenvalues of a ${m}×${a.columns} matrix.`);
  if (m <= smallOrder) return symmetricEigen(a, onBlock);
  if (!isAllFinite(a.data)) {
    throw new NumericalError('A matrix whose eigenvalues are needed holds something other than finite numbers.');
  }
  onBlock?.(0, m);
  const scale = type === 'float64' ? 1 : largestOnDiagonal(a) || 1;
  const found = tensorflow.scope((ops) => {
    const matrix = type === 'float64' ? ops.float64(a.data, [m, m]) : ops.float32(rounded(a.data, scale), [m, m]);
    const { values, vectors } = ops.selfAdjointEigen(matrix);
    return {
      values: inDouble(readFloats(ops, values)).map((value) => scale * value),
      vectors: { rows: m, columns: m, data: inDouble(readFloats(ops, ops.transpose(vectors))) },
    };
  });
  onBlock?.(m, m);
  return found;
}

function largestOnDiagonal({ rows, data }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, Math.abs(data[i * rows + i]));
  return largest;
}

function rounded(data: Float64Array, scale: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) out[at] = data[at] / scale;
  return out;
}

function inDouble(values: Float64Array | Float32Array): Float64Array {
  return values instanceof Float64Array ? values : new Float64Array(values);
}
