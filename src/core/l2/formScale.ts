import type { Matrix } from '../base/matrix';
import { rowProducts } from '../base/matrix';
import type { Random } from '../base/random';
import { createRandom } from '../base/random';
import { sumOf } from '../base/vectors';
import type { HessianProducts } from '../influence/ihvp/hessianProducts';
import { estimateInverseForms } from '../influence/ihvp/inverseForms';
import type { KroneckerFactors } from '../influence/ihvp/kroneckerFactors';
import { applyKroneckerInverse, blockHeight, rangeOf } from '../influence/ihvp/kroneckerFactors';
import type { DrawnForms, SpectralForm } from '../influence/leverage/calibrateForms';
import { drawForms, formOf } from '../influence/leverage/calibrateForms';
import type { OnBlock } from '../linalg/linearAlgebra';
import { symmetricEigen } from '../linalg/symmetricEigen';
import { columnsAsParameters, fillResidual } from '../models/evaluateHead';
import { fillSoftmax } from '../models/rowMath';
import { softmaxPointOf } from '../models/softmaxPoint';

/**
 * Random sums of gradients: as many as have so many parameters together, which tell the scale to 0.4 %, alike for all
 * λ (measured, 2,570 parameters); at most so many, of so many numbers a row in all.
 */
const sumParameters = 10_000;
const mostSums = 16;
const sumColumns = 160;
/** Conjugate gradients go on until what is left of a form is this share of it. */
const largestRest = 5e-3;
/** Rows that tell how forms grow with the scale: so many, or as many as so many multiply-adds allow. */
const mostRows = 512;
const leastRows = 64;
const eigenWork = 5e7;
const seed = 1;
/** The scale is looked for between these, to a thousandth. */
const scaleRange = [1e-2, 1e2] as const;
const scaleError = 1e-3;

interface FormScale {
  /** Wᵢ = scale·Σⱼ qᵢⱼvⱼvⱼᵀ stands for the forms of (H − wᵢHᵢ)⁻¹. */
  readonly scale: number;
  /** Σ leverage with these. */
  readonly effectiveDof: number;
}

/**
 * The scale at which Kronecker forms agree with H itself about T = Σ wᵢgᵢᵀH⁻¹gᵢ, which to first order is what leaving
 * each row out adds to its loss. Of H itself T is the mean of bᵀH⁻¹b over b = Σ ±√wᵢ gᵢ with random signs (Hutchinson
 * 1990), found by conjugate gradients for a few b; of the factors it is known, so that only the ratio of both is
 * taken from these b, whose noise cancels for the most part. How T grows with the scale, by what Gᵢ = Wᵢ(I + wᵢAᵢWᵢ)⁻¹
 * gives, is read off a sample of rows. Three to six passes over the rows for as many vectors, O(n·d·160) at most, and
 * O(K³) a sampled row.
 */
export function matchFormScale(products: HessianProducts, factors: KroneckerFactors, onBlock?: OnBlock): FormScale {
  const random = createRandom(seed);
  const drawn = drawForms(products, factors, rowsFor(factors.outputs), random);
  const trace = traceOfFactors(factors);
  if (drawn.order.length === 0) return { scale: 1, effectiveDof: trace };
  const { gradients, leverages } = spectraOf(products, drawn);
  const wanted = gradientRatio(products, factors, random, onBlock) * sumOfForms(gradients, undefined);
  let low = Math.log(scaleRange[0]);
  let high = Math.log(scaleRange[1]);
  while (high - low > scaleError) {
    const middle = 0.5 * (low + high);
    if (sumOfForms(gradients, Math.exp(middle)) < wanted) low = middle;
    else high = middle;
  }
  const scale = Math.exp(0.5 * (low + high));
  return { scale, effectiveDof: (trace * sumOfForms(leverages, scale)) / sumOfForms(leverages, undefined) };
}

function rowsFor(K: number): number {
  return Math.max(leastRows, Math.min(mostRows, Math.floor(eigenWork / (10 * K ** 3))));
}

/** tr(Ĥ⁻¹(Ĥ − ridge)) of the factored Hessian Ĥ, whose diagonal in the basis is that of H: Σᵢ tr(AᵢĜᵢ). */
function traceOfFactors({ curvatures, ridge }: KroneckerFactors): number {
  const d = curvatures.columns;
  let sum = 0;
  for (let at = 0; at < curvatures.data.length; at++) sum += 1 - ridge[at % d] / curvatures.data[at];
  return sum;
}

