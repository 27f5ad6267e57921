import { factorizeHessian } from '../../models/curvature/hessianFactor';
import { createArnoldiInverse } from './arnoldiInverse';
import { createCholeskyInverse } from './choleskyInverse';
import { createConjugateInverse } from './conjugateInverse';
import { createDataInfInverse } from './dataInfInverse';
import { createDiagonalInverse, createIdentityInverse } from './diagonalInverse';
import type { HessianProducts } from './hessianProducts';
import type { IhvpMethod, InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { createKroneckerInverse } from './kroneckerInverse';
import { createLissaInverse } from './lissaInverse';
import { createLowRankInverse } from './lowRankInverse';
import { createNystroemInverse } from './nystroemInverse';

/**
 * Prepares one way to compute H⁻¹v; the method's own file says what it costs and how it errs. `damping` is added to H
 * for the solve and to the H of the stated residuals, and is no part of the objective.
 * @throws NumericalError where the method needs a factor of H that does not exist.
 */
export function createInverseHessian(
  method: IhvpMethod,
  products: HessianProducts,
  options: InverseOptions = {},
): InverseHessian {
  switch (method) {
    case 'cholesky':
      return createDampedCholesky(products, options);
    case 'cg':
      return createConjugateInverse(products, options);
    case 'lissa':
      return createLissaInverse(products, options);
    case 'arnoldi':
      return createArnoldiInverse(products, options);
    case 'kfac':
    case 'ekfac':
      return createKroneckerInverse(products, { ...options, method });
    case 'nystroem':
      return createNystroemInverse(products, options);
    case 'lowRank':
      return createLowRankInverse(products, options);
    case 'datainf':
      return createDataInfInverse(products, options);
    case 'diagonal':
      return createDiagonalInverse(products, options);
    case 'identity':
      return createIdentityInverse(products, options);
  }
}

/** Reads `damping`: a larger ridge on every feature, for this factor alone. */
function createDampedCholesky({ problem, linalg, logits }: HessianProducts, options: InverseOptions): InverseHessian {
  const { damping = 0, onBlock } = options;
  const damped = damping === 0 ? problem : { ...problem, ridge: problem.ridge.map((value) => value + damping) };
  const { factor } = factorizeHessian(damped, logits, linalg, onBlock);
  return createCholeskyInverse({ problem: damped, linalg, logits }, factor);
}
