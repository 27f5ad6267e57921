import { BugError, NumericalError } from '../base/errors';
import { gatherRows } from '../base/gatherRows';
import type { Matrix } from '../base/matrix';
import { copyOf, rowOf } from '../base/matrix';
import { addScaled, dot, scaleAndAdd } from '../base/vectors';
import type { FittedModel } from '../influence/fittedModel';
import { solveHessian } from '../influence/fittedModel';
import type { ApplyRows } from '../influence/ihvp/conjugateGradients';
import { createPreconditioner } from '../influence/ihvp/conjugateInverse';
import { addOuter, estimateRemovalChange, rowCoefficients } from '../influence/removal/removalChange';
import type { RemovalMethod, RidgeConvention } from '../influence/removal/removalTypes';
import { classWeights, findLostClass, ridgePull, weightOfRows } from '../influence/removal/removedRows';
import { choleskySolveRows } from '../linalg/choleskySolveRows';
import type { OnBlock, RowBlocks } from '../linalg/linearAlgebra';
import { multiplyHessianMany } from '../models/curvature/headHessian';
import { fillResidual } from '../models/evaluateHead';
import { gatherLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';

/**
 * Residual at which a solve ends, relative to the first one in the norm of the preconditioner. With a factor of H
 * iterations cost little; without one each is a pass over the rows, and solutions are taken as exact as predictions
 * need to be.
 */
const solveTolerances = { factor: 1e-9, passes: 1e-3 } as const;
/** The same for corrections of a retraining, which are corrected in turn. */
const roughTolerances = { factor: 1e-3, passes: 5e-2 } as const;
const largestIterationCount = 300;

interface BatchOptions {
  /** Default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  readonly onBlock?: OnBlock | undefined;
}

/**
 * One set of the batch: its rows, and a head problem of just these rows whose Hessian at θ̂ is what leaves H with them.
 */
interface Member {
  readonly rows: Int32Array;
  readonly gathered: Matrix;
  readonly part: HeadProblem;
  readonly logits: Float64Array;
  /** A class loses its last row: with an unpenalised intercept there is no finite Newton step. */
  readonly losesClass: boolean;
}

interface BatchSolution {
  /** m×p. */
  readonly vectors: Matrix;
  /** Per vector: H − H_S turned out not to be positive definite, or the solve did not end. The vector is then NaN. */
  readonly failed: readonly boolean[];
}

/**
 * Several removal sets at once: everything that needs H⁻¹ or a pass over the rows is done for all of them together,
 * which costs a fraction of doing it set by set. Memory: Σ|S|·d numbers for the rows, 5·m·p for solves. Free it with
 * `dispose()`.
 */
export class RemovalBatch {
  readonly sets: readonly Int32Array[];
  readonly #model: FittedModel;
  /** Σ wᵢ of each set. */
  readonly #weights: Float64Array;
  readonly #members: readonly Member[];
  readonly #blocks: RowBlocks[] = [];
  readonly #convention: RidgeConvention;
  readonly #onBlock: OnBlock | undefined;
  readonly #plainSolve: { readonly residuals: false; readonly onBlock: OnBlock | undefined };
  /** λθ̂ on penalised features, and H⁻¹ of it: only under the `mean` convention. */
  readonly #pull: Float64Array | undefined;
  readonly #pulled: Float64Array | undefined;
  readonly #solver: BatchSolver;
  #byIf: Matrix | undefined;

  /** `sets`: distinct training rows each. */
  constructor(model: FittedModel, sets: readonly Int32Array[], options: BatchOptions = {}) {
    this.#model = model;
    this.sets = sets;
    this.#weights = Float64Array.from(sets, (rows) => weightOfRows(model.problem, rows));
    this.#convention = options.ridgeConvention ?? 'fixed';
    this.#onBlock = options.onBlock;
    this.#plainSolve = { residuals: false, onBlock: options.onBlock };
    this.#solver = solverOf(model, options.onBlock);
    if (this.#convention === 'mean') {
      this.#pull = ridgePull(model);
      this.#pulled = solveHessian(model, this.#pull, this.#onBlock);
    }
    const before = classWeights(model.problem);
    this.#members = sets.map((rows) => this.#open(rows, before));
  }

  get model(): FittedModel {
    return this.#model;
  }

  get ridgeConvention(): RidgeConvention {
    return this.#convention;
  }

  /** The part of the ridge term that leaves with set t: 0, or Σ_S wᵢ·λ under the `mean` convention. */
  ridgeShift(t: number): number {
    return this.#convention === 'mean' ? this.#weights[t] * this.#model.problem.l2 : 0;
  }

  losesClass(t: number): boolean {
    return this.#members[t].losesClass;
  }

  /** Σ wᵢgᵢ over each set (with wᵢλθ̂ for each row under the `mean` convention): m×p. */
  gradients(): Matrix {
    const sums = this.#residualSums();
    const pull = this.#pull;
    if (pull !== undefined) this.#weights.forEach((weight, t) => addScaled(rowOf(sums, t), weight, pull));
    return sums;
  }

  /**
   * Estimated changes of θ̂, m×p: Σ IFᵢ, Σ RIFᵢ, or the Newton step. NaN in the vectors of sets that have none.
   * IF: m solves with H; RIF: O(Σ|S|·K²d²/2) more; Newton: 5 to 50 solves with the preconditioner.
   */
  changes(method: RemovalMethod): Matrix {
    if (method === 'newton') return this.#newtonChanges();
    const byIf = this.#ifChanges();
    if (method === 'if') return copyOf(byIf);
    const { sums, pulls } = this.#rescaledSums();
    let vectors: Matrix;
    if (this.#solver.kind === 'factor') {
      vectors = this.#model.inverse.solve(sums, this.#plainSolve).vectors;
    } else {
      // From IF on: what is missing is H⁻¹ of the difference of the two sums, without the pull.
      const residual = this.#residualSums();
      for (let at = 0; at < sums.data.length; at++) residual.data[at] = sums.data[at] - residual.data[at];
      vectors = this.#iterate(residual, undefined, this.#tolerance, byIf).vectors;
      const pulled = this.#pulled;
      if (pulled !== undefined) pulls.forEach((_, t) => addScaled(rowOf(vectors, t), -this.#weights[t], pulled));
    }
    const pulled = this.#pulled;
    if (pulled !== undefined) pulls.forEach((share, t) => addScaled(rowOf(vectors, t), share, pulled));
    return vectors;
  }

  /** H⁻¹ of the gradients; kept, as the other estimates begin there. */
  #ifChanges(): Matrix {
    this.#byIf ??=
      this.#solver.kind === 'factor'
        ? this.#model.inverse.solve(this.gradients(), this.#plainSolve).vectors
        : this.#iterate(this.gradients(), undefined, 0.1 * this.#tolerance).vectors;
    return this.#byIf;
  }

  /** From the IF change Δ on: H·Δ is the gradient, so that the residual of H − H_S is H_S·Δ. */
  #newtonChanges(): Matrix {
    const start = this.#ifChanges();
    const residual: Matrix = { ...start, data: new Float64Array(start.data.length) };
    this.sets.forEach((_, t) => rowOf(residual, t).set(this.#removedProduct(t, rowOf(start, t))));
    const { vectors, failed } = this.#iterate(
      residual,
      this.sets.map((_, t) => t),
      this.#tolerance,
      start,
    );
    this.#members.forEach(({ rows, losesClass }, t) => {
      const vector = rowOf(vectors, t);
      if (losesClass) vector.fill(Number.NaN);
      // The factor of H − H_S itself decides whether there is a step where conjugate gradients gave up.
      else if (failed[t] && this.#model.exact !== undefined) vector.set(this.#directStep(rows));
    });
    return vectors;
  }

  #directStep(rows: Int32Array): Float64Array {
    try {
      const options = { method: 'newton', newtonSolver: 'direct', ridgeConvention: this.#convention } as const;
      return estimateRemovalChange(this.#model, rows, options).change;
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      return new Float64Array(this.#model.problem.parameters).fill(Number.NaN);
    }
  }

  /**
   * (H − H_S)⁻¹b for row t of `right` and set `which[t]`, to the few digits that corrections of a retraining need.
   */
  solveRoughly(right: Matrix, which: readonly number[]): BatchSolution {
    return this.#iterate(right, which, this.roughTolerance);
  }

  /** Of `solveRoughly`. */
  get roughTolerance(): number {
    return roughTolerances[this.#solver.kind];
  }

  get #tolerance(): number {
    return solveTolerances[this.#solver.kind];
  }

  /**
   * `start` (default 0) + A⁻¹·right, for A = H − H_S of the sets `which`, or H where they are not given. By conjugate
   * gradients for all vectors together. With a factor, H is the preconditioner: as z = H⁻¹r is at hand, Az = r − H_S z
   * needs the rows of S only, and the iterations grow with the number of directions in which S holds much of H, some 5
   * for random 1 % sets. (A factor of a single-precision H stands for H itself: solutions are as exact as it is.)
   * Without a factor, Kronecker factors precondition and each iteration is a pass over the rows.
   */
  #iterate(right: Matrix, which: readonly number[] | undefined, tolerance: number, start?: Matrix): BatchSolution {
    const { rows: m, columns: p } = right;
    if (which !== undefined && which.length !== m)
      throw new BugError(`${m} right-hand sides for ${which.length} sets.`);
    const solver = this.#solver;
    const zeros = (): Matrix => ({ rows: m, columns: p, data: new Float64Array(m * p) });
    const x: Matrix = start === undefined ? zeros() : copyOf(start);
    const residual = copyOf(right);
    const direction = zeros();
    // H·direction, where it can be carried along.
    const image = zeros();
    const failed = new Array<boolean>(m).fill(false);
    const energy = new Float64Array(m);
    const target = new Float64Array(m);
    let active = Array.from({ length: m }, (_, t) => t);
    for (let iteration = 0; active.length > 0 && iteration < largestIterationCount; iteration++) {
      this.#onBlock?.(0, 1);
      const z = solver.precondition(gatherRows(residual, Int32Array.from(active)));
      active = active.filter((t, at) => {
        const next = dot(rowOf(z, at), rowOf(residual, t));
        if (iteration === 0) target[t] = next * tolerance * tolerance;
        if (Number.isNaN(next)) failed[t] = true;
        if (!(next > target[t])) return false;
        const share = iteration === 0 ? 0 : next / energy[t];
        energy[t] = next;
        scaleAndAdd(rowOf(direction, t), share, rowOf(z, at));
        if (solver.kind === 'factor') scaleAndAdd(rowOf(image, t), share, rowOf(residual, t));
        return true;
      });
      if (solver.kind === 'passes' && active.length > 0) {
        const products = solver.multiply(gatherRows(direction, Int32Array.from(active)));
        active.forEach((t, at) => rowOf(image, t).set(rowOf(products, at)));
      }
      active = active.filter((t) => {
        const along = rowOf(direction, t);
        const product = rowOf(image, t).slice();
        if (which !== undefined) addScaled(product, -1, this.#removedProduct(which[t], along));
        const curvature = dot(along, product);
        if (!(curvature > 0)) {
          failed[t] = true;
          return false;
        }
        const step = energy[t] / curvature;
        addScaled(rowOf(x, t), step, along);
        addScaled(rowOf(residual, t), -step, product);
        return true;
      });
    }
    for (const t of active) failed[t] = true;
    failed.forEach((gaveUp, t) => {
      if (gaveUp) rowOf(x, t).fill(Number.NaN);
    });
    return { vectors: x, failed };
  }

  dispose(): void {
    for (const blocks of this.#blocks.splice(0)) blocks.dispose();
  }

  #open(rows: Int32Array, before: Float64Array): Member {
    const { problem, linalg, logits } = this.#model;
    const { outputs } = problem;
    const gathered = gatherRows(problem.features, rows);
    const blocks = linalg.loadRows(gathered);
    this.#blocks.push(blocks);
    const own = gatherRows({ rows: problem.features.rows, columns: outputs, data: logits }, rows).data;
    const shift = this.#convention === 'mean' ? weightOfRows(problem, rows) * problem.l2 : 0;
    const part: HeadProblem = {
      ...problem,
      features: gathered,
      rows: blocks,
      labels: gatherLabels(problem.labels, rows),
      weights: Float64Array.from(rows, (row) => problem.weights[row]),
      ridge: problem.ridge.map((value) => (value === 0 ? 0 : shift)),
    };
    return { rows, gathered, part, logits: own, losesClass: findLostClass(problem, rows, before) >= 0 };
  }

  /** Σ wᵢrᵢ ⊗ xᵢ of each set. */
  #residualSums(): Matrix {
    const { problem } = this.#model;
    const { outputs, parameters: p } = problem;
    const data = new Float64Array(this.sets.length * p);
    const residual = new Float64Array(outputs);
    this.#members.forEach(({ gathered, part, logits }, t) => {
      this.#onBlock?.(t, this.sets.length);
      const sum = data.subarray(t * p, (t + 1) * p);
      for (let s = 0; s < gathered.rows; s++) {
        fillResidual(problem, logits, s, part.labels[s], residual, 0);
        for (let c = 0; c < outputs; c++) residual[c] *= part.weights[s];
        addOuter(sum, residual, 0, gathered, s, outputs, gathered.columns);
      }
    });
    return { rows: this.sets.length, columns: p, data };
  }

  /**
   * Σ wᵢsᵢ ⊗ xᵢ of each set, and how often H⁻¹λθ̂ is added to H⁻¹ of it under the `mean` convention: wᵢ times a row,
   * with one output wᵢ/(1 − hᵢ) times, as `estimateRemovalChange` does.
   */
  #rescaledSums(): { readonly sums: Matrix; readonly pulls: Float64Array } {
    const { problem } = this.#model;
    const { outputs, parameters: p } = problem;
    const released = problem.kind !== 'softmax';
    const pulled = released ? undefined : this.#pulled;
    const data = new Float64Array(this.sets.length * p);
    const pulls = new Float64Array(this.sets.length);
    this.#members.forEach(({ rows, gathered }, t) => {
      if (rows.length === 0) return;
      const sum = data.subarray(t * p, (t + 1) * p);
      const found = rowCoefficients(this.#model, rows, gathered, 'rif', pulled, this.#onBlock);
      for (let s = 0; s < rows.length; s++)
        addOuter(sum, found.coefficients, s * outputs, gathered, s, outputs, gathered.columns);
      pulls[t] = released ? found.scaleSum : this.#weights[t];
      this.#onBlock?.(t + 1, this.sets.length);
    });
    return { sums: { rows: this.sets.length, columns: p, data }, pulls };
  }

  /** (H_S + shift)·v. */
  #removedProduct(t: number, v: Float64Array): Float64Array {
    const { part, logits, rows } = this.#members[t];
    if (rows.length === 0) return new Float64Array(v.length);
    this.#onBlock?.(0, 1);
    const vectors = { rows: 1, columns: v.length, data: v };
    return multiplyHessianMany(part, logits, vectors, this.#model.linalg).data;
  }
}

/** How solves with H are begun. */
type BatchSolver =
  | { readonly kind: 'factor'; readonly precondition: ApplyRows }
  | { readonly kind: 'passes'; readonly precondition: ApplyRows; readonly multiply: ApplyRows };

/** Preconditioners of models without a factor: made once a model. */
const kroneckerPreconditioners = new WeakMap<FittedModel, ApplyRows>();

function solverOf(model: FittedModel, onBlock: OnBlock | undefined): BatchSolver {
  const { exact, problem, linalg, logits } = model;
  if (exact !== undefined) {
    return {
      kind: 'factor',
      precondition: (vectors) => choleskySolveRows(exact.factor, vectors, linalg, onBlock),
    };
  }
  const found = kroneckerPreconditioners.get(model);
  const precondition = found ?? createPreconditioner({ problem, linalg, logits }, { onBlock });
  kroneckerPreconditioners.set(model, precondition);
  return {
    kind: 'passes',
    precondition,
    multiply: (vectors) => multiplyHessianMany(problem, logits, vectors, linalg, onBlock),
  };
}
