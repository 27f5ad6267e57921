import { BugError } from '../../base/errors';
import { factorInPlace, forwardSolve, traceOfInverse } from '../../linalg/smallCholesky';
import { CurvatureRoot } from '../../models/curvature/curvatureRoot';
import { applyCurvature } from '../../models/curvature/headHessian';
import type { HeadProblem } from '../../models/headProblem';
import {
  complement,
  fillSoftmax,
  logisticCurvature,
  logisticLoss,
  logisticResidual,
  sigmoid,
  softmaxLoss,
  squaredLoss,
} from '../../models/rowMath';
import { LeftOutSystem } from './leftOutSystem';

/** Below this a pivot of I − AᵢGᵢ (logistic: 1 − hᵢ) means that rounding, not the row, decides. */
const smallestPivot = 1e-9;

/** Classes from which conjugate gradients are faster than elimination. */
const manyClasses = 48;

/**
 * Influence of one row on the head, by IF and by RIF (docs/mathematics.md, "Removing rows" and "Leaving one row out").
 * A row's weight wᵢ comes in through its forms wᵢGᵢ and its `pull`; what is left of it, a factor of the changes, is the
 * caller's. Holds the results of the last `solve` in preallocated arrays. O(K³) a row, some 10K² from 48 classes on;
 * one output needs no matrices.
 */
export abstract class RowSolver {
  /** rᵢ (K): IFᵢ = H⁻¹(wᵢrᵢ ⊗ xᵢ). */
  readonly residual: Float64Array;
  /** sᵢ = (I − wᵢAᵢGᵢ)⁻¹rᵢ (K): RIFᵢ = H⁻¹(wᵢsᵢ ⊗ xᵢ). */
  readonly coefficients: Float64Array;
  /** xᵢᵀ(θ̂ + RIFᵢ) (K). */
  readonly looLogits: Float64Array;
  /** tr(wᵢAᵢGᵢ). */
  leverage = 0;
  /** gᵢᵀIFᵢ, gᵢ of the row at weight 1: what its removal adds to its own loss. */
  selfIf = 0;
  /** gᵢᵀRIFᵢ. */
  selfRif = 0;
  /** Loss under `looLogits`. */
  looLoss = 0;
  /** Rows whose I − AᵢGᵢ was singular within rounding since the solver was made. */
  unstableRows = 0;

  constructor(outputs: number) {
    this.residual = new Float64Array(outputs);
    this.coefficients = new Float64Array(outputs);
    this.looLogits = new Float64Array(outputs);
  }

  /**
   * `logits` holds the row's K logits from `from` on. `forms` are the K(K+1)/2 numbers wᵢGᵢ[a][b], b ≤ a, in the order
   * of (0,0), (1,0), (1,1), …; each array is read at `at`. With `pull` (K) the coefficients are (I − wᵢAᵢGᵢ)⁻¹(rᵢ +
   * Aᵢ·pull): wᵢ times them the part of (H − wᵢHᵢ)⁻¹wᵢ(gᵢ + v) along the row when pull = wᵢxᵢᵀH⁻¹v.
   */
  abstract solve(
    logits: Float64Array,
    from: number,
    label: number,
    forms: readonly Float64Array[],
    at: number,
    pull?: Float64Array,
  ): void;
  /**
   * The same from the forms wᵢWᵢ, Wᵢ of (H − wᵢHᵢ)⁻¹, instead of Gᵢ = Wᵢ(I + wᵢAᵢWᵢ)⁻¹: then sᵢ = rᵢ + wᵢAᵢWᵢrᵢ and the
   * leave-one-out logits are xᵢᵀθ̂ + wᵢWᵢrᵢ without solving anything. O(K²), and O(K³/3) for the leverage and gᵢᵀIFᵢ.
   */
  abstract solveLeftOut(
    logits: Float64Array,
    from: number,
    label: number,
    forms: readonly Float64Array[],
    at: number,
  ): void;
}

export function createRowSolver(problem: Pick<HeadProblem, 'kind' | 'outputs'>): RowSolver {
  return problem.kind === 'softmax' ? new SoftmaxRowSolver(problem.outputs) : new ScalarRowSolver(problem.kind);
}

/** One output: logistic, where Aᵢ = p(1 − p), and ridge, where Aᵢ = 1 and RIF is the exact leave-one-out change. */
class ScalarRowSolver extends RowSolver {
  readonly #closed = [new Float64Array(1)] as const;

  constructor(readonly kind: 'logistic' | 'ridge') {
    super(1);
  }

