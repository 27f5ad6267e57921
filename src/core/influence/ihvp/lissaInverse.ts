import { NumericalError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import type { Random } from '../../base/random';
import { createRandom } from '../../base/random';
import { isAllFinite, norm } from '../../base/vectors';
import { rowsOfWeight } from '../../base/weights';
import type { OnBlock } from '../../linalg/linearAlgebra';
import { drawOffGauge } from '../../models/gauge';
import { gatherLabels } from '../../models/headKind';
import { createEstimatedInverse } from './estimatedInverse';
import type { HessianProducts } from './hessianProducts';
import { multiplyDamped } from './hessianProducts';
import type { InverseHessian } from './inverseHessian';
import type { InverseOptions } from './inverseOptions';
import { dampingText, defaultSteps } from './inverseOptions';

const powerSteps = 20;
/** The scale stands so much above the estimate of the largest eigenvalue, which is from below. */
const headroom = 1.1;
/** With mini-batches: what one batch says of H may be this much larger. */
const batchHeadroom = 3;

/**
 * The Neumann series H⁻¹b = s⁻¹Σₜ(I − H/s)ᵗb by xₜ₊₁ = b + xₜ − Hxₜ/s, cut off after `steps` terms; s bounds the
 * largest eigenvalue. The residual shrinks by 1 − λmin/s a term: slow where H is ill-conditioned. With `batchRows` each
 * term sees a random batch instead of all rows, and what was summed over the second half of the terms is averaged.
 * O(n·d·K) a term and right-hand side. Source: Agarwal, Bullins & Hazan 2017, "Second-order stochastic optimization for
 * machine learning in linear time", section 3; scaled as Koh & Liang 2017. Reads `damping`, `steps`, `batchRows`,
 * `seed`.
 * @throws NumericalError when the series runs away.
 */
export function createLissaInverse(products: HessianProducts, options: InverseOptions = {}): InverseHessian {
  const { damping = 0, steps = defaultSteps, seed = 1, onBlock } = options;
  const { problem } = products;
  const trainingRows = rowsOfWeight(problem.weights);
  const batchRows = Math.min(options.batchRows ?? trainingRows.length, trainingRows.length);
  const batched = batchRows < trainingRows.length;
  const scale = (batched ? batchHeadroom : headroom) * largestEigenvalue(products, damping, seed, onBlock);
  const kind = batched ? `mini-batches of ${batchRows} rows` : 'all rows a term';
  const description = `LiSSA, ${steps} terms, ${kind}, scale ${scale.toPrecision(3)}${dampingText(damping)}`;
  return createEstimatedInverse(products, 'lissa', description, damping, (b, report) => {
    const random = createRandom(seed);
    const multiply = batched
      ? (x: Matrix): Matrix => multiplyBatch(products, trainingRows, batchRows, x, damping, random)
      : (x: Matrix): Matrix => multiplyDamped(products, x, damping, report);
    const x = b.data.slice();
    const mean = new Float64Array(x.length);
    let averaged = 0;
    for (let step = 1; step < steps; step++) {
      const product = multiply({ ...b, data: x }).data;
      for (let at = 0; at < x.length; at++) x[at] += b.data[at] - product[at] / scale;
      if (batched) report?.(step, steps);
      if (!batched || step < steps / 2) continue;
      averaged++;
      for (let at = 0; at < x.length; at++) mean[at] += (x[at] - mean[at]) / averaged;
    }
    const result = averaged > 0 ? mean : x;
    if (!isAllFinite(result)) {
      throw new NumericalError(
        `The series of LiSSA diverged at λ = ${problem.l2.toPrecision(3)}: a batch of ${batchRows} rows says too little of H. ` +
          'Choose larger batches.',
        { details: { l2: problem.l2, batchRows } },
      );
    }
    return { ...b, data: result.map((value) => value / scale) };
  });
}

/** By power iteration, from below. */
function largestEigenvalue(products: HessianProducts, damping: number, seed: number, onBlock?: OnBlock): number {
  const { outputs, features } = products.problem;
  let v = drawOffGauge(1, outputs, features.columns, createRandom(seed));
  let size = 0;
  for (let step = 0; step < powerSteps; step++) {
    const before = norm(v.data);
    v = multiplyDamped(products, { ...v, data: v.data.map((value) => value / before) }, damping, onBlock);
    size = norm(v.data);
  }
  return size;
}

/** (n/m·Σ over m random rows + ridge + damping)·v: in expectation (H + damping)·v. */
function multiplyBatch(
  products: HessianProducts,
  trainingRows: Int32Array,
  batchRows: number,
  v: Matrix,
  damping: number,
  random: Random,
): Matrix {
  const { problem, linalg, logits } = products;
  const { outputs: K } = problem;
  const rows = Int32Array.from({ length: batchRows }, () => trainingRows[random.integer(trainingRows.length)]).sort();
  const features = gatherRows(problem.features, rows);
  const share = trainingRows.length / batchRows;
  const batchLogits = gatherRows({ rows: problem.features.rows, columns: K, data: logits }, rows).data;
  const blocks = linalg.loadRows(features);
  try {
    const batch = {
      ...problem,
      features,
      rows: blocks,
      labels: gatherLabels(problem.labels, rows),
      weights: Float64Array.from(rows, (row) => share * problem.weights[row]),
    };
    return multiplyDamped({ problem: batch, linalg, logits: batchLogits }, v, damping);
  } finally {
    blocks.dispose();
  }
}
