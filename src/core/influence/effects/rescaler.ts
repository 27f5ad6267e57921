import { applyCurvature } from '../../models/curvature/headHessian';
import type { HeadProblem } from '../../models/headProblem';
import { fillSoftmax } from '../../models/rowMath';
import type { LeverageForms } from '../leverage/leverageForms';
import type { RowSolver } from '../rows/rowSolver';
import { createRowSolver } from '../rows/rowSolver';

/** RIF coefficients of single rows from whichever forms are at hand. */
interface Rescaler {
  /** Takes the forms of (H − wᵢHᵢ)⁻¹, which need no system solved, instead of those of H⁻¹. */
  readonly leftOut: boolean;
  /**
   * wᵢ(I − wᵢAᵢGᵢ)⁻¹(rᵢ + wᵢAᵢ·pull), K numbers that the next call overwrites. `forms` are read at `at`; the row's
   * `pull` is the K numbers of its place `pullAt`; undefined: 0.
   */
  solve(
    logits: Float64Array,
    row: number,
    label: number,
    forms: readonly Float64Array[],
    at: number,
    pull: Float64Array | undefined,
    pullAt: number,
  ): { readonly coefficients: Float64Array; readonly leverage: number };
}

/** O(K³) a row. */
export function createRescaler(problem: HeadProblem, forms: LeverageForms, pulled: boolean): Rescaler {
  const { outputs: K, weights } = problem;
  const weigh = (row: number): RowSolver => {
    for (let c = 0; c < K; c++) solver.coefficients[c] *= weights[row];
    return solver;
  };
  const solver = createRowSolver(problem);
  const own = new Float64Array(K);
  // Only heads of several outputs have such forms.
  const leftOut = forms.computeLeftOut !== undefined && (!pulled || problem.kind === 'softmax');
  if (!leftOut) {
    return {
      leftOut,
      solve: (logits, row, label, values, at, pull, pullAt) => {
        if (pull !== undefined) for (let c = 0; c < K; c++) own[c] = weights[row] * pull[pullAt * K + c];
        solver.solve(logits, row * K, label, values, at, pull && own);
        return weigh(row);
      },
    };
  }
  const p = new Float64Array(K);
  const through = new Float64Array(K);
  return {
    leftOut,
    solve: (logits, row, label, values, at, pull, pullAt) => {
      solver.solveLeftOut(logits, row * K, label, values, at);
      if (pull === undefined) return weigh(row);
      // (I − wAG)⁻¹ = I + wAW: wA·pull and wA·W·wA·pull come on top.
      const { coefficients } = solver;
      fillSoftmax(logits, row * K, K, p, 0);
      for (let c = 0; c < K; c++) own[c] = weights[row] * pull[pullAt * K + c];
      applyCurvature(p, own, 0, K, 1);
      through.fill(0);
      for (let a = 0, form = 0; a < K; a++) {
        for (let b = 0; b < a; b++) {
          const value = values[form++][at];
          through[a] += value * own[b];
          through[b] += value * own[a];
        }
        through[a] += values[form++][at] * own[a];
      }
      applyCurvature(p, through, 0, K, 1);
      for (let c = 0; c < K; c++) coefficients[c] += own[c] + through[c];
      return weigh(row);
    },
  };
}
