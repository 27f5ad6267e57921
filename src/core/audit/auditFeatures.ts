import { InputError } from '../base/errors';
import { openingShare } from '../head/openingShare';
import type { JobContext } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import { headKindFor, outputsOf } from '../models/headKind';
import { checkForestFeatures, isForest } from '../ranking/forest/forestExpert';
import { chooseExperts, expertNames } from '../ranking/suspicion/expertNames';
import { isNeighbours } from '../ranking/suspicion/experts';
import { type AuditForests, beginForests } from './auditForests';
import { beginNeighbours } from './auditNeighbours';
import type { AuditInput, AuditResult } from './auditTypes';
import { checkAuditInput } from './checkInput';
import { measureHeads } from './measureHeads';
import { rankAudit } from './rankAudit';
import { summarizeAudit } from './summarizeAudit';

/**
 * One audit over a feature matrix: λ, fit, influence, neighbours, ranking. Synchronous; progress and cancellation
 * through the context. Deterministic for a given input, seed and backend. Memory beyond the input: about 8n·(20 + 6K +
 * 3k) bytes and 4p² numbers; for heads too large for that (headSize.ts) 6d² numbers and 64 MiB at a time of the
 * leverages' forms.
 * @throws InputError, NumericalError, CancelledError
 */
export function auditFeatures(input: AuditInput, context: JobContext): AuditResult {
  const { features, unpenalised, predictions, options = {} } = input;
  const experts = chooseExperts(
    options.experts ?? 'auto',
    features.columns - unpenalised.length,
    predictions !== undefined,
  );
  if (experts.length === 0) {
    throw new InputError(`The suspicion ranking needs at least one expert of ${expertNames.join(', ')}.`);
  }
  if (predictions === undefined && experts.includes('predictions')) {
    throw new InputError(
      'The expert predictions was asked for, and no column holds predicted probabilities. Give such columns the role “probability”, or leave the expert out.',
    );
  }
  if (experts.some(isForest)) checkForestFeatures(features, unpenalised);
  const lambda = new StageProgress('lambda', context);
  const kind = input.head ?? headKindFor(input.classes);
  lambda.begin(0, openingShare(features, outputsOf(kind, input.classes), input.l2));
  const roles = checkAuditInput(input, lambda.onBlock);
  const neighbours = experts.some(isNeighbours) ? beginNeighbours(input, roles, context) : null;
  let forests: AuditForests | null = null;
  try {
    forests = beginForests(input, experts.filter(isForest), roles.labelled, context, lambda.onBlock);
    const heads = measureHeads(input, roles, lambda, context);
    const ranking = rankAudit(input, roles, heads, { experts, neighbours, forests }, context);
    return summarizeAudit(input, roles, heads, ranking);
  } finally {
    neighbours?.stop();
    forests?.stop();
  }
}
