import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import { copyOf, rowOf, rowProducts } from '../../base/matrix';
import { addScaled, scaleAndAdd } from '../../base/vectors';
import type { OnBlock, SoftmaxPoint } from '../../linalg/linearAlgebra';
import { multiplyHessianFast } from '../../models/curvature/headHessian';
import type { ApplyRows } from './conjugateGradients';
import type { HessianProducts } from './hessianProducts';

/**
 * What the terms after the last one add up to, as a share of it: 0.2 to 0.45 in the median over five heads of 1,280 to
 * 5,120 parameters at λ from 1e-5 to 1e-2, with EKFAC factors.
 */
const restShare = 0.3;
/** The last term is one whose rest is expected to be at most this share of the form: mostly the second. */
const defaultRest = 5e-2;
/**
 * Terms expected to be below this part of that are not computed: they and their rest make up this much of what is
 * expected of them.
 */
const negligiblePart = 0.2;
const expectedShare = 0.9;
const largestTermCount = 100;

interface InverseFormOptions {
  /**
   * Share of a form that what is left out, and estimated, may be expected to be. Default 5 %. Where the features are of
   * very different sizes or repeat each other the sum is short by as much again.
   */
  readonly largestRest?: number;
  /** Where a softmax head stands, if it is known. */
  readonly point?: SoftmaxPoint | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * bᵀH⁻¹b for each row b of an m×p matrix, to half a per cent in the root mean square and 1.5 % at worst (the same
 * heads; 2 and 4 % on one with features of very different sizes at λ = 1e-4): the sum Σ stepₖ·rₖᵀPrₖ of conjugate
 * gradients preconditioned by P ≈ H⁻¹, whose terms shrink by an order of magnitude where P is good, and an estimate of
 * those that are left out. The last term takes dᵀHd of its direction d only, which is half a pass over the rows where
 * the backend has a way of its own. Single precision where the backend has it. O(n·d·K·m) a pass.
 */
export function estimateInverseForms(
  products: HessianProducts,
  precondition: ApplyRows,
  b: Matrix,
  options: InverseFormOptions = {},
): Float64Array {
  const { problem, linalg, logits } = products;
  const { point, onBlock, largestRest = defaultRest } = options;
  const forms = new Float64Array(b.rows);
  let active = Int32Array.from(forms.keys());
  let r = copyOf(b);
  let direction = copyOf(precondition(b));
  let rho = rowProducts(r, direction);
  for (let term = 1; active.length > 0 && term <= largestTermCount; term++) {
    const image = multiplyHessianFast(problem, logits, direction, linalg, onBlock, point);
    const curvature = rowProducts(direction, image);
    const steps = new Float64Array(active.length);
    for (let s = 0; s < active.length; s++) {
      const step = rho[s] / curvature[s];
      // Rounding has taken over (or b is 0, or H is not positive there): the form stays as it is.
      if (!(step > 0) || !Number.isFinite(step)) continue;
      steps[s] = step;
      forms[active[s]] += step * rho[s];
      addScaled(rowOf(r, s), -step, rowOf(image, s));
    }
    const solved = precondition(r);
    const next = rowProducts(r, solved);
    const last: number[] = [];
    const more: number[] = [];
    for (let s = 0; s < active.length; s++) {
      // The next term if its step is as long as this one.
      const expected = steps[s] * next[s];
      const form = forms[active[s]];
      if (!(expected > 0)) continue;
      if (expected <= negligiblePart * largestRest * form) forms[active[s]] += expectedShare * expected;
      else if (restShare * expected <= largestRest * form) last.push(s);
      else more.push(s);
      scaleAndAdd(rowOf(direction, s), next[s] / rho[s], rowOf(solved, s));
    }
    if (last.length > 0) {
      const along = hessianForms(products, gatherRows(direction, Int32Array.from(last)), options);
      last.forEach((s, k) => {
        if (along[k] > 0) forms[active[s]] += ((1 + restShare) * next[s] * next[s]) / along[k];
      });
    }
    const kept = Int32Array.from(more);
    r = gatherRows(r, kept);
    direction = gatherRows(direction, kept);
    rho = Float64Array.from(kept, (s) => next[s]);
    active = kept.map((s) => active[s]);
  }
  return forms;
}

/** vᵀHv for each row v of an m×p matrix, fast. */
function hessianForms(
  { problem, linalg, logits }: HessianProducts,
  vectors: Matrix,
  { point, onBlock }: InverseFormOptions,
): Float64Array {
  const { rows: m, columns: p, data } = vectors;
  if (linalg.precision !== 'float32' || linalg.softmaxForms === undefined || point === undefined) {
    return rowProducts(vectors, multiplyHessianFast(problem, logits, vectors, linalg, onBlock, point));
  }
  const d = problem.features.columns;
  const stacked = { rows: m * problem.outputs, columns: d, data };
  const forms = linalg.softmaxForms(problem.rows, point, stacked, onBlock);
  for (let t = 0; t < m; t++) {
    let penalty = 0;
    for (let at = t * p, j = 0; at < (t + 1) * p; at++, j = j + 1 === d ? 0 : j + 1) {
      penalty += problem.ridge[j] * data[at] * data[at];
    }
    forms[t] += penalty;
  }
  return forms;
}
