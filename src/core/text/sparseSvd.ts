import type { LinearAlgebra } from '../linalg/linearAlgebra';
import type { SvdRows } from '../linalg/truncatedSvd';
import { gramOfRows, multiplySparse, type SparseRows, transposeMultiplySparse } from './sparseRows';

/** Rows whose products with each other are formed, at most: 72 MB. */
const mostGramRows = 3_000;

/** Sparse rows for `truncatedSvd`: for few of them a product with X·Xᵀ, formed once, is faster than two with X. */
export function sparseSvdRows(x: SparseRows, linalg: LinearAlgebra): SvdRows {
  const { rows, width } = x;
  const transposeMultiply: SvdRows['transposeMultiply'] = (v, onBlock) => transposeMultiplySparse(x, v, onBlock);
  if (rows > mostGramRows) {
    return {
      rows,
      width,
      columnWork: 2 * x.values.length,
      // O(entries·w), with steps through memory that no cache foresees.
      multiplyGram: (b, onBlock) => {
        const image = transposeMultiplySparse(x, b, (done, total) => onBlock(done, 2 * total));
        return multiplySparse(x, image, (done, total) => onBlock(total + done, 2 * total));
      },
      transposeMultiply,
    };
  }
  const gram = linalg.loadRows(gramOfRows(x));
  return {
    rows,
    width,
    columnWork: rows ** 2,
    multiplyGram: (b, onBlock) => {
      const product = linalg.multiply(gram, b);
      onBlock(1, 1);
      return product;
    },
    transposeMultiply,
  };
}
