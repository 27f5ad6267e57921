import { sumOf } from '../../base/vectors';
import { createEstimatedInverse } from './estimatedInverse';
import { hessianDiagonal } from './hessianDiagonal';
import type { HessianProducts } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { dampingText } from './inverseOptions';

/** b divided by the diagonal of H. O(n·d·K) once, O(p) a vector. Reads `damping`. */
export function createDiagonalInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, onBlock } = options;
  const diagonal = hessianDiagonal(products, onBlock);
  const p = diagonal.length;
  const description = `diagonal of H${dampingText(damping)}`;
  return createEstimatedInverse(products, 'diagonal', description, damping, (b) => ({
    ...b,
    data: b.data.map((value, at) => value / (diagonal[at % p] + damping)),
  }));
}

/**
 * b divided by one number, the mean of the diagonal of H: effects are products of gradients, as TracIn takes them with
 * one checkpoint (Pruthi et al. 2020, eq. 1, with that scale in place of the learning rate). O(n·d·K) once, O(p) a
 * vector. Reads `damping`.
 */
export function createIdentityInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, onBlock } = options;
  const diagonal = hessianDiagonal(products, onBlock);
  const scale = sumOf(diagonal) / diagonal.length + damping;
  const description = `products of gradients, divided by the mean curvature ${scale.toPrecision(3)}${dampingText(damping)}`;
  return createEstimatedInverse(products, 'identity', description, damping, (b) => ({
    ...b,
    data: b.data.map((value) => value / scale),
  }));
}
