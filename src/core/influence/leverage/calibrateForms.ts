import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import type { Random } from '../../base/random';
import { createRandom } from '../../base/random';
import { median } from '../../base/statistics';
import { sumOf } from '../../base/vectors';
import { rowsOfWeight } from '../../base/weights';
import type { OnBlock, SoftmaxPoint } from '../../linalg/linearAlgebra';
import { symmetricEigen } from '../../linalg/symmetricEigen';
import { CurvatureRoot } from '../../models/curvature/curvatureRoot';
import type { RowCurvatures } from '../../models/curvature/rowCurvature';
import { createRowCurvatures } from '../../models/curvature/rowCurvature';
import type { HeadProblem } from '../../models/headProblem';
import { logisticCurvature } from '../../models/rowMath';
import type { HessianProducts } from '../ihvp/hessianProducts';
import { estimateInverseForms } from '../ihvp/inverseForms';
import type { KroneckerFactors } from '../ihvp/kroneckerFactors';
import { applyKroneckerInverse } from '../ihvp/kroneckerFactors';
import type { FormCalibration } from './kroneckerForms';
import { kroneckerQuadratics } from './kroneckerForms';

/**
 * Rows whose forms are compared with conjugate gradients; fewer where even one direction of each costs much. On two
 * heads of 5,120 parameters the leverages of all rows are off by as much in the median whether 12, 16 or 24 rows set
 * the scale (1.35 to 1.45 %, four seeds each).
 */
const comparedRows = 32;
const fewerComparedRows = 16;
/** Rows drawn first; the compared ones are spread evenly over their estimated leverages. */
const drawnRows = 384;
/** Relative error of the forms that are taken for the truth, at worst (inverseForms.ts). */
const formError = 1.5e-2;
/** Multiply-adds of all passes together, about: more directions a row are compared while they stay below it. */
const comparisonWork = 2e9;
/** Passes that the comparison takes, about. */
const expectedPasses = 3;
/** The scale is looked for between these. */
const scaleRange = [1e-2, 1e2] as const;

