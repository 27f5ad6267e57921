import { InputError } from '../base/errors';
import { createRandom } from '../base/random';
import type { FittedModel } from '../influence/fittedModel';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { prepareMeasurements } from '../influence/measurements/prepareMeasurements';
import type { RemovalMethod, RidgeConvention } from '../influence/removal/removalTypes';
import type { OnBlock } from '../linalg/linearAlgebra';
import { compareSets } from './compareSets';
import { spearman } from './correlation';
import { chooseRandom } from './removalStrategies';

interface DatamodelingRequest {
  /** Random subsets of the training rows that are trained on. */
  readonly subsets: number;
  /** α: share of the training rows in each subset, 0 … 1. */
  readonly alpha: number;
  /** Rows on whose margins is measured: labelled, not training rows. */
  readonly testRows: Int32Array;
  readonly seed: number;
  readonly ridgeConvention?: RidgeConvention | undefined;
  readonly onBlock?: OnBlock | undefined;
  readonly onShare?: ((share: number, detail: string) => void) | undefined;
}

export interface DatamodelingScore {
  readonly subsets: number;
  readonly alpha: number;
  /** Test rows whose margin varies over the subsets. */
  readonly testRows: number;
  /**
   * Mean over the test rows of Spearman's ρ between predicted and actual margin over the subsets, −1 … 1. NaN without
   * any.
   */
  readonly score: Readonly<Record<RemovalMethod, number>>;
}

/**
 * The linear datamodeling score: for each test row, how well the order of its margins over heads trained on random
 * α-subsets is predicted by attributions added up. IF and RIF predict sums over the rows left out; the Newton step,
 * which is no sum, is shown beside them. Source: Ilyas et al. 2022 (arXiv 2202.00622), section 3; Park et al. 2023
 * (arXiv 2303.14186), definition 2.4.
 * @throws InputError when there are too few rows or subsets to rank.
 */
export function computeDatamodelingScore(
  model: FittedModel,
  sets: MeasuredSplits,
  request: DatamodelingRequest,
): DatamodelingScore {
  const { subsets, alpha, testRows } = request;
  const n = sets.train.length;
  const left = Math.round((1 - alpha) * n);
  if (!(alpha > 0 && alpha < 1) || left < 1 || left >= n) {
    throw new InputError(`Subsets of ${alpha} of ${n} training rows leave nothing in or nothing out.`);
  }
  if (subsets < 3) throw new InputError('At least three subsets are needed to compare orders.');
  const random = createRandom(request.seed);
  const removals = Array.from({ length: subsets }, () => chooseRandom(sets.train, left, random));
  const margins = Array.from(testRows, (row) => ({ kind: 'margin', row }) as const);
  const prepared = prepareMeasurements(model, margins, sets, request.onBlock);
  try {
    const compared = compareSets(model, removals, prepared, request);
    const score = (method: RemovalMethod): { mean: number; rows: number } => {
      let sum = 0;
      let rows = 0;
      prepared.forEach((_, index) => {
        const actual = compared.sets.map((changes) => changes[index].actual);
        const predicted = compared.sets.map((changes) => changes[index].predicted[method]);
        const rho = spearman(predicted, actual);
        if (Number.isNaN(rho)) return;
        sum += rho;
        rows++;
      });
      return { mean: sum / rows, rows };
    };
    const byRif = score('rif');
    return {
      subsets,
      alpha,
      testRows: byRif.rows,
      score: { if: score('if').mean, rif: byRif.mean, newton: score('newton').mean },
    };
  } finally {
    for (const measurement of prepared) measurement.dispose();
  }
}
