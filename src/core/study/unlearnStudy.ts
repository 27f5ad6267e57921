import { InputError } from '../base/errors';
import { formatCount } from '../base/format';
import { norm } from '../base/vectors';
import type { OpenHead } from '../head/openHead';
import { createEditMeasure } from '../influence/removal/editMeasure';
import type { ValidationEffect } from '../influence/removal/removalTypes';
import { reportTrust } from '../influence/trust/trustReport';
import type { TrustReport } from '../influence/trust/trustTypes';
import type { EditRequest } from '../influence/unlearning/trainingEdit';
import { selectEdit } from '../influence/unlearning/trainingEdit';
import type { RetrainedDistance, Unlearned } from '../influence/unlearning/unlearn';
import { measureDistance, unlearn } from '../influence/unlearning/unlearn';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';

export interface UnlearnQuestion extends EditRequest {
  /** Fit from scratch as well, and tell the distance. */
  readonly verify: boolean;
}

/**
 * An unlearned head, what proves it, and what it does to the validation rows. θ is that of the features of the dataset.
 */
export interface UnlearnAnswer extends Omit<Unlearned, 'change'> {
  /** ‖θ − θ̂‖₂. */
  readonly changeNorm: number;
  /** Training rows, ascending. */
  readonly removed: Int32Array;
  readonly relabelled: EditRequest['relabelled'];
  /** Rows asked for that are no labelled training rows. */
  readonly otherRows: number;
  /** null: there are no validation rows. */
  readonly validation: ValidationEffect | null;
  readonly seconds: number;
  /** null: not asked for. */
  readonly retrained: (RetrainedDistance & { readonly seconds: number }) | null;
  /** About the head. */
  readonly trust: TrustReport;
}

/**
 * Makes the head forget rows and learn other labels, and on request fits one from scratch to compare. Reports the stage
 * `unlearning`.
 * @throws InputError when no row concerns the fit, or nothing would be left to train on; NumericalError.
 */
export function answerUnlearn(
  head: OpenHead,
  question: UnlearnQuestion,
  context: Pick<JobContext, 'signal' | 'progress'>,
): UnlearnAnswer {
  const { model, splits, space } = head;
  const { edit, otherRows } = selectEdit(model.problem, question);
  if (edit.removed.length + edit.relabelled.rows.length === 0) {
    throw new InputError(
      otherRows === 0
        ? 'There is nothing to unlearn: no row is named whose removal or label would change the fit.'
        : `${otherRows === 1 ? 'The row is no' : `None of the ${formatCount(otherRows)} rows is a`} labelled training row: the model was fitted without ` +
            `${otherRows === 1 ? 'it' : 'them'}, so there is nothing to unlearn.`,
    );
  }
  const progress = new StageProgress(studyStages.unlearn, context);
  const { onBlock } = progress;
  progress.begin(0, question.verify ? 0.5 : 0.9, 'Newton steps', 8);
  const unlearning = performance.now();
  const { change, theta, ...proof } = unlearn(model, edit, { onBlock });
  const seconds = (performance.now() - unlearning) / 1000;
  let retrained: UnlearnAnswer['retrained'] = null;
  if (question.verify) {
    progress.begin(0.5, 0.9, 'fitting from scratch', 20);
    const fitting = performance.now();
    const distance = measureDistance(model, edit, theta, onBlock);
    retrained = { ...distance, seconds: (performance.now() - fitting) / 1000 };
  }
  progress.begin(0.9, 1, 'validation');
  const measure = splits.validation.length === 0 ? undefined : createEditMeasure(model, splits, onBlock);
  try {
    const effect = measure?.measure(change, onBlock) ?? null;
    progress.finish();
    return {
      ...proof,
      theta: space === undefined ? theta : space.expand(theta),
      changeNorm: norm(change),
      ...edit,
      otherRows,
      validation: effect,
      seconds,
      retrained,
      trust: reportTrust(head.trust(), null),
    };
  } finally {
    measure?.dispose();
  }
}
