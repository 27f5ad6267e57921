import type { Matrix } from '../../../core/base/matrix';
import { mirrorLower } from '../../../core/linalg/denseKernels';
import type { CholeskyFactor, OnBlock } from '../../../core/linalg/linearAlgebra';
import { pasteTile, tileStarts, tileTensor } from './nativeTiles';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/**
 * L⁻¹ (lower triangular) by tiles: X_ij = −L_ii⁻¹ Σ_{j≤k<i} L_ik X_kj. Products of matrices keep all threads busy, a
 * triangular solve only one. O(p³/3).
 */
export function nativeInvertLower(tensorflow: Tensorflow, { size, lower }: CholeskyFactor, onBlock?: OnBlock): Matrix {
  const { starts, lengthOf } = tileStarts(size);
  const count = starts.length;
  const out = new Float64Array(size * size);
  const steps = (count * (count + 1)) / 2;
  let step = 0;
  tensorflow.scope((ops) => {
    const inverses = starts.map((start, i) => {
      const length = lengthOf(i);
      const inverse = invertTile(ops, lower, start, length);
      pasteTile(ops.readFloat64(inverse), out, size, start, start, length, length);
      onBlock?.(Math.floor((++step / steps) * size), size);
      return inverse;
    });
    for (let j = 0; j < count; j++) {
      const column: Tensor[] = [];
      column[j] = inverses[j];
      for (let i = j + 1; i < count; i++) {
        let sum: Tensor | undefined;
        for (let k = j; k < i; k++) {
          const tile = tileTensor(ops, lower, starts[i], starts[k], lengthOf(i), lengthOf(k));
          const term = ops.matMul(tile, column[k]);
          const next = sum === undefined ? term : ops.add(sum, term);
          if (sum !== undefined) ops.free(sum, term);
          ops.free(tile);
          sum = next;
          // Reports no progress, but may throw: a tile's sum can take a second.
          onBlock?.(Math.floor((step / steps) * size), size);
        }
        if (sum === undefined) continue;
        const negative = ops.matMul(inverses[i], sum);
        const values = ops.readFloat64(negative);
        for (let at = 0; at < values.length; at++) values[at] = -values[at];
        pasteTile(values, out, size, starts[i], starts[j], lengthOf(i), lengthOf(j));
        column[i] = ops.float64(values, [lengthOf(i), lengthOf(j)]);
        ops.free(sum, negative);
        onBlock?.(Math.floor((++step / steps) * size), size);
      }
      ops.free(...column.slice(j + 1));
    }
  });
  return { rows: size, columns: size, data: out };
}

/** The inverse of the tile of L on its diagonal from row `start` on. */
export function invertTile(ops: TensorOps, lower: Matrix, start: number, length: number): Tensor {
  const tile = tileTensor(ops, lower, start, start, length, length);
  const identity = new Float64Array(length * length);
  for (let at = 0; at < identity.length; at += length + 1) identity[at] = 1;
  const right = ops.float64(identity, [length, length]);
  const inverse = ops.triangularSolve(tile, right);
  ops.free(tile, right);
  return inverse;
}

/** A⁻¹ = L⁻ᵀL⁻¹ from L⁻¹, its lower triangle by tiles. Symmetric to the last bit. O(p³/3). */
export function nativeInverseProduct(tensorflow: Tensorflow, inverseLower: Matrix, onBlock?: OnBlock): Matrix {
  const size = inverseLower.rows;
  const { starts, lengthOf } = tileStarts(size);
  const count = starts.length;
  const out = new Float64Array(size * size);
  const steps = (count * (count + 1)) / 2;
  let step = 0;
  tensorflow.scope((ops) => {
    for (let i = 0; i < count; i++) {
      // Columns of tile i from row starts[i] on: L⁻¹ is zero above.
      const depth = size - starts[i];
      const left = tileTensor(ops, inverseLower, starts[i], starts[i], depth, lengthOf(i));
      for (let j = 0; j <= i; j++) {
        const right = tileTensor(ops, inverseLower, starts[i], starts[j], depth, lengthOf(j));
        const product = ops.matMul(left, right, { a: true });
        pasteTile(ops.readFloat64(product), out, size, starts[i], starts[j], lengthOf(i), lengthOf(j));
        ops.free(right, product);
        onBlock?.(Math.floor((++step / steps) * size), size);
      }
      ops.free(left);
    }
  });
  mirrorLower(out, size);
  return { rows: size, columns: size, data: out };
}
