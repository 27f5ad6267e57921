import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { parametersAsColumns } from '../../models/evaluateHead';
import type { FittedModel } from '../fittedModel';

/**
 * Numbers of products held at a time: 32 MiB. Backends take small products for not worth single precision, so not much
 * less.
 */
const heldProducts = 2 ** 22;
/** Rows of a block at least. */
const leastRows = 256;
/** Numbers of the directions handed to the backend at a time: 128 MiB. */
const heldDirections = 2 ** 24;
/**
 * Up to this many columns a product costs less than a fiftieth of a leverage pass: float64 then, whatever the backend.
 */
const fewColumns = 16;

/**
 * How X·U is computed: float64, the backend's *fast* way, or float64 where it costs next to nothing (up to 16 columns).
 */
export type ProductPrecision = 'auto' | 'float64' | 'fast';

/**
 * Rows [firstRow, firstRow + rows) times directions [first, first + count): the class-c part of xᵢᵀu_t is
 * `products[((i − firstRow)·count + t − first)·K + c]`. Valid during the call, and may be overwritten.
 */
export interface ProductBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly first: number;
  readonly count: number;
  readonly products: Float64Array;
}

interface ProductOptions {
  readonly precision?: ProductPrecision | undefined;
  /** Directions that must come in one group: groups hold a multiple of them. */
  readonly together?: number;
  /** Directions in a group, at most; default: 16 million numbers. */
  readonly perGroup?: number;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * Products of all rows with m directions (m×p, a vector of θ's shape each), block by block: n×m×K numbers that need
 * never be held at once. All rows of one group of directions come before the next group; there is one group up to 16
 * million numbers of them. O(n·d·K·m).
 */
export function visitDirectionProducts(
  { problem, linalg }: Pick<FittedModel, 'problem' | 'linalg'>,
  directions: Matrix,
  visit: (block: ProductBlock) => void,
  options: ProductOptions = {},
): void {
  const { outputs, rows, parameters: p } = problem;
  const n = rows.rows;
  const m = directions.rows;
  const { precision = 'auto', together = 1, onBlock } = options;
  const wanted = options.perGroup ?? heldDirections / p;
  const perGroup = together * Math.max(1, Math.floor(wanted / together));
  for (let first = 0; first < m; first += perGroup) {
    const count = Math.min(perGroup, m - first);
    const width = count * outputs;
    const columns = parametersAsColumns(directions.data.subarray(first * p, (first + count) * p), p / outputs);
    const exact = precision === 'float64' || (precision === 'auto' && width <= fewColumns);
    // A power of two falls on the grid of blocks that backends keep.
    const height = Math.max(leastRows, 2 ** Math.floor(Math.log2(heldProducts / width)));
    for (let firstRow = 0; firstRow < n; firstRow += height) {
      const taken = Math.min(height, n - firstRow);
      const part = taken === n ? rows : rows.range(firstRow, taken);
      const report: OnBlock | undefined =
        onBlock && ((done) => onBlock(Math.floor((first * n + count * (firstRow + done)) / m), n));
      const { data } = exact ? linalg.multiply(part, columns, report) : linalg.multiplyFast(part, columns, report);
      visit({ firstRow, rows: taken, first, count, products: data });
    }
  }
}
