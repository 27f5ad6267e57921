import { median } from '../../src/core/base/statistics';
import type { Statistic } from './labelChange';
import type { EditChange, MeasureName, Verdict } from './measureVerdicts';

/** How a change is known: by retraining, or predicted. */
export type KnownBy = 'retrained' | 'rif' | 'newton';

export interface Standard {
  readonly statistic: Statistic;
  /** What is taken as the truth, known by retraining. */
  readonly truth: MeasureName;
}

export interface VerdictScore {
  /** Verdicts whose true change is beyond what random removals of that size vary. */
  readonly judged: number;
  /** Share of those with the sign of the true change; NaN without any. */
  readonly agreement: number;
  /** Median of |change − true change| / |true change| over those. */
  readonly error: number;
  /** Median of change / true change over those: below 1 = too small. */
  readonly ratio: number;
}

/** Standard deviations of random removals that a change has to exceed to be judged. */
const clear = 2;

/** How right verdicts are by one measure, where the truth is clear. Verdicts without the change are left out. */
export function scoreVerdicts(
  verdicts: readonly Verdict[],
  measure: MeasureName,
  by: KnownBy,
  { statistic, truth }: Standard,
): VerdictScore {
  const pairs = verdicts
    .map(({ changes }) => ({ found: changes[statistic][measure][by], known: changes[statistic][truth] }))
    .filter(({ found, known }) => !Number.isNaN(found) && isClear(known));
  const agreeing = pairs.filter(({ found, known }) => Math.sign(found) === Math.sign(known.retrained));
  const ratios = pairs.map(({ found, known }) => found / known.retrained);
  return {
    judged: pairs.length,
    agreement: agreeing.length / pairs.length,
    error: median(ratios.map((ratio) => Math.abs(ratio - 1))),
    ratio: median(ratios),
  };
}

function isClear({ retrained, randomDeviation }: EditChange): boolean {
  return Math.abs(retrained) > clear * randomDeviation;
}
