import { InputError } from '../../base/errors';
import { gatherRows } from '../../base/gatherRows';
import type { Matrix } from '../../base/matrix';
import { transposed } from '../../linalg/denseKernels';
import type { OnBlock, RowBlocks } from '../../linalg/linearAlgebra';
import { factorizeHessian } from '../../models/curvature/hessianFactor';
import { computeLogits, evaluateHead, fillResidual, parametersAsColumns } from '../../models/evaluateHead';
import type { HeadProblem } from '../../models/headProblem';
import type { FittedModel } from '../fittedModel';
import { createExactForms, invertHessian } from '../leverage/leverageForms';
import { curvatureRoots } from '../removal/curvatureRoots';
import { withoutRows } from '../removal/removedRows';
import { createRowSolver } from '../rows/rowSolver';

/** Products of the pool with an update held at a time: 16 MiB. */
const heldNumbers = 2 ** 21;
const rowsBetweenReports = 1024;

/**
 * The head as rows leave it, by Newton steps: θ, logits, H⁻¹ and the leverage forms wᵢGᵢ of a pool of rows, kept up to
 * date by low-rank changes. H moves by the curvature of the rows that leave, at the logits they have then; that the
 * others' curvature changes with θ is made good by {@link refresh}.
 */
export class AdaptiveState {
  theta: Float64Array;
  /** n×K, all rows. */
  logits: Float64Array;
  /** The problem without the rows removed so far. */
  problem: HeadProblem;
  readonly #model: FittedModel;
  readonly #pool: Int32Array;
  readonly #poolRows: RowBlocks;
  readonly #ownsPoolRows: boolean;
  readonly #onBlock: OnBlock | undefined;
  #inverse: Matrix;
  #forms: readonly Float64Array[];

  /** `pool`: ascending rows that may be chosen; their features are copied unless they are all rows. */
  constructor(model: FittedModel, pool: Int32Array, onBlock: OnBlock | undefined) {
    const { problem, linalg, exact } = model;
    if (exact === undefined) {
      throw new InputError(
        `The head has ${problem.parameters} parameters: too many for adaptive selection, which keeps its inverse Hessian. Choose rows by RIF sums.`,
        { details: { parameters: problem.parameters } },
      );
    }
    this.#model = model;
    this.#pool = pool;
    this.#onBlock = onBlock;
    this.theta = model.theta.slice();
    this.logits = model.logits.slice();
    this.problem = problem;
    this.#ownsPoolRows = pool.length < problem.features.rows;
    this.#poolRows = this.#ownsPoolRows ? linalg.loadRows(gatherRows(problem.features, pool)) : problem.rows;
    this.#inverse = invertHessian(exact.factor, linalg, onBlock);
    this.#forms = this.#freshForms();
  }

