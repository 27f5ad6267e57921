import { checkAuditInput } from '../audit/checkInput';
import type { OpenHead } from '../head/openHead';
import { openHead } from '../head/openHead';
import { solveHessian } from '../influence/fittedModel';
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
  let measure: EditMeasure | undefined;
  const dispose = (): void => {
    measure?.dispose();
    head.dispose();
  };
  try {
    if (head.splits.validation.length > 0) measure = createEditMeasure(head.model, head.splits, onBlock);
    const validationDirection = measure && solveHessian(head.model, measure.gradient, onBlock);
    return { ...head, input, measure, validationDirection, onBlock, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
