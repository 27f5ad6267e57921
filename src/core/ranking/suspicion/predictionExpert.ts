import { NumericalError } from '../../base/errors';
import { formatPercent } from '../../base/format';
import type { ExpertSource } from './expertSource';

/** Errors that the head makes out of sample before anything is said of predictions. */
const leastErrors = 0.02;
/** Of these errors, predictions that have not seen the labels make no fewer. */
const leastShareOfErrors = 0.25;

/**
 * Probabilities that came with the data as an expert: nothing is learnt here, so that rows set aside change nothing.
 *
 * @param probabilities n×C row-major, rows sum to 1; 1/C throughout where nothing is said, which moves no pool
 * @param reason why they are not to be heard; null: they are
 */
export function predictionSource(probabilities: Float32Array, reason: string | null): ExpertSource {
  const name = 'predictions';
  const judge: ExpertSource['judge'] = () => {
    if (reason !== null) throw new NumericalError(reason);
    return { name, probabilities };
  };
  return { name, seconds: { first: 0, again: 0 }, judge };
}

/**
 * Whether predictions seem to come from a model that has seen the labels, in words; null where not. They do where they
 * disagree with less than a quarter of the labels that the head, out of sample, disagrees with.
 *
 * @param agreement share of labels that predictions agree with, see {@link agreementOf}
 * @param accuracy the same of the head out of sample
 */
export function describeSeenLabels(agreement: number, accuracy: number): string | null {
  const errors = 1 - accuracy;
  if (!(errors > leastErrors && 1 - agreement < leastShareOfErrors * errors)) return null;
  return (
    `they agree with ${formatPercent(agreement, 1)} of the labels, the head out of sample with ${formatPercent(accuracy, 1)}: so does a model that was trained on these rows, ` +
    'which agrees with wrong labels too, and hides them. Use predictions from cross-validation, or of a model trained on other data'
  );
}

/** Share of the labelled rows with predictions whose likeliest class is the given label; NaN where there are none. */
export function agreementOf(probabilities: Float32Array, labels: Int32Array, classes: number): number {
  let rows = 0;
  let agree = 0;
  for (let i = 0, at = 0; i < labels.length; i++, at += classes) {
    const label = labels[i];
    if (label < 0) continue;
    let best = 0;
    let differ = false;
    for (let c = 1; c < classes; c++) {
      if (probabilities[at + c] !== probabilities[at]) differ = true;
      if (probabilities[at + c] > probabilities[at + best]) best = c;
    }
    if (!differ) continue;
    rows++;
    if (best === label) agree++;
  }
  return rows === 0 ? Number.NaN : agree / rows;
}
