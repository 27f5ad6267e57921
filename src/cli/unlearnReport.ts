import { formatCount, formatPlural } from '../core/base/format';
import type { LabelledEffect } from '../core/influence/removal/removalTypes';
import { describeLabelsDisagree } from '../core/review/labelsDisagree';
import type { StudiedHead } from '../core/study/runStudy';
import type { UnlearnAnswer } from '../core/study/unlearnStudy';
import { formatChange, formatFigure } from './textTable';
import { trustLines } from './trustLines';
import { describeValidationLabels } from './validationLabels';

export interface UnlearnFacts {
  /** Before. */
  readonly head: StudiedHead;
  /** Rows of the label list that had their label already. */
  readonly unchangedLabels: number;
}

/** For machines: all but the head itself; `trainRows` and `ridgeRows` as in `unlearned.json`. */
export function unlearningJson(
  answer: UnlearnAnswer,
  { head, unchangedLabels }: UnlearnFacts,
): Record<string, unknown> {
  const { theta: _, removed, relabelled, trust, ...proof } = answer;
  return {
    removedRows: removed.length,
    relabelledRows: relabelled.rows.length,
    unchangedLabels,
    trainRows: head.trainRows - removed.length,
    // The ridge term stays that of all rows.
    ridgeRows: head.trainRows,
    ...proof,
    removed: [...removed],
    relabelled: [...relabelled.rows],
    trust: trust.sentences,
  };
}

/** For people. */
export function describeUnlearning(answer: UnlearnAnswer, { head, unchangedLabels }: UnlearnFacts): string {
  const { removed, relabelled, otherRows, steps, gradientNorms, reached, changeNorm, trust } = answer;
  const what = [
    ...(removed.length === 0 ? [] : [`${formatCount(removed.length)} removed`]),
    ...(relabelled.rows.length === 0 ? [] : [`${formatCount(relabelled.rows.length)} with another label`]),
  ];
  const others =
    otherRows === 0
      ? ''
      : `; ${formatPlural(otherRows, 'more row does not train and changes', 'more rows do not train and change')} nothing`;
  const same =
    unchangedLabels === 0
      ? ''
      : `; ${formatCount(unchangedLabels)} ${unchangedLabels === 1 ? 'has its' : 'have their'} label already`;
  const norms = gradientNorms.map((norm) => norm.toExponential(1)).join(' → ');
  return [
    `unlearned   of ${formatCount(head.trainRows)} training rows ${what.join(', ')}${others}${same}`,
    `steps       ${steps} Newton ${steps === 1 ? 'step' : 'steps'}; gradient ${norms}${reached ? '' : ' (not yet that of a finished fit)'}`,
    `moved       ‖Δθ‖ = ${changeNorm.toPrecision(3)}`,
    `certificate ${describeCertificate(answer)}`,
    ...describeEffect(answer),
    ...describeTime(answer),
    ...trustLines(trust),
  ].join('\n');
}

function describeCertificate({ certificate: { relativeGradientNorm, bound } }: UnlearnAnswer): string {
  const gradient = `relative gradient ${relativeGradientNorm.toExponential(1)}`;
  if (bound === null) return `${gradient}; the head is too large to bound its distance to the retrained optimum`;
  const { kind, smallestEigenvalue, distance } = bound;
  if (!Number.isFinite(distance)) return `${gradient}: too large to bound the distance to the retrained optimum`;
  const by = kind === 'ridge' ? 'the ridge' : 'the curvature';
  return `at most ${distance.toExponential(1)} from the retrained optimum, by ${by} (μ ≥ ${smallestEigenvalue.toPrecision(2)}); ${gradient}`;
}

function describeEffect({ validation }: UnlearnAnswer): string[] {
  if (validation === null) return ['validation  there are no validation rows to measure the effect on'];
  const { given, labels } = validation;
  return [
    `validation  ${describeLabelled(validation)}`,
    ...(given === null
      ? []
      : [
          `            (${describeValidationLabels(labels)}; by the given labels ${describeLabelled(given)})`,
          ...compareWithGiven(validation.lossChange, given.lossChange),
        ]),
  ];
}

function compareWithGiven(taken: number, given: number): string[] {
  if (!(taken * given < 0)) return [];
  const measurement = 'the validation loss';
  return [`! ${describeLabelsDisagree({ what: 'unlearning', measurement, change: taken, beyondChance: false })}`];
}

function describeLabelled(effect: LabelledEffect): string {
  const { lossBefore, lossAfter, lossChange, accuracyBefore, accuracyAfter, becameRight, becameWrong } = effect;
  const moves = lossChange === 0 ? 'leaves it as it is' : lossChange > 0 ? 'raises it' : 'lowers it';
  const accuracy = Number.isNaN(accuracyBefore)
    ? ''
    : `; accuracy ${formatFigure(accuracyBefore)} → ${formatFigure(accuracyAfter)} (${becameRight} became right, ${becameWrong} wrong)`;
  return `loss ${formatFigure(lossBefore)} → ${formatFigure(lossAfter)}: unlearning ${moves} by ${formatChange(Math.abs(lossChange)).replace('+', '')}${accuracy}`;
}

function describeTime({ seconds, retrained }: UnlearnAnswer): string[] {
  const own = `time        ${seconds.toPrecision(2)} s`;
  if (retrained === null) return [`${own}; from scratch: not asked for (--verify)`];
  const { distance, relativeDistance } = retrained;
  return [
    `${own}; from scratch ${retrained.seconds.toPrecision(2)} s, and ${distance.toExponential(1)} away (${relativeDistance.toExponential(1)} of ‖θ‖)`,
  ];
}
