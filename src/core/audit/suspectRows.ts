import type { Matrix } from '../base/matrix';
import type { JobContext } from '../job/jobContext';
import type { StageParts } from '../job/stageParts';
import { calibrateSuspicions, fitNoiseModel, noiseModelSteps } from '../ranking/suspicion/calibrateSuspicion';
import { suspectClassPair } from '../ranking/suspicion/classPair';
import type { Judgement } from '../ranking/suspicion/judgeInRounds';
import type { Suspicions } from '../ranking/suspicion/labelNoise';
import { computeSuspicions, estimateTransitions } from '../ranking/suspicion/labelNoise';
import type { LabelSignal } from '../ranking/suspicion/labelSignal';
import { holdBackSuspicions, measureLabelSignal, withdrawSuspicions } from '../ranking/suspicion/labelSignal';
import type { JoinedClasses } from '../ranking/suspicion/twinClasses';
import { joinTwins, partTwins } from '../ranking/suspicion/twinClasses';
import type { AuditInput } from './auditTypes';

interface SuspectedRows {
  readonly suspicions: Suspicions;
  /** C×C, true → given; null where errors cannot be told from classes. */
  readonly transitions: Matrix | null;
  readonly signal: LabelSignal;
  readonly excessErrors: number | null;
}

/** Seconds a row and class of what follows the judgement: transitions, noise model, calibration and ranks. */
export const settlingSeconds = 1.2e-6;

/**
 * What the experts' pool says of the given labels; withdrawn or held back where it says too little. A row with a
 * suspicion of `listedFrom` or more is suggested another label than its own, and every other row its own.
 */
export function suspectRows(
  input: Pick<AuditInput, 'labels' | 'classes' | 'twins' | 'options'>,
  labelled: Float64Array,
  { probabilities: mixture, firstRound }: Pick<Judgement, 'probabilities' | 'firstRound'>,
  parts: StageParts,
  log: JobContext['log'],
): SuspectedRows {
  const { labels, classes, options = {} } = input;
  const judged = joinTwins(mixture, labels, classes, input.twins);
  const merged: Suspicions & { readonly transitions: Matrix | null } =
    (options.noiseModel ?? true)
      ? (twoClassSuspicions(judged, labelled, parts, log) ?? noiseAwareSuspicions(judged, labelled, parts, log))
      : { ...computeSuspicions(judged.mixture, judged.labels, judged.classes, null), transitions: null };
  // Rows that were set aside are judged by others than they were suspected by: that says less of their labels.
  const first = joinTwins(firstRound, labels, classes, input.twins).mixture;
  const signal = measureLabelSignal(first, judged.labels, labelled, judged.classes);
  if (!signal.found) withdrawSuspicions(merged, judged.labels);
  const excessErrors = signal.found ? holdBackSuspicions(merged, judged.labels, labelled) : null;
  const suspicions = judged.classes === classes ? merged : partTwins(merged, judged, mixture, labels, classes);
  // Where errors cannot be told from classes T says anything.
  return {
    suspicions,
    transitions: signal.found && excessErrors === null ? suspicions.transitions : null,
    signal,
    excessErrors,
  };
}

/**
 * Two classes, and single rows of others: order, sizes and transitions of one model of the rows whose `weights` are not
 * 0. null where there are more.
 */
function twoClassSuspicions(
  { mixture, labels, classes }: JoinedClasses,
  weights: Float64Array,
  parts: StageParts,
  log: JobContext['log'],
): (Suspicions & { readonly transitions: Matrix }) | null {
  const found = suspectClassPair(mixture, labels, weights, classes, () => {
    const { onBlock } = parts.begin(0.9 * settlingSeconds * classes * labels.length, 'label noise', 200);
    return () => onBlock(1, 1);
  });
  if (found === null) return null;
  const { model, ...suspicions } = found;
  log(
    `suspicion: label noise of two classes fitted with scale ${model.scale.toFixed(2)} and offset ${model.offset.toFixed(2)}`,
  );
  return suspicions;
}

/** More classes: the documented order, and calibrated sizes and transitions. */
function noiseAwareSuspicions(
  { mixture, labels, classes }: JoinedClasses,
  weights: Float64Array,
  parts: StageParts,
  log: JobContext['log'],
): Suspicions & { readonly transitions: Matrix } {
  const cells = settlingSeconds * labels.length * classes;
  const begin = (share: number, detail: string, passes: number): (() => void) => {
    const { onBlock } = parts.begin(share * cells, detail, passes);
    return () => onBlock(1, 1);
  };
  const order = estimateTransitions(mixture, labels, weights, classes, begin(0.2, 'label transitions', 40));
  const inSteps = begin(0.6, 'label noise', noiseModelSteps);
  const model = fitNoiseModel(mixture, labels, weights, classes, inSteps);
  const documented = computeSuspicions(mixture, labels, classes, order);
  const step = begin(0.1, 'calibration', 20);
  const calibrated = calibrateSuspicions(mixture, labels, weights, documented, model, step);
  const { slope, intercept } = calibrated;
  log(
    `suspicion: label noise fitted with exponent ${model.exponent.toFixed(2)}; log-odds × ${slope.toFixed(2)} ` +
      `${intercept < 0 ? '−' : '+'} ${Math.abs(intercept).toFixed(2)}`,
  );
  return { ...calibrated, transitions: model.transitions };
}
