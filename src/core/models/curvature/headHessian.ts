import type { Matrix } from '../../base/matrix';
import type { LinearAlgebra, MapProducts, OnBlock, SoftmaxPoint } from '../../linalg/linearAlgebra';
import { columnsAsParameters, parametersAsColumns } from '../evaluateHead';
import { holdGauge } from '../gauge';
import type { HeadProblem } from '../headProblem';
import { fillSoftmax, logisticCurvature } from '../rowMath';
import { softmaxPointOf } from '../softmaxPoint';

/** Bytes of weight vectors handed to the backend at a time. */
const weightBytes = 48 * 2 ** 20;

/**
 * H = Σᵢ wᵢ Aᵢ ⊗ xᵢxᵢᵀ + ridge (+ terms along the gauge), p×p, symmetric. Only the off-diagonal blocks of the softmax
 * head are summed, with the weights wᵢpᵢₐpᵢ_b ≥ 0; as p(1 − p) = Σ_b p·p_b, the diagonal blocks are their negative
 * sums, without a subtraction.
 *
 * O(n·d²·C(C−1)/4) multiply-adds, logistic and ridge O(n·d²/2).
 */
export function computeHessian(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  const { parameters: p, ridge } = problem;
  const d = problem.features.columns;
  const hessian = computeCurvature(problem, logits, linalg, onBlock);
  const { data } = hessian;
  for (let at = 0; at < p; at++) data[at * p + at] += ridge[at % d];
  holdGauge(problem, data);
  return hessian;
}

/** Σᵢ wᵢ Aᵢ ⊗ xᵢxᵢᵀ alone, p×p: what the rows add to H. */
export function computeCurvature(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  return problem.kind === 'softmax'
    ? softmaxCurvatures(problem, logits, linalg, onBlock)
    : scalarCurvatures(problem, logits, linalg, onBlock);
}

function scalarCurvatures(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  const curvatures = problem.kind === 'ridge' ? problem.weights : logisticCurvatures(problem.weights, logits);
  return linalg.weightedGrams(problem.rows, [curvatures], onBlock)[0];
}

/** wᵢp(1 − p). */
function logisticCurvatures(weights: Float64Array, logits: Float64Array): Float64Array {
  const out = new Float64Array(weights.length);
  for (let i = 0; i < out.length; i++) if (weights[i] !== 0) out[i] = weights[i] * logisticCurvature(logits[i]);
  return out;
}

function softmaxCurvatures(
  problem: HeadProblem,
  logits: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  const { outputs, parameters: p, weights } = problem;
  const n = problem.rows.rows;
  const d = problem.features.columns;
  const data = new Float64Array(p * p);
  const pairs: (readonly [number, number])[] = [];
  for (let a = 0; a < outputs; a++) for (let b = 0; b < a; b++) pairs.push([a, b]);
  const probabilities = new Float64Array(logits.length);
  for (let i = 0; i < n; i++)
    if (weights[i] !== 0) fillSoftmax(logits, i * outputs, outputs, probabilities, i * outputs);
  const perCall = Math.max(1, Math.min(pairs.length, Math.floor(weightBytes / (8 * n))));
  const buffers = Array.from({ length: perCall }, () => new Float64Array(n));
  for (let first = 0; first < pairs.length; first += perCall) {
    const now = pairs.slice(first, first + perCall);
    now.forEach(([a, b], at) => {
      const buffer = buffers[at];
      for (let i = 0; i < n; i++) {
        buffer[i] = weights[i] * probabilities[i * outputs + a] * probabilities[i * outputs + b];
      }
    });
    const share: OnBlock | undefined =
      onBlock && ((done, total) => onBlock(Math.floor((n * (first + (now.length * done) / total)) / pairs.length), n));
    const grams = linalg.weightedGrams(problem.rows, buffers.slice(0, now.length), share);
    now.forEach(([a, b], at) => addPair(data, p, d, a, b, grams[at].data));
  }
  return { rows: p, columns: p, data };
}

/** Puts −gram into the blocks (a, b) and (b, a) and adds it to the blocks (a, a) and (b, b). */
function addPair(h: Float64Array, p: number, d: number, a: number, b: number, gram: Float64Array): void {
  for (let j = 0; j < d; j++) {
    const inA = (a * d + j) * p;
    const inB = (b * d + j) * p;
    for (let k = 0; k < d; k++) {
      const value = gram[j * d + k];
      h[inA + b * d + k] = -value;
      h[inB + a * d + k] = -value;
      h[inA + a * d + k] += value;
      h[inB + b * d + k] += value;
    }
  }
}

/**
 * H·v by one pass over the rows in float64, without the gauge terms (v must sum to zero over the classes).
 * Corrects solves whose factor comes from a single-precision H. O(n·d·K).
 */
