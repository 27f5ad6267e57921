import { NumericalError } from '../base/errors';
import { countOfWeight } from '../base/weights';
import { createFittedModel } from '../influence/fittedModel';
import { computePreciseInfluence } from '../influence/rows/preciseInfluence';
import { computeRowInfluence } from '../influence/rows/rowInfluence';
import type { JobContext } from '../job/jobContext';
import type { StageProgress } from '../job/stageProgress';
import { fitHead } from '../models/fitting/fitHead';
import { createHeadProblem } from '../models/headProblem';
import { hessianWork, judgesByEstimates, leverageWork } from '../models/headSize';
import type { Expert } from '../ranking/suspicion/experts';
import { headExpert } from '../ranking/suspicion/experts';
import type { ExpertSource } from '../ranking/suspicion/expertSource';
import type { SuspicionHead } from './measureHeads';

/** Multiply-adds and passed numbers a second, about; for progress alone. */
const rates = { work: 2e10, passed: 1e9 };
/** Passes of a fit that starts near its optimum, and of what follows it. */
const passes = 8;
/** What of the work is done when the head is fitted, and when its Hessian is known. */
const fitShare = 0.2;
const modelShare = 0.4;

/** Relative gradient norm of the second fit: its probabilities are off by far less than the experts from each other. */
const tolerance = 1e-6;

/**
 * The same where leverages are estimated and each decade costs some eight passes: 1 % of λ, at most 1e-5. L is
 * nλ-strongly convex, so θ is off by at most 1 % of ‖∇L(0)‖/n.
 */
const estimatedTolerance = (l2: number): number => Math.max(tolerance, Math.min(1e-5, 1e-2 * l2));

/**
 * The head as an expert: what it says of all labelled rows is known; without some of them it is fitted again at the
 * same λ from its θ̂, by the factor of the first fit or the Gram matrix that its metric was made of, and the rows that
 * stay are left out by RIF once more. Where that was estimated, the Kronecker factors at θ̂ of all rows serve again,
 * which saves making and measuring others: leverages are then those of a head with some more rows. Where it was exact
 * because the training rows asked for it, and costly, it is estimated now (headSize.ts).
 */
export function headSource(
  head: SuspicionHead,
  labelled: Float64Array,
  { linalg, log }: Pick<JobContext, 'linalg' | 'log'>,
): ExpertSource {
  const { problem } = head;
  const { features, outputs } = problem;
  // The n of nλ is that of the rows that are kept; gradients are relative to what they are with all.
  const { ridgeRows: _ridgeRows, ...same } = problem;
  const isEstimated = head.estimated !== undefined || judgesByEstimates(problem, countOfWeight(problem.weights));
  const work = isEstimated ? 0 : 2 * hessianWork(problem) + leverageWork(problem);
  const again = work / rates.work + (passes * features.rows * features.columns * outputs) / rates.passed;
  const judgeAgain = (kept: Float64Array, progress: StageProgress): Expert => {
    const { onBlock } = progress;
    const rows = linalg.loadRows(features);
    try {
      const weights = kept.map((one, row) => one * problem.weights[row]);
      if (countOfWeight(weights) === 0) throw new NumericalError('no row of a weight above 0 is left to learn from');
      const without = createHeadProblem({ ...same, rows, weights }, linalg);
      const { theta, factor, metrics, estimated } = head;
      progress.divide(0, fitShare, passes);
      const fit = fitHead(without, linalg, {
        start: theta,
        ...(factor && { factor }),
        metrics,
        tolerance: isEstimated ? estimatedTolerance(problem.l2) : tolerance,
        polish: false,
        onBlock,
      });
      const at = { theta: fit.state.theta, logits: fit.state.logits };
      progress.divide(fitShare, estimated === undefined ? modelShare : 1, 1);
      if (estimated !== undefined) {
        return headExpert(
          without,
          computeRowInfluence({ ...estimated, problem: without, ...at }, onBlock).outOfSampleLogits,
        );
      }
      const method = isEstimated ? 'iterative' : 'auto';
      const model = createFittedModel(without, at.theta, linalg, onBlock, { logits: at.logits, method });
      progress.divide(modelShare, 1, 1);
      return headExpert(without, computePreciseInfluence(model, onBlock, log).influence.outOfSampleLogits);
    } finally {
      rows.dispose();
    }
  };
  return {
    name: 'head',
    seconds: { first: 0, again },
    judge: (kept, progress) =>
      kept === labelled ? headExpert(problem, head.outOfSampleLogits) : judgeAgain(kept, progress),
  };
}