interface CalibrationOptions {
  readonly seed?: number;
  /** Those of the rows, where they are at hand. */
  readonly rows?: RowCurvatures;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * Fits the scale of estimated forms (see `createKroneckerForms`) to exact ones on a seeded sample of training rows, and
 * measures their error.
 *
 * A leverage tr(FᵢᵀGᵢFᵢ), with FᵢFᵢᵀ = wᵢAᵢ, takes K solves by conjugate gradients; that is done where it is cheap.
 * Else zᵀFᵢᵀGᵢFᵢz for random signs z takes its place, which is the leverage in expectation (the randomised trace of
 * RandALO: Nobel, LeJeune & Candès, arXiv 2409.09781, which also debiases leverages before they are used). Estimate and
 * truth are compared for the same z, so its noise cancels for the most part. The error stated is that of each row under
 * the scale fitted without it. Some one and a half passes over the rows with at least 16 right-hand sides each, in
 * single precision where the backend has it: O(n·d·K·16) a pass.
 */
export function calibrateForms(
  products: HessianProducts,
  factors: KroneckerFactors,
  { seed = 1, rows: curvatures, onBlock }: CalibrationOptions = {},
): FormCalibration {
  const { problem, linalg, logits } = products;
  // A single direction of the outputs: the factors are H itself.
  const exact = factors.basis.outputs.rows === 1;
  const { rows, right } = drawSample(products, factors, seed);
  if (rows.length === 0) return { scale: exact ? undefined : 1, error: undefined };
  const p = problem.parameters;
  const point = pointOf(problem, curvatures ?? createRowCurvatures(problem, logits));
  const quadratics = estimateInverseForms(
    products,
    (vectors) => applyKroneckerInverse(factors, vectors, linalg),
    { rows: right.length / p, columns: p, data: right },
    { point, onBlock },
  );
  const directions = quadratics.length / rows.length;
  const truth = rows.map((_, t) => sumOf(quadratics.subarray(t * directions, (t + 1) * directions)));
  const logRatio = (t: number, scale: number | undefined): number => Math.log(formOf(rows[t], scale) / truth[t]);
  const plain = median(truth.map((_, t) => Math.abs(Math.expm1(logRatio(t, undefined)))));
  const all = [...rows.keys()];
  const scale = exact ? undefined : fitScale(all, logRatio, scaleRange);
  const errors = all.map((t) => {
    const without =
      scale === undefined || all.length < 2
        ? scale
        : fitScale(
            all.filter((s) => s !== t),
            logRatio,
            [scale / 2, 2 * scale],
          );
    return Math.abs(Math.expm1(logRatio(t, without)));
  });
  return {
    scale,
    error: {
      rows: rows.length,
      median: median(errors),
      worst: Math.max(...errors),
      uncalibratedMedian: plain,
      referenceError: formError,
    },
  };
}

function pointOf({ kind, labels }: HeadProblem, { outputs, weights, values }: RowCurvatures): SoftmaxPoint | undefined {
  if (kind !== 'softmax') return undefined;
  return { classes: outputs, probabilities: new Float32Array(values), labels, weights };
}

/** The scale within `range` that makes the median of the log ratios 0: they grow with it. To 1e-6. */
function fitScale(
  rows: readonly number[],
  logRatio: (t: number, scale: number) => number,
  range: readonly [number, number],
): number {
  let low = Math.log(range[0]);
  let high = Math.log(range[1]);
  while (high - low > 1e-6) {
    const middle = 0.5 * (low + high);
    const scale = Math.exp(middle);
    if (median(rows.map((t) => logRatio(t, scale))) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(0.5 * (low + high));
}

/**
 * FᵀĜF of a row by its eigenvalues ω, and what the compared directions have along the eigenvectors, squared and summed.
 */
export interface SpectralForm {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** Σ weights·ω as it is, or Σ weights·sω/(1 + sω): the form of Gᵢ when s·Ĝ stands for that of (H − wᵢHᵢ)⁻¹. */
export function formOf({ values, weights }: SpectralForm, scale: number | undefined): number {
  let total = 0;
  for (let k = 0; k < values.length; k++) {
    const value = Math.max(0, (scale ?? 1) * values[k]);
    total += weights[k] * (scale === undefined ? value : value / (1 + value));
  }
  return total;
}

interface Sample {
  readonly rows: readonly SpectralForm[];
  /** (rows·directions)×p: (Fᵢz) ⊗ xᵢ for each direction z of each row. */
  readonly right: Float64Array;
}

function drawSample(products: HessianProducts, factors: KroneckerFactors, seed: number): Sample {
  const { problem } = products;
  const { outputs: K, parameters: p } = problem;
  const d = problem.features.columns;
  const random = createRandom(seed);
  const drawn = drawForms(products, factors, drawnRows, random);
  const solveWork = problem.features.rows * p * 2 * expectedPasses;
  const wanted = comparedRows * solveWork <= comparisonWork ? comparedRows : fewerComparedRows;
  const count = Math.min(wanted, drawn.order.length);
  const affordable = Math.max(1, Math.floor(comparisonWork / (count * solveWork)));
  const full = K === 1 || affordable >= K;
  const directions = full ? K : affordable;
  const right = new Float64Array(count * directions * p);
  const rows: SpectralForm[] = [];
  const z = new Float64Array(K);
  for (let t = 0; t < count; t++) {
    const low = Math.floor((t * drawn.order.length) / count);
    const high = Math.floor(((t + 1) * drawn.order.length) / count);
    const s = drawn.order[low + random.integer(high - low)];
    const { values, vectors } = symmetricEigen(drawn.curved[s]);
    const weights = new Float64Array(K);
    for (let direction = 0; direction < directions; direction++) {
      for (let c = 0; c < K; c++) z[c] = full ? (c === direction ? 1 : 0) : random.integer(2) === 0 ? -1 : 1;
      for (let k = 0; k < K; k++) {
        let along = 0;
        for (let c = 0; c < K; c++) along += vectors.data[k * K + c] * z[c];
        weights[k] += along * along;
      }
      drawn.applyRoot(s, z);
      const at = (t * directions + direction) * p;
      for (let c = 0; c < K; c++) {
        for (let j = 0; j < d; j++) right[at + c * d + j] = z[c] * drawn.features.data[s * d + j];
      }
    }
    rows.push({ values, weights });
  }
  return { rows, right };
}

/** Rows drawn at random with their forms FᵀĜF, FFᵀ = wᵢAᵢ. */
export interface DrawnForms {
  /** Their numbers. */
  readonly rows: Int32Array;
  readonly features: Matrix;
  /** K×K each. */
  readonly curved: readonly Matrix[];
  /** Those of them that have any leverage, ascending by its estimate. */
  readonly order: readonly number[];
  /** z ← Fz of drawn row s. */
  applyRoot(s: number, z: Float64Array): void;
}

/** O(rows·(d² + J·K² + K³)). */
export function drawForms(
  { problem, linalg, logits }: HessianProducts,
  factors: KroneckerFactors,
  count: number,
  random: Random,
): DrawnForms {
  const { kind, outputs: K } = problem;
  const training = rowsOfWeight(problem.weights);
  random.shuffle(training);
  const rows = training.slice(0, count).sort();
  const features = gatherRows(problem.features, rows);
  const blocks = linalg.loadRows(features);
  let quadratics: Matrix;
  try {
    quadratics = kroneckerQuadratics(linalg, factors, blocks);
  } finally {
    blocks.dispose();
  }
  const root = new CurvatureRoot(K);
  const load = (s: number): void => root.load(logits, rows[s] * K);
  const weightOf = (s: number): number => problem.weights[rows[s]];
  const scalar = (s: number): number =>
    Math.sqrt(weightOf(s) * (kind === 'logistic' ? logisticCurvature(logits[rows[s]]) : 1));
  const { outputs } = factors.basis;
  const curved = Array.from(rows, (_, s): Matrix => {
    const data = new Float64Array(K * K);
    if (kind !== 'softmax') {
      data[0] = scalar(s) ** 2 * quadratics.data[s];
      return { rows: 1, columns: 1, data };
    }
    load(s);
    addCurved(root, outputs, quadratics.data.subarray(s * outputs.rows), data);
    for (let at = 0; at < data.length; at++) data[at] *= weightOf(s);
    return { rows: K, columns: K, data };
  });
  const leverage = curved.map(({ data }) => {
    let trace = 0;
    for (let a = 0; a < K; a++) trace += data[a * K + a];
    return trace;
  });
  const order = [...leverage.keys()]
    .filter((s) => leverage[s] > Number.MIN_VALUE && Number.isFinite(leverage[s]))
    .sort((a, b) => leverage[a] - leverage[b] || a - b);
  return {
    rows,
    features,
    curved,
    order,
    applyRoot(s, z) {
      if (kind !== 'softmax') {
        z[0] *= scalar(s);
        return;
      }
      load(s);
      root.apply(z);
      const half = Math.sqrt(weightOf(s));
      for (let c = 0; c < K; c++) z[c] *= half;
    },
  };
}

/** The lower triangle of Σⱼ qⱼ(Fᵀvⱼ)(Fᵀvⱼ)ᵀ for the rows vⱼ of a J×K matrix. */
function addCurved(root: CurvatureRoot, vectors: Matrix, q: Float64Array, out: Float64Array): void {
  const { rows: J, columns: K } = vectors;
  const turned = vectors.data.slice();
  for (let j = 0; j < J; j++) {
    const from = j * K;
    root.applyTransposed(turned, from);
    for (let a = 0; a < K; a++) {
      for (let b = 0; b <= a; b++) out[a * K + b] += q[j] * turned[from + a] * turned[from + b];
    }
  }
}
