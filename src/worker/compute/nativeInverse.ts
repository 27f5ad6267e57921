import type { Matrix } from '../../core/base/matrix';
import { mirrorLower } from '../../core/linalg/denseKernels';
import type { CholeskyFactor, OnBlock } from '../../core/linalg/linearAlgebra';
import { copyTile, pasteTile, tileStarts } from './nativeCholesky';
import type { Tensor, Tensorflow } from './tensorflowBinding';

/**
 * L⁻¹ (lower triangular) by tiles: X_ij = −L_ii⁻¹ Σ_{j≤k<i} L_ik X_kj. Products of matrices keep all threads busy, a triangular solve
 * only one. O(p³/3).
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
      const tile = ops.float64(copyTile(lower, start, start, length, length), [length, length]);
      const identity = new Float64Array(length * length);
      for (let r = 0; r < length; r++) identity[r * length + r] = 1;
      const right = ops.float64(identity, [length, length]);
      const inverse = ops.triangularSolve(tile, right);
      ops.free(tile, right);
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
          const tile = ops.float64(copyTile(lower, starts[i], starts[k], lengthOf(i), lengthOf(k)), [
            lengthOf(i),
            lengthOf(k),
          ]);
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
      const left = ops.float64(copyTile(inverseLower, starts[i], starts[i], depth, lengthOf(i)), [depth, lengthOf(i)]);
      for (let j = 0; j <= i; j++) {
        const right = ops.float64(copyTile(inverseLower, starts[i], starts[j], depth, lengthOf(j)), [
          depth,
          lengthOf(j),
        ]);
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
