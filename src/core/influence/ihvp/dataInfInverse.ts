import { forEachRowBlock } from '../../base/featureRows';
import type { Matrix } from '../../base/matrix';
import { fillResidual, parametersAsColumns } from '../../models/evaluateHead';
import { createEstimatedInverse } from './estimatedInverse';
import { hessianDiagonal } from './hessianDiagonal';
import type { HessianProducts } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { dampingText } from './inverseOptions';

/**
 * Share of the mean squared gradient that is added where a feature has neither ridge nor damping (Kwon et al., section
 * 3.2).
 */
const freeShare = 0.1;

/**
 * Swaps the sum and the inverse of the empirical Fisher: (1/n·Σ gᵢgᵢᵀ + D)⁻¹ ≈ 1/n·Σ (gᵢgᵢᵀ + D)⁻¹, each by
 * Sherman–Morrison, with D the ridge and damping of one row and gᵢ the part of a gradient in one block; the weights of
 * each class are a block. In terms of H:
 *
 *     H⁻¹b ≈ 1/n·D⁻¹(b − 1/n·Σᵢ gᵢ·(gᵢᵀD⁻¹b)/(1 + gᵢᵀD⁻¹gᵢ))
 *
 * Its error grows with the gradients against D: good for much ridge, rough for little. One pass of O(n·d·K) a
 * right-hand side. Source: Kwon et al. 2024, "DataInf: efficiently estimating data influence in LoRA-tuned LLMs",
 * eq. 5. Reads `damping`.
 */
export function createDataInfInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, onBlock } = options;
  const { problem, linalg, logits } = products;
  const { outputs: K, parameters: p, weights, labels, features, totalWeight } = problem;
  const n = features.rows;
  const d = features.columns;
  const curvature = hessianDiagonal(products, onBlock);
  // The same for every class: blocks differ in their gradients only.
  const diagonal = Float64Array.from({ length: d }, (_, j) => {
    const ridge = problem.ridge[j] + damping;
    if (ridge > 0) return ridge / totalWeight;
    let mean = 0;
    for (let c = 0; c < K; c++) mean += curvature[c * d + j] / K;
    return (freeShare * mean) / totalWeight;
  });
  const sizes = new Float64Array(n);
  forEachRowBlock(features, (block, from, count) => {
    for (let at = 0; at < count; at++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += block[at * d + j] ** 2 / diagonal[j];
      sizes[from + at] = sum;
    }
    onBlock?.(from + count, n);
  });
  const residual = new Float64Array(K);
  const apply = (b: Matrix, report: InverseOptions['onBlock']): Matrix => {
    const m = b.rows;
    const width = m * K;
    const data = b.data.map((value, at) => value / diagonal[at % d]);
    const sums = linalg.multiplyThrough(
      problem.rows,
      parametersAsColumns(data, d),
      width,
      (z, out, from, count) => {
        for (let at = 0; at < count; at++) {
          const row = from + at;
          if (weights[row] === 0) continue;
          fillResidual(problem, logits, row, labels[row], residual, 0);
          for (let c = 0; c < width; c++) {
            const square = residual[c % K] ** 2;
            out[at * width + c] = (weights[row] * square * z[at * width + c]) / (1 + square * sizes[row]);
          }
        }
      },
      report,
    ).data;
    for (let c = 0; c < width; c++) {
      for (let j = 0; j < d; j++) {
        const at = c * d + j;
        data[at] = (data[at] - sums[j * width + c] / (totalWeight * diagonal[j])) / totalWeight;
      }
    }
    return { rows: m, columns: p, data };
  };
  return createEstimatedInverse(
    products,
    'datainf',
    `DataInf, a block for each class${dampingText(damping)}`,
    damping,
    apply,
  );
}
