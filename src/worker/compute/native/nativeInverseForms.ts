import type { CholeskyFactor } from '../../../core/linalg/linearAlgebra';
import type { ColumnPanel } from '../columnPanels';
import { columnPanels } from '../columnPanels';
import { invertTile } from './nativeInverse';
import type { QuadraticWork } from './nativeQuadratics';
import { addRowSums } from './nativeQuadratics';
import type { NativeRows } from './nativeRows';
import { tensorOf } from './nativeRows';
import { copyTile } from './nativeTiles';
import type { Tensor, Tensorflow } from './tensorflowBinding';

/** A panel of L's rows: what is left of the diagonal, and the inverse of what is on it. */
export interface FactorPanel extends ColumnPanel {
  /** width×from. */
  readonly left: Float64Array;
  /** width×width. */
  readonly inverse: Float64Array;
}

/** L cut into panels for {@link nativeInverseForms}. O(d²·width/6), a part of what L⁻¹ takes. */
export function nativeFactorPanels(tensorflow: Tensorflow, { size, lower }: CholeskyFactor): readonly FactorPanel[] {
  return columnPanels(size).map((panel) => ({
    ...panel,
    left: copyTile(lower, panel.from, 0, panel.width, panel.from),
    inverse: tensorflow.scope((ops) => ops.readFloat64(invertTile(ops, lower, panel.from, panel.width))),
  }));
}

/**
 * ‖L⁻¹xᵢ‖² of all rows by forward substitution, panel by panel: Z_j = (X_j − Σ_{k<j} Z_k L_jkᵀ)·L_jj⁻ᵀ. All products of
 * matrices, as many multiply-adds as with L⁻¹, which is never formed.
 */
export function nativeInverseForms(
  x: NativeRows,
  panels: readonly FactorPanel[],
  { tensorflow, type, onBlock }: QuadraticWork,
): Float64Array {
  const { rows: n } = x;
  const forms = new Float64Array(n);
  tensorflow.scope((ops) => {
    const tensors = panels.map(({ from, width, left, inverse }) => ({
      left: from === 0 ? undefined : tensorOf(ops, left, [width, from], type),
      inverse: tensorOf(ops, inverse, [width, width], type),
    }));
    x.forEachBlock(ops, type, (block, from, count) => {
      const solved: Tensor[] = [];
      panels.forEach(({ from: start, width }, p) => {
        const { left, inverse } = tensors[p];
        let right = panels.length === 1 ? block : ops.slice(block, 0, start, count, width);
        if (left !== undefined) {
          const before = solved.length === 1 ? solved[0] : ops.concatColumns(solved);
          const known = ops.matMul(before, left, { b: true });
          const rest = ops.sub(right, known);
          ops.free(right, known);
          if (solved.length > 1) ops.free(before);
          right = rest;
        }
        const z = ops.matMul(right, inverse, { b: true });
        addRowSums(ops, z, z, forms, from);
        solved.push(z);
        if (right !== block) ops.free(right);
        onBlock?.(from + Math.floor((count * (p + 1)) / panels.length), n);
      });
      ops.free(...solved);
    });
  });
  return forms;
}