export function multiplyHessian(
  problem: HeadProblem,
  logits: Float64Array,
  v: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Float64Array {
  const p = v.length;
  return multiplyHessianMany(problem, logits, { rows: 1, columns: p, data: v }, linalg, onBlock).data;
}

/** H·v for each row v of an m×p matrix, in one pass over the rows: m×p. O(n·d·K·m). See {@link multiplyHessian}. */
export function multiplyHessianMany(
  problem: HeadProblem,
  logits: Float64Array,
  vectors: Matrix,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): Matrix {
  return multiplyThroughRows(problem, logits, vectors, (b, k, map) =>
    linalg.multiplyThrough(problem.rows, b, k, map, onBlock),
  );
}

/**
 * The same with products that may be in single precision: for what needs three digits of H·v. `at` is where the logits
 * are, if it is known.
 */
export function multiplyHessianFast(
  problem: HeadProblem,
  logits: Float64Array,
  vectors: Matrix,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
  at?: SoftmaxPoint,
): Matrix {
  const { rows, outputs, ridge } = problem;
  const d = problem.features.columns;
  if (problem.kind === 'softmax' && linalg.precision === 'float32' && linalg.softmaxCurvature !== undefined) {
    const point = at ?? softmaxPointOf(problem, logits);
    // Parameters are class-major: a vector is C rows of d numbers as it stands.
    const stacked = { rows: vectors.rows * outputs, columns: d, data: vectors.data };
    const { data } = linalg.softmaxCurvature(rows, point, stacked, onBlock);
    addPenalty(ridge, vectors.data, data);
    return { ...vectors, data };
  }
  return multiplyThroughRows(problem, logits, vectors, (b, k, map) =>
    linalg.multiplyThroughFast(problem.rows, b, k, map, onBlock),
  );
}

function multiplyThroughRows(
  problem: HeadProblem,
  logits: Float64Array,
  vectors: Matrix,
  through: (b: Matrix, k: number, map: MapProducts) => Matrix,
): Matrix {
  const { outputs, ridge, parameters: p } = problem;
  const d = problem.features.columns;
  const m = vectors.rows;
  const width = m * outputs;
  const product = through(parametersAsColumns(vectors.data, d), width, (moved, out, from, count) =>
    curveRows(problem, logits, { width, moved, out, from, count }),
  );
  const data = columnsAsParameters(product);
  addPenalty(ridge, vectors.data, data);
  return { rows: m, columns: p, data };
}

/** out ← out + ridge·v for each class of each vector. */
function addPenalty(ridge: Float64Array, vectors: Float64Array, out: Float64Array): void {
  const d = ridge.length;
  for (let to = 0; to < out.length; to += d) for (let j = 0; j < d; j++) out[to + j] += ridge[j] * vectors[to + j];
}

/**
 * The products of rows [from, from + count) with some vectors, `width` numbers a row, and where to put what their
 * curvatures make of them: 0 so far.
 */
interface MovedRows {
  readonly width: number;
  readonly moved: Float64Array;
  readonly out: Float64Array;
  readonly from: number;
  readonly count: number;
}

function curveRows(
  { kind, outputs, weights }: HeadProblem,
  logits: Float64Array,
  { width, moved, out, from, count }: MovedRows,
): void {
  const probabilities = new Float64Array(outputs);
  for (let at = 0; at < count; at++) {
    const w = weights[from + at];
    if (w === 0) continue;
    if (kind === 'softmax') {
      fillSoftmax(logits, (from + at) * outputs, outputs, probabilities, 0);
      fillCurved(probabilities, w, moved, out, at * width, (at + 1) * width);
    } else {
      const curvature = kind === 'logistic' ? w * logisticCurvature(logits[from + at]) : w;
      for (let t = at * width; t < (at + 1) * width; t++) out[t] = curvature * moved[t];
    }
  }
}

/**
 * out ← w·(diag(p) − ppᵀ)z for each run z of C numbers at [from, to), as {@link applyCurvature}: four runs side by
 * side, whose sums need not wait for each other.
 */
function fillCurved(p: Float64Array, w: number, z: Float64Array, out: Float64Array, from: number, to: number): void {
  const C = p.length;
  let likeliest = 0;
  for (let c = 1; c < C; c++) if (p[c] > p[likeliest]) likeliest = c;
  let i = from;
  for (; i + 4 * C <= to; i += 4 * C) {
    const j = i + C;
    const k = j + C;
    const l = k + C;
    const originI = z[i + likeliest];
    const originJ = z[j + likeliest];
    const originK = z[k + likeliest];
    const originL = z[l + likeliest];
    let meanI = 0;
    let meanJ = 0;
    let meanK = 0;
    let meanL = 0;
    for (let c = 0; c < C; c++) {
      const share = p[c];
      meanI += share * (z[i + c] - originI);
      meanJ += share * (z[j + c] - originJ);
      meanK += share * (z[k + c] - originK);
      meanL += share * (z[l + c] - originL);
    }
    for (let c = 0; c < C; c++) {
      const share = w * p[c];
      out[i + c] = share * (z[i + c] - originI - meanI);
      out[j + c] = share * (z[j + c] - originJ - meanJ);
      out[k + c] = share * (z[k + c] - originK - meanK);
      out[l + c] = share * (z[l + c] - originL - meanL);
    }
  }
  for (; i < to; i += C) {
    const origin = z[i + likeliest];
    let mean = 0;
    for (let c = 0; c < C; c++) mean += p[c] * (z[i + c] - origin);
    for (let c = 0; c < C; c++) out[i + c] = w * p[c] * (z[i + c] - origin - mean);
  }
}

/**
 * z ← w·(diag(p) − ppᵀ)z in place; accurate for p near a unit vector: A z = p∘(z − z̄) with z̄ taken about the
 * likeliest class.
 */
export function applyCurvature(p: Float64Array, z: Float64Array, from: number, classes: number, w: number): void {
  let likeliest = 0;
  for (let c = 1; c < classes; c++) if (p[c] > p[likeliest]) likeliest = c;
  const origin = z[from + likeliest];
  let mean = 0;
  for (let c = 0; c < classes; c++) if (c !== likeliest) mean += p[c] * (z[from + c] - origin);
  for (let c = 0; c < classes; c++) z[from + c] = w * p[c] * (z[from + c] - origin - mean);
}
