import { InputError } from '../base/errors';
import { selectTrainingRows } from '../influence/removal/removedRows';
import type { PredictionExplanation } from '../influence/subsets/explainPrediction';
import { explainPrediction } from '../influence/subsets/explainPrediction';
import type { InfluentialSubset } from '../influence/subsets/influentialSubset';
import { findInfluentialSubset } from '../influence/subsets/influentialSubset';
import { measurementTarget } from '../influence/subsets/setTarget';
import type { SmallestFlip } from '../influence/subsets/smallestFlip';
import { findSmallestFlip } from '../influence/subsets/smallestFlip';
import type { SessionModel } from './sessionModel';
import { requireRow } from './sessionRows';
import type { ExplainPredictionRequest, FlipRequest, SubsetRequest } from './sessionTypes';

/** The answer to `findInfluentialSubset`. */
export function answerSubset(session: SessionModel, request: SubsetRequest): InfluentialSubset {
  const { model, splits, measure, onBlock } = session;
  const { measurement = { kind: 'meanLoss', rows: 'validation' }, candidates, ...rest } = request;
  if (request.measurement === undefined && measure === undefined) {
    throw new InputError(
      'There are no validation rows to measure on. Name another measurement, such as the loss of a row.',
    );
  }
  const target = measurementTarget(model, measurement, splits, onBlock);
  try {
    const { rifCoefficients } = session.rowInfluence(onBlock);
    return findInfluentialSubset(model, target, {
      ...rest,
      method: request.method ?? (model.exact === undefined ? 'rif' : 'adaptive'),
      candidates: candidates && selectTrainingRows(model.problem, candidates).train,
      rifCoefficients,
      trust: session.trust(),
      onBlock,
    });
  } finally {
    target.dispose();
  }
}

/** The answer to `findSmallestFlip`. */
export function answerFlip(session: SessionModel, request: FlipRequest): SmallestFlip {
  const { model, onBlock } = session;
  requireRow(session, request.row);
  const { rifCoefficients } = session.rowInfluence(onBlock);
  const ranking = request.ranking ?? (model.exact === undefined ? 'rif' : 'adaptive');
  return findSmallestFlip(model, { ...request, ranking, rifCoefficients, trust: session.trust(), onBlock });
}

/** The answer to `explainPrediction`. */
export function answerExplanation(session: SessionModel, request: ExplainPredictionRequest): PredictionExplanation {
  const { model, onBlock } = session;
  requireRow(session, request.row);
  const { rifCoefficients } = session.rowInfluence(onBlock);
  return explainPrediction(model, { ...request, rifCoefficients, trust: session.trust(), onBlock });
}