  solve(
    logits: Float64Array,
    from: number,
    label: number,
    forms: readonly Float64Array[],
    at: number,
    pull?: Float64Array,
  ): void {
    const logistic = this.kind === 'logistic';
    const z = logits[from];
    const q = forms[0][at];
    const r = logistic ? logisticResidual(z, label) : z - label;
    const curvature = logistic ? logisticCurvature(z) : 1;
    const h = curvature * q;
    let rest = 1 - h;
    if (!(rest > smallestPivot)) {
      rest = smallestPivot;
      this.unstableRows++;
    }
    const s = (r + (pull === undefined ? 0 : curvature * pull[0])) / rest;
    this.residual[0] = r;
    this.coefficients[0] = s;
    this.looLogits[0] = z + q * s;
    this.leverage = h;
    this.selfIf = r * r * q;
    this.selfRif = r * s * q;
    this.looLoss = logistic ? logisticLoss(this.looLogits[0], label) : squaredLoss(this.looLogits[0], label);
  }

  solveLeftOut(logits: Float64Array, from: number, label: number, forms: readonly Float64Array[], at: number): void {
    const curvature = this.kind === 'logistic' ? logisticCurvature(logits[from]) : 1;
    this.#closed[0][0] = forms[0][at] / (1 + curvature * forms[0][at]);
    this.solve(logits, from, label, this.#closed, 0);
  }
}

class SoftmaxRowSolver extends RowSolver {
  readonly #p: Float64Array;
  readonly #g: Float64Array;
  readonly #m: Float64Array;
  readonly #mean: Float64Array;
  readonly #root: CurvatureRoot;
  readonly #system: LeftOutSystem | undefined;

  constructor(readonly classes: number) {
    super(classes);
    this.#p = new Float64Array(classes);
    this.#mean = new Float64Array(classes);
    this.#root = new CurvatureRoot(classes);
    this.#system = classes < manyClasses ? undefined : new LeftOutSystem(classes);
    this.#g = new Float64Array(classes * classes);
    this.#m = new Float64Array(classes * classes);
  }

  solve(
    logits: Float64Array,
    from: number,
    label: number,
    forms: readonly Float64Array[],
    at: number,
    pull?: Float64Array,
  ): void {
    const C = this.classes;
    const p = this.#p;
    const g = this.#g;
    const r = this.residual;
    const s = this.coefficients;
    fillSoftmax(logits, from, C, p, 0);
    let form = 0;
    for (let a = 0; a < C; a++) {
      for (let b = 0; b <= a; b++) {
        const value = forms[form++][at];
        g[a * C + b] = value;
        g[b * C + a] = value;
      }
      r[a] = p[a];
    }
    r[label] = -complement(p, 0, C, label);
    if (pull === undefined) {
      s.set(r);
    } else {
      s.set(pull);
      applyCurvature(p, s, 0, C, 1);
      for (let a = 0; a < C; a++) s[a] += r[a];
    }
    this.#leaveOut(logits, from);
    this.selfIf = 0;
    this.selfRif = 0;
    for (let a = 0; a < C; a++) {
      let throughIf = 0;
      let throughRif = 0;
      for (let b = 0; b < C; b++) {
        throughIf += g[a * C + b] * r[b];
        throughRif += g[a * C + b] * s[b];
      }
      this.selfIf += r[a] * throughIf;
      this.selfRif += r[a] * throughRif;
      this.looLogits[a] = logits[from + a] + throughRif;
    }
    this.looLoss = softmaxLoss(this.looLogits, 0, C, label);
  }

  solveLeftOut(logits: Float64Array, from: number, label: number, forms: readonly Float64Array[], at: number): void {
    const C = this.classes;
    const p = this.#p;
    const w = this.#g;
    const r = this.residual;
    const s = this.coefficients;
    const moved = this.#mean;
    const inner = this.#m;
    fillSoftmax(logits, from, C, p, 0);
    for (let a = 0, form = 0; a < C; a++) for (let b = 0; b <= a; b++) w[a * C + b] = w[b * C + a] = forms[form++][at];
    r.set(p);
    r[label] = -complement(p, 0, C, label);
    this.selfRif = 0;
    for (let a = 0; a < C; a++) {
      let through = 0;
      for (let b = 0; b < C; b++) through += w[a * C + b] * r[b];
      moved[a] = through;
      this.selfRif += r[a] * through;
      this.looLogits[a] = logits[from + a] + through;
    }
    s.set(moved);
    applyCurvature(p, s, 0, C, 1);
    for (let a = 0; a < C; a++) s[a] += r[a];
    this.looLoss = softmaxLoss(this.looLogits, 0, C, label);
    // rᵀG r = rᵀWr − ‖L⁻¹FᵀWr‖² and tr(AG) = C − tr((I + FᵀWF)⁻¹), with LLᵀ = I + FᵀWF.
    const root = this.#root;
    root.load(logits, from);
    root.applyTransposed(moved);
    root.sandwich(w, inner);
    for (let a = 0; a < C; a++) inner[a * C + a] += 1;
    factorInPlace(inner, C);
    forwardSolve(inner, moved, C, 1);
    this.selfIf = this.selfRif;
    for (let a = 0; a < C; a++) this.selfIf -= moved[a] * moved[a];
    this.leverage = C - traceOfInverse(inner, C, moved);
  }

