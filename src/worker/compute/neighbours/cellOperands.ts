import type { TensorOps } from '../native/tensorflowBinding';
import type { CellIndex } from './cellIndex';
import type { ProjectedRows } from './projectedRows';
import type { ReferenceBlock } from './scoreKernel';
import { createReferenceBlock, mostReferences, paddedCount } from './scoreKernel';

/** The references of the cells [first, last) along the first `columns` axes, in blocks. */
export function loadReferences(
  ops: TensorOps,
  { data, width }: ProjectedRows,
  { starts, referenceEnds }: CellIndex,
  { first, last }: { readonly first: number; readonly last: number },
  columns: number,
  visit: (block: ReferenceBlock) => void,
): void {
  let left = 0;
  for (let cell = first; cell < last; cell++) left += referenceEnds[cell] - starts[cell];
  const stride = columns + 1;
  let rows = new Float32Array(0);
  let positions = new Int32Array(0);
  let filled = 0;
  for (let cell = first; cell < last; cell++) {
    for (let position = starts[cell]; position < referenceEnds[cell]; position++) {
      if (filled === 0) {
        const size = Math.min(left, mostReferences);
        rows = new Float32Array(paddedCount(size) * stride);
        positions = new Int32Array(size);
      }
      const at = position * (width + 1);
      for (let j = 0, to = filled * stride; j < columns; j++) rows[to++] = data[at + j];
      rows[filled * stride + columns] = data[at + width];
      positions[filled++] = position;
      left--;
      if (filled === positions.length) {
        visit(createReferenceBlock(ops, rows, stride, positions));
        filled = 0;
      }
    }
  }
}

/**
 * Rows [x, 1] along the first `columns` axes, of which those from `used` on are set to 0: as if there were only so
 * many.
 */
export function queryOperand(
  { data, width }: ProjectedRows,
  positions: Int32Array,
  columns: number,
  used = columns,
): Float32Array {
  const stride = columns + 1;
  const out = new Float32Array(positions.length * stride);
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i] * (width + 1);
    for (let j = 0, to = i * stride; j < used; j++) out[to++] = data[at + j];
    out[i * stride + columns] = 1;
  }
  return out;
}
