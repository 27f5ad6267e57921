import { openingShare } from '../../head/openingShare';
import type { JobContext } from '../../job/jobContext';
import { StageProgress } from '../../job/stageProgress';
import { soughtNeighbours } from '../../ranking/numbers/numberExperts';
import { isNeighbours } from '../../ranking/suspicion/experts';
import { beginNeighbours } from '../auditNeighbours';
import { checkAuditInput } from '../checkInput';
import { measureHeads } from '../measureHeads';
import { chooseExperts } from './askExperts';
import type { NumbersInput, NumbersResult } from './numbersTypes';
import { rankNumbers } from './rankNumbers';
import { summarizeNumbers } from './summarizeNumbers';

/**
 * One audit of numeric labels over a feature matrix, in the stages of `auditFeatures`: λ, fit and influence of a ridge
 * head (on the training rows as they are), neighbours, ranking. Synchronous; progress and cancellation through the
 * context. Deterministic for a given input and backend: `seed` draws nothing but the way of an approximate neighbour
 * search. Memory as `auditFeatures`.
 * @throws InputError, NumericalError, CancelledError
 */
export function auditNumbers(input: NumbersInput, context: JobContext): NumbersResult {
  const lambda = new StageProgress('lambda', context);
  lambda.begin(0, openingShare(input.features, 1, input.l2));
  const roles = checkAuditInput({ ...input, classes: 0 }, lambda.onBlock);
  const judged = Float64Array.from(input.labels, (label) => (Number.isNaN(label) ? 0 : 1));
  const chosen = chooseExperts(input, judged);
  const neighbours = chosen.names.some(isNeighbours) ? beginNeighbours(input, roles, context, soughtNeighbours) : null;
  try {
    const { l2Range, rowSpace } = input.options ?? {};
    const options = { ...(l2Range && { l2Range }), ...(rowSpace === undefined ? {} : { rowSpace }) };
    // The expert fits a ridge of its own: of heads only that of the training rows is wanted.
    const training = { ...roles, weights: roles.train, validationRows: 0, testRows: 0 };
    const heads = measureHeads({ ...input, classes: 0, head: 'ridge', options }, training, lambda, context);
    const ranking = rankNumbers(input, judged, chosen, { head: heads.training, roles }, neighbours, context);
    return summarizeNumbers(input, roles, heads, ranking);
  } finally {
    neighbours?.stop();
  }
}
