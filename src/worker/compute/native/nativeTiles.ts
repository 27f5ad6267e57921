import type { Matrix } from '../../../core/base/matrix';
import type { Tensor, TensorOps } from './tensorflowBinding';

/** Order of the tiles of a large matrix: a call on one takes about 50 ms, so that cancelling takes effect. */
const largeTile = 1024;
/** Up to this order tiles are small: TensorFlow factors a tile on one thread, but multiplies on all. */
const largestOfSmallTiles = 2048;
export const smallTile = 256;

/** Where the tiles of a matrix of this order start, and their orders. */
export function tileStarts(size: number): { readonly starts: readonly number[]; lengthOf(tile: number): number } {
  const tile = size <= largestOfSmallTiles ? smallTile : largeTile;
  const starts = Array.from({ length: Math.ceil(size / tile) }, (_, i) => i * tile);
  return { starts, lengthOf: (at) => Math.min(tile, size - starts[at]) };
}

/** height×width of `a` from row `top` and column `left` on. */
export function copyTile(a: Matrix, top: number, left: number, height: number, width: number): Float64Array {
  if (left === 0 && width === a.columns) return a.data.slice(top * width, (top + height) * width);
  const tile = new Float64Array(height * width);
  for (let r = 0; r < height; r++) {
    const from = (top + r) * a.columns + left;
    tile.set(a.data.subarray(from, from + width), r * width);
  }
  return tile;
}

/** The same as a tensor. */
export function tileTensor(
  ops: TensorOps,
  a: Matrix,
  top: number,
  left: number,
  height: number,
  width: number,
): Tensor {
  return ops.float64(copyTile(a, top, left, height, width), [height, width]);
}

/** Puts a height×width tile into a matrix with `stride` columns at row `top` and column `left`. */
export function pasteTile(
  tile: Float64Array,
  out: Float64Array,
  stride: number,
  top: number,
  left: number,
  height: number,
  width: number,
): void {
  for (let r = 0; r < height; r++) out.set(tile.subarray(r * width, (r + 1) * width), (top + r) * stride + left);
}
