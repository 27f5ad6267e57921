import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { removeGauge } from '../../models/gauge';
import { measureResiduals } from './conjugateInverse';
import type { HessianProducts } from './hessianProducts';
import type { IhvpMethod, InverseHessian } from './inverseHessian';

/**
 * An InverseHessian from a map that estimates (H + damping)⁻¹B: its answers are projected off the gauge, where the
 * truth has nothing, and their residuals are measured by one product with H unless that is declined.
 */
export function createEstimatedInverse(
  products: HessianProducts,
  method: IhvpMethod,
  description: string,
  damping: number,
  apply: (b: Matrix, onBlock?: OnBlock) => Matrix,
): InverseHessian {
  const { outputs, parameters, features } = products.problem;
  return {
    method,
    description,
    parameters,
    solve: (b, { residuals = true, onBlock } = {}) => {
      const vectors = apply(b, onBlock);
      removeGauge(vectors.data, outputs, features.columns);
      return {
        vectors,
        residuals: residuals ? measureResiduals(products, vectors, b, damping, onBlock) : undefined,
      };
    },
  };
}
