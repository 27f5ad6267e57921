import { forEachRowBlock } from '../../base/featureRows';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { complement, fillSoftmax, logisticCurvature } from '../../models/rowMath';
import type { HessianProducts } from './hessianProducts';

/** The diagonal of H, p numbers: Σᵢ wᵢ(Aᵢ)_cc xᵢⱼ² + ridgeⱼ. One pass, O(n·d·K). */
export function hessianDiagonal({ problem, linalg, logits }: HessianProducts, onBlock?: OnBlock): Float64Array {
  const { kind, outputs: K, parameters, weights, ridge, features } = problem;
  const d = features.columns;
  const diagonal = Float64Array.from({ length: parameters }, (_, at) => ridge[at % d]);
  const p = new Float64Array(K);
  forEachRowBlock(features, (block, from, count) => {
    const curvatures = new Float64Array(count * K);
    for (let at = 0; at < count; at++) {
      const w = weights[from + at];
      if (w === 0) continue;
      if (kind !== 'softmax') {
        curvatures[at] = kind === 'logistic' ? w * logisticCurvature(logits[from + at]) : w;
        continue;
      }
      fillSoftmax(logits, (from + at) * K, K, p, 0);
      for (let c = 0; c < K; c++) curvatures[at * K + c] = w * p[c] * complement(p, 0, K, c);
    }
    const squares = linalg.loadRows({ rows: count, columns: d, data: block.map((value) => value * value) });
    try {
      const sums = linalg.transposeMultiply(squares, { rows: count, columns: K, data: curvatures }).data;
      for (let c = 0; c < K; c++) for (let j = 0; j < d; j++) diagonal[c * d + j] += sums[j * K + c];
    } finally {
      squares.dispose();
    }
    onBlock?.(from + count, features.rows);
  });
  return diagonal;
}
