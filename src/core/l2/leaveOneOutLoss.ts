import { createFactorForms, visitLeverageForms } from '../influence/leverage/leverageForms';
import { createRowSolver } from '../influence/rows/rowSolver';
import type { LinearAlgebra, OnBlock } from '../linalg/linearAlgebra';
import type { HessianFactor } from '../models/curvature/hessianFactor';
import { backendFor } from '../models/curvature/hessianFactor';
import { lossOfRow } from '../models/evaluateHead';
import type { HeadProblem } from '../models/headProblem';

export interface LeaveOneOutSummary {
  /** Mean loss of the given labels under the RIF leave-one-out logits, over the training rows. */
  readonly meanLooLoss: number;
  readonly meanLoss: number;
  /** Σ leverage. */
  readonly effectiveDof: number;
}

/** The mean RIF leave-one-out loss at one λ, from logits and a factor of H. O(n·d²·K²/2 + p³). */
export function computeLeaveOneOutLoss(
  problem: HeadProblem,
  logits: Float64Array,
  { factor }: HessianFactor,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): LeaveOneOutSummary {
  const forms = createFactorForms(factor, problem.outputs, backendFor(factor, linalg), onBlock);
  const solver = createRowSolver(problem);
  let looLoss = 0;
  let loss = 0;
  let leverage = 0;
  visitLeverageForms(
    problem,
    forms,
    (first, count, numbers) => {
      for (let at = 0; at < count; at++) {
        const row = first + at;
        const w = problem.weights[row];
        if (w === 0) continue;
        solver.solve(logits, row * problem.outputs, problem.labels[row], numbers, at);
        looLoss += w * solver.looLoss;
        leverage += solver.leverage;
        loss += w * lossOfRow(problem, logits, row);
        if (at % 1024 === 1023) onBlock?.(row, problem.features.rows);
      }
    },
    onBlock,
  );
  return {
    meanLooLoss: looLoss / problem.totalWeight,
    meanLoss: loss / problem.totalWeight,
    effectiveDof: leverage,
  };
}
