import type { OnBlock } from '../../linalg/linearAlgebra';
import { measureResiduals } from './conjugateInverse';
import type { HessianProducts } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import { createKroneckerBasis } from './kroneckerBasis';
import type { KroneckerFactors } from './kroneckerFactors';
import { applyKroneckerInverse, createKroneckerFactors } from './kroneckerFactors';

interface KroneckerInverseOptions {
  readonly method: 'kfac' | 'ekfac';
  /** The factors where they exist already; `damping` must be theirs. */
  readonly factors?: KroneckerFactors;
  readonly damping?: number;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * H⁻¹ by Kronecker factors of H, plain or with corrected eigenvalues; exact for a single output. Making it costs
 * O(n·d²) and one eigen-decomposition of order d; a vector O(K·d²).
 * Source: Grosse et al. 2023, "Studying large language model generalization with influence functions", section 3.2.
 */
export function createKroneckerInverse(products: HessianProducts, options: KroneckerInverseOptions): InverseHessian {
  const { method, damping = 0, onBlock } = options;
  const { problem, linalg } = products;
  const d = problem.features.columns;
  const factors =
    options.factors ??
    createKroneckerFactors(products, createKroneckerBasis(products, onBlock), { method, damping, onBlock });
  const corrected = method === 'ekfac' ? ', eigenvalues corrected' : '';
  return {
    method,
    description: `Kronecker factors of order ${factors.basis.outputs.rows} and ${d}${corrected}`,
    parameters: problem.parameters,
    solve: (b, solving = {}) => {
      const vectors = applyKroneckerInverse(factors, b, linalg);
      const residuals =
        solving.residuals === false ? undefined : measureResiduals(products, vectors, b, damping, solving.onBlock);
      return { vectors, residuals };
    },
  };
}