  /** s ← (I − AG)⁻¹s and the leverage. */
  #leaveOut(logits: Float64Array, from: number): void {
    const s = this.coefficients;
    if (this.#system !== undefined) {
      this.leverage = this.#system.load(this.#g, this.#p);
      this.#root.load(logits, from);
      if (this.#system.solve(this.#root, s)) return;
    }
    this.leverage = this.#fillSystem();
    if (!solveInPlace(this.#m, s, this.classes)) this.unstableRows++;
  }

  /**
   * M = I − A·G; returns tr(A·G). (A·G)_ab = p_a Σ_c p_c (G_ab − G_cb), summed so that a likely class loses no digits.
   */
  #fillSystem(): number {
    const C = this.classes;
    const p = this.#p;
    const g = this.#g;
    const m = this.#m;
    const mean = this.#mean;
    mean.fill(0);
    for (let c = 0; c < C; c++) for (let b = 0; b < C; b++) mean[b] += p[c] * g[c * C + b];
    let trace = 0;
    for (let a = 0; a < C; a++) {
      const likely = p[a] > 0.5;
      for (let b = 0; b < C; b++) {
        let difference = 0;
        if (likely) {
          for (let c = 0; c < C; c++) if (c !== a) difference += p[c] * (g[a * C + b] - g[c * C + b]);
        } else {
          difference = g[a * C + b] - mean[b];
        }
        const value = p[a] * difference;
        if (a === b) trace += value;
        m[a * C + b] = (a === b ? 1 : 0) - value;
      }
    }
    return trace;
  }
}

/**
 * M⁻¹x into x by Gaussian elimination with partial pivoting; M is destroyed. False when a pivot was too small and was
 * replaced: the result is then finite but not to be trusted.
 */
export function solveInPlace(m: Float64Array, x: Float64Array, size: number): boolean {
  let sound = true;
  for (let k = 0; k < size; k++) {
    let pivotRow = k;
    for (let i = k + 1; i < size; i++) {
      if (Math.abs(m[i * size + k]) > Math.abs(m[pivotRow * size + k])) pivotRow = i;
    }
    if (pivotRow !== k) {
      for (let j = k; j < size; j++) {
        const held = m[k * size + j];
        m[k * size + j] = m[pivotRow * size + j];
        m[pivotRow * size + j] = held;
      }
      const held = x[k];
      x[k] = x[pivotRow];
      x[pivotRow] = held;
    }
    let pivot = m[k * size + k];
    if (!(Math.abs(pivot) > smallestPivot)) {
      pivot = smallestPivot;
      m[k * size + k] = pivot;
      sound = false;
    }
    for (let i = k + 1; i < size; i++) {
      const factor = m[i * size + k] / pivot;
      if (factor === 0) continue;
      for (let j = k + 1; j < size; j++) m[i * size + j] -= factor * m[k * size + j];
      x[i] -= factor * x[k];
    }
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i];
    for (let j = i + 1; j < size; j++) sum -= m[i * size + j] * x[j];
    x[i] = sum / m[i * size + i];
  }
  return sound;
}

/** The head's probabilities (C) for K logits at `logits[from]`. */
export function fillClassProbabilities(
  problem: Pick<HeadProblem, 'kind' | 'outputs'>,
  logits: Float64Array,
  from: number,
  out: Float64Array,
  to: number,
): void {
  if (problem.kind === 'ridge') throw new BugError('A ridge head has no class probabilities.');
  if (problem.kind === 'logistic') {
    out[to] = sigmoid(-logits[from]);
    out[to + 1] = sigmoid(logits[from]);
  } else {
    fillSoftmax(logits, from, problem.outputs, out, to);
  }
}
