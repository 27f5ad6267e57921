/** What is known of one measurement of a removal. */
interface MeasuredRemoval {
  /** By retraining or estimated; null: not known. */
  readonly change: number | null;
  /** Standard deviation of the changes that random removals of the same size make; null: not known. */
  readonly deviation: number | null;
}

/**
 * Whether a removal raises a measurement by the labels as they are taken and lowers it by the given ones, or the other
 * way round, and each by more than random removals vary (one standard deviation; where it is not known, by anything at
 * all).
 */
export function labelsDisagree(taken: MeasuredRemoval, given: MeasuredRemoval): boolean {
  if (taken.change === null || given.change === null || !(taken.change * given.change < 0)) return false;
  return [taken, given].every(({ change, deviation }) => Math.abs(change ?? 0) > (deviation ?? 0));
}

interface LabelDisagreement {
  /** “the removal”. */
  readonly what: string;
  /** “the validation loss”. */
  readonly measurement: string;
  /** Of the measurement, by the labels as they are taken. */
  readonly change: number;
  /** Both changes are larger than those of random removals. */
  readonly beyondChance: boolean;
}

/** Said where something helps by the labels as they are taken and harms by the given ones, or the other way round. */
export function describeLabelsDisagree({ what, measurement, change, beyondChance }: LabelDisagreement): string {
  const [taken, given] = change > 0 ? ['raises', 'lowers'] : ['lowers', 'raises'];
  const chance = beyondChance ? ', both by more than random removals vary' : '';
  return (
    `By the given labels ${what} ${given} ${measurement}, and with doubtful ones counting less it ${taken} it${chance}: ` +
    'the validation labels hold errors of their own. Believe the latter, or validate on labels that were checked.'
  );
}

/** One measurement of a removal that was retrained, as verifications keep it. */
interface RetrainedMeasurement {
  readonly name: string;
  /** null: not known. */
  readonly actual: number | null;
  /** Of the changes that random removals make. */
  readonly randomDeviation: number | null;
}

/**
 * What is to be said where the first measurement of a verification and the same by the given labels (its name and
 * `_given`) point opposite ways, each by more than random removals vary; '' where they do not.
 */
export function compareWithGiven([shown, ...others]: readonly RetrainedMeasurement[]): string {
  const given = others.find(({ name }) => name === `${shown.name}_given`);
  const measured = ({ actual, randomDeviation }: RetrainedMeasurement) => ({
    change: actual,
    deviation: randomDeviation,
  });
  if (given === undefined || shown.actual === null || !labelsDisagree(measured(shown), measured(given))) return '';
  const measurement = 'the validation loss';
  return describeLabelsDisagree({ what: 'the removal', measurement, change: shown.actual, beyondChance: true });
}
