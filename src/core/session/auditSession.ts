import { answerExplanation, answerFlip, answerSubset } from '../head/headQuestions';
import { requireRow } from '../influence/removal/removedRows';
import { reportTrust } from '../influence/trust/trustReport';
import type { JobContext } from '../job/jobContext';
import { explainRow } from './explainRow';
import { SessionEffects } from './sessionEffects';
import { believeAnew, openSessionModel } from './sessionModel';
import type { AuditSession, AuditSessionInput } from './sessionTypes';

/**
 * Rebuilds the factor of H at θ̂ (one Hessian, one factorisation, one inverse) and answers questions from it. Reports
 * the stage `influence`; `context.signal` is asked in every pass. Memory: 4p² numbers, n·K logits and a copy of the
 * validation rows while they are few; after the first question about sets or predictions n·(K + 1) more.
 * @throws InputError, NumericalError, CancelledError
 */
export function openAuditSession(input: AuditSessionInput, context: JobContext): AuditSession {
  let session = openSessionModel(input, context);
  const { model, onBlock } = session;
  let effects = new SessionEffects(session);
  return {
    parameters: model.problem.outputs * input.features.columns,
    estimateRemovalEffect: (request) => effects.estimateRemovalEffect(request),
    estimateRelabelEffect: (request) => effects.estimateRelabelEffect(request),
    estimateEditShift: (request) => effects.estimateEditShift(request),
    findPulledRows: (request) => effects.findPulledRows(request),
    retrainWithout: (request) => effects.retrainWithout(request),
    findInfluentialSubset: (request) => answerSubset(session, request, { onBlock }),
    findSmallestFlip: (request) => answerFlip(session, request, { onBlock }),
    explainPrediction: (request) => answerExplanation(session, request, { onBlock }),
    unlearn: (request) => effects.unlearn(request),
    believe: (beliefs) => {
      session = believeAnew(session, beliefs);
      effects = new SessionEffects(session);
      return null;
    },
    reportTrust: () => {
      if (session.trust().effectiveDof === null) session.rowInfluence(onBlock);
      return reportTrust(session.trust(), null);
    },
    explainRow: ({ row, suggestedLabel, neighbours = 5 }) => {
      requireRow(model.problem, row);
      return explainRow(
        { model, features: input.features, validationDirection: session.validationDirection },
        { row, suggestedLabel, neighbours, onBlock },
      );
    },
    dispose: () => {
      session.measure?.dispose();
      session.dispose();
    },
  };
}