function sumOfForms(forms: readonly SpectralForm[], scale: number | undefined): number {
  return forms.reduce((sum, form) => sum + formOf(form, scale), 0);
}

/** Σ bᵀH⁻¹b / Σ bᵀĤ⁻¹b over random sums b of the rows' gradients. */
function gradientRatio(
  products: HessianProducts,
  factors: KroneckerFactors,
  random: Random,
  onBlock?: OnBlock,
): number {
  const { problem, linalg, logits } = products;
  const sums = drawGradientSums(products, random, onBlock);
  const precondition = (vectors: Matrix): Matrix => applyKroneckerInverse(factors, vectors, linalg);
  const point = softmaxPointOf(problem, logits);
  const exact = estimateInverseForms(products, precondition, sums, { point, largestRest, onBlock });
  const ratio = sumOf(exact) / sumOf(rowProducts(sums, precondition(sums)));
  return Number.isFinite(ratio) && ratio > 0 ? ratio : 1;
}

/** Σ ±√wᵢ rᵢ ⊗ xᵢ for some draws of the signs, m×p. O(n·d·K·m). */
function drawGradientSums({ problem, linalg, logits }: HessianProducts, random: Random, onBlock?: OnBlock): Matrix {
  const { outputs: K, weights, labels, rows } = problem;
  const d = problem.features.columns;
  const m = Math.max(1, Math.min(mostSums, Math.ceil(sumParameters / problem.parameters), Math.floor(sumColumns / K)));
  const width = m * K;
  const n = weights.length;
  const sums = { rows: d, columns: width, data: new Float64Array(d * width) };
  const height = blockHeight(width);
  const residual = new Float64Array(K);
  for (let from = 0; from < n; from += height) {
    const count = Math.min(height, n - from);
    const signed = new Float64Array(count * width);
    for (let at = 0; at < count; at++) {
      const row = from + at;
      if (weights[row] === 0) continue;
      const root = Math.sqrt(weights[row]);
      const signs = random.integer(2 ** m);
      fillResidual(problem, logits, row, labels[row], residual, 0);
      for (let t = 0; t < m; t++) {
        const sign = (signs >> t) % 2 === 0 ? root : -root;
        for (let c = 0; c < K; c++) signed[at * width + t * K + c] = sign * residual[c];
      }
    }
    const part = linalg.transposeMultiplyFast(rangeOf(rows, from, count), {
      rows: count,
      columns: width,
      data: signed,
    });
    for (let at = 0; at < sums.data.length; at++) sums.data[at] += part.data[at];
    onBlock?.(from + count, n);
  }
  return { rows: m, columns: problem.parameters, data: columnsAsParameters(sums) };
}

/**
 * Of the drawn rows, as spectral forms: wᵢrᵢᵀGᵢrᵢ, as √wᵢ rᵢ = F(rᵢ/√pᵢ), and the leverage tr(FᵀGᵢF). O(K³) a row.
 */
function spectraOf(
  { problem, logits }: HessianProducts,
  { rows, curved, order }: DrawnForms,
): { readonly gradients: SpectralForm[]; readonly leverages: SpectralForm[] } {
  const { outputs: K, labels } = problem;
  const p = new Float64Array(K);
  const residual = new Float64Array(K);
  const gradients: SpectralForm[] = [];
  const leverages: SpectralForm[] = [];
  for (const s of order) {
    const row = rows[s];
    const { values, vectors } = symmetricEigen(curved[s]);
    fillSoftmax(logits, row * K, K, p, 0);
    fillResidual(problem, logits, row, labels[row], residual, 0);
    const weights = new Float64Array(K);
    for (let k = 0; k < K; k++) {
      let along = 0;
      for (let c = 0; c < K; c++) if (p[c] > 0) along += (vectors.data[k * K + c] * residual[c]) / Math.sqrt(p[c]);
      weights[k] = along * along;
    }
    if (weights.every(Number.isFinite)) gradients.push({ values, weights });
    leverages.push({ values, weights: new Float64Array(K).fill(1) });
  }
  return { gradients, leverages };
}
