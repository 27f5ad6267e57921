import { checkAuditInput } from '../audit/checkInput';
import type { OpenHead } from '../head/openHead';
import { openHead } from '../head/openHead';
import { solveHessian } from '../influence/fittedModel';
import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import type { EditMeasure } from '../influence/removal/editMeasure';
import { createEditMeasure } from '../influence/removal/editMeasure';
import type { JobContext } from '../job/jobContext';
import type { AuditSessionInput } from './sessionTypes';

/** What the answers of a session are made from. */
export interface SessionModel extends OpenHead {
  readonly input: AuditSessionInput;
  /** undefined: there are no validation rows. */
  readonly measure: EditMeasure | undefined;
  /** H⁻¹ of the gradient of the mean validation loss; undefined without validation rows. */
  readonly validationDirection: Float64Array | undefined;
  /** Asked in every pass; throws CancelledError. */
  readonly onBlock: () => void;
}

/** Rebuilds the factor of H at θ̂: see `openAuditSession`. */
export function openSessionModel(input: AuditSessionInput, context: JobContext): SessionModel {
  const onBlock = (): void => context.signal.throwIfCancelled();
  checkAuditInput(input, onBlock);
  const head = openHead(input, context);
  try {
    return measureOn(head, { input, onBlock });
  } catch (error) {
    head.dispose();
    throw error;
  }
}

/**
 * The same head measured by other beliefs about the labels; of the session before, `measure` is not to be used any
 * more. A pass over the validation rows and a solve.
 */
export function believeAnew(session: SessionModel, beliefs: LabelBeliefs): SessionModel {
  const next = measureOn({ ...session, splits: { ...session.splits, beliefs } }, session);
  session.measure?.dispose();
  return next;
}

function measureOn(head: OpenHead, { input, onBlock }: Pick<SessionModel, 'input' | 'onBlock'>): SessionModel {
  const { model, splits } = head;
  const measure = splits.validation.length === 0 ? undefined : createEditMeasure(model, splits, onBlock);
  try {
    const validationDirection = measure && solveHessian(model, measure.gradient, onBlock);
    return { ...head, input, measure, validationDirection, onBlock };
  } catch (error) {
    measure?.dispose();
    throw error;
  }
}