  /**
   * Effect of removing each row of the pool from the head as it is now, on a target with this gradient: RIF, that is
   * the row's own Newton step. NaN for rows that have gone. O(pool·(d·K + K³) + p²).
   */
  effects(gradient: Float64Array): Float64Array {
    const { problem, linalg } = this.#model;
    const { outputs } = problem;
    const d = problem.features.columns;
    const direction = multiplySquare(this.#inverse, gradient);
    const along = linalg.multiply(this.#poolRows, parametersAsColumns(direction, d), this.#onBlock).data;
    const solver = createRowSolver(problem);
    const effects = new Float64Array(this.#pool.length).fill(Number.NaN);
    this.#pool.forEach((row, at) => {
      if (at % rowsBetweenReports === rowsBetweenReports - 1) this.#onBlock?.(at, this.#pool.length);
      if (this.problem.weights[row] === 0) return;
      solver.solve(this.logits, row * outputs, problem.labels[row], this.#forms, at);
      let sum = 0;
      for (let c = 0; c < outputs; c++) sum += along[at * outputs + c] * solver.coefficients[c];
      effects[at] = problem.weights[row] * sum;
    });
    return effects;
  }

  /**
   * Takes rows out by a Newton step. O(p²·|B|K) for the inverse, O(n·d·K) for the logits, and for the pool's forms
   * O(pool·d·K²·|B|) or, where that is less, O(pool·d²K²/2).
   * @throws NumericalError when nothing holds the head without them.
   */
  remove(rows: Int32Array): void {
    const { linalg, problem } = this.#model;
    const { outputs, parameters: p } = problem;
    const d = problem.features.columns;
    const m = rows.length * outputs;
    const roots = curvatureRoots({ problem, logits: this.logits }, rows);
    const inverseRows = linalg.loadRows(this.#inverse);
    const rootRows = linalg.loadRows(roots);
    const solved = linalg.multiply(inverseRows, roots, this.#onBlock);
    const capacitance = linalg.transposeMultiply(rootRows, solved, this.#onBlock);
    inverseRows.dispose();
    rootRows.dispose();
    for (let at = 0; at < m * m; at++) capacitance.data[at] = -capacitance.data[at];
    for (let c = 0; c < m; c++) capacitance.data[c * m + c] += 1;
    const { lower } = linalg.cholesky(capacitance, this.#onBlock);
    // H⁻¹ + Z(I − WᵀZ)⁻¹Zᵀ = H⁻¹ + YYᵀ with Y = Z·L⁻ᵀ.
    const y = solveLowerTransposed(solved, lower);
    this.#addToInverse(y);
    const gradient = this.#gradientOf(rows);
    const change = multiplySquare(this.#inverse, gradient);
    this.problem = { ...this.problem, weights: withoutRows(this.problem.weights, rows) };
    for (let at = 0; at < p; at++) this.theta[at] += change[at];
    const moved = linalg.multiply(problem.rows, parametersAsColumns(change, d), this.#onBlock).data;
    for (let at = 0; at < moved.length; at++) this.logits[at] += moved[at];
    if (rows.length < d / 2) this.#addToForms(y);
    else this.#forms = this.#freshForms();
  }

  /**
   * A Newton step on the remaining rows with their Hessian as it is: what the low-rank changes left out. Costs what the
   * fit pays for a step and what leverage costs for the pool.
   */
  refresh(): void {
    const { linalg } = this.#model;
    const state = evaluateHead(this.problem, this.theta, linalg, this.#onBlock);
    const { factor } = factorizeHessian(this.problem, state.logits, linalg, this.#onBlock);
    this.#inverse = invertHessian(factor, linalg, this.#onBlock);
    const step = multiplySquare(this.#inverse, state.gradient);
    for (let at = 0; at < step.length; at++) this.theta[at] -= step[at];
    this.logits = computeLogits(this.problem, this.theta, linalg, this.#onBlock);
    this.#forms = this.#freshForms();
  }

  dispose(): void {
    if (this.#ownsPoolRows) this.#poolRows.dispose();
  }

  #freshForms(): readonly Float64Array[] {
    const { linalg, problem } = this.#model;
    const weights = Float64Array.from(this.#pool, (row) => problem.weights[row]);
    return createExactForms(this.#inverse, problem.outputs, linalg).compute(this.#poolRows, weights, this.#onBlock);
  }

  #gradientOf(rows: Int32Array): Float64Array {
    const { problem } = this.#model;
    const { outputs } = problem;
    const d = problem.features.columns;
    const gathered = gatherRows(problem.features, rows);
    const sum = new Float64Array(problem.parameters);
    const residual = new Float64Array(outputs);
    rows.forEach((row, s) => {
      fillResidual(problem, this.logits, row, problem.labels[row], residual, 0);
      for (let c = 0; c < outputs; c++) {
        const value = problem.weights[row] * residual[c];
        for (let j = 0; j < d; j++) sum[c * d + j] += value * gathered.data[s * d + j];
      }
    });
    return sum;
  }

  #addToInverse(y: Matrix): void {
    const { linalg } = this.#model;
    const rows = linalg.loadRows(y);
    const product = linalg.multiply(rows, transposed(y), this.#onBlock).data;
    rows.dispose();
    const { data } = this.#inverse;
    for (let at = 0; at < data.length; at++) data[at] += product[at];
  }

  /** wᵢG_ab += wᵢ(xᵢᵀY_a)(xᵢᵀY_b)ᵀ for the pool's rows. */
  #addToForms(y: Matrix): void {
    const { linalg, problem } = this.#model;
    const { outputs } = problem;
    const d = problem.features.columns;
    const m = y.columns;
    const width = outputs * m;
    const columns = new Float64Array(d * width);
    for (let a = 0; a < outputs; a++) {
      for (let j = 0; j < d; j++) {
        const from = (a * d + j) * m;
        columns.set(y.data.subarray(from, from + m), j * width + a * m);
      }
    }
    const height = Math.max(1, Math.floor(heldNumbers / width));
    for (let first = 0; first < this.#pool.length; first += height) {
      const count = Math.min(height, this.#pool.length - first);
      const part = this.#poolRows.range(first, count);
      const products = linalg.multiply(part, { rows: d, columns: width, data: columns }, this.#onBlock).data;
      for (let at = 0; at < count; at++) {
        const weight = problem.weights[this.#pool[first + at]];
        let form = 0;
        for (let a = 0; a < outputs; a++) {
          for (let b = 0; b <= a; b++) {
            let sum = 0;
            const inA = at * width + a * m;
            const inB = at * width + b * m;
            for (let t = 0; t < m; t++) sum += products[inA + t] * products[inB + t];
            this.#forms[form++][first + at] += weight * sum;
          }
        }
      }
      this.#onBlock?.(first + count, this.#pool.length);
    }
  }
}

function multiplySquare({ rows: p, data }: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(p);
  for (let i = 0, at = 0; i < p; i++) {
    let sum = 0;
    for (let j = 0; j < p; j++, at++) sum += data[at] * v[j];
    out[i] = sum;
  }
  return out;
}

/** Z·L⁻ᵀ (p×m) for lower-triangular L (m×m): row by row L·y = z. O(p·m²/2). */
function solveLowerTransposed(z: Matrix, lower: Matrix): Matrix {
  const { rows: p, columns: m } = z;
  const data = z.data.slice();
  const l = lower.data;
  for (let i = 0; i < p; i++) {
    const from = i * m;
    for (let c = 0; c < m; c++) {
      let sum = data[from + c];
      for (let t = 0; t < c; t++) sum -= l[c * m + t] * data[from + t];
      data[from + c] = sum / l[c * m + c];
    }
  }
  return { rows: p, columns: m, data };
}
