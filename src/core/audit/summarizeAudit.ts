import { indexOfLargest } from '../base/vectors';
import type { FittedModel } from '../influence/fittedModel';
import { fillClassProbabilities } from '../influence/rows/rowSolver';
import { lossOfRow } from '../models/evaluateHead';
import type { HeadProblem } from '../models/headProblem';
import { forestSeed, forestTrees, isForest } from '../ranking/forest/forestExpert';
import { highLeverageThreshold } from '../ranking/reasons';
import type { AuditInput, AuditResult, FittedHead, Rescaling, SplitSummary } from './auditTypes';
import type { RowRoles } from './checkInput';
import type { MeasuredHead, MeasuredHeads } from './measureHeads';
import type { RankedAudit } from './rankAudit';
import { auditWarnings } from './warnings';

/** The result of an audit: its columns, the head, and what sums them up. O(n·K). */
export function summarizeAudit(
  input: AuditInput,
  roles: RowRoles,
  heads: MeasuredHeads,
  ranking: RankedAudit,
): AuditResult {
  const { search, training: head } = heads;
  const { problem, fit, influence } = head;
  const { columns, judgement, ...ranked } = ranking;
  const summaryOf = (logits: Float64Array, weights: Float64Array): SplitSummary =>
    summarizeSplit(problem, logits, weights, input.labels);
  const { logits } = fit.state;
  const result: Omit<AuditResult, 'warnings'> = {
    columns: { ...head.columns, ...columns },
    classProbabilities: judgement.probabilities,
    head: describeHead(head),
    l2Choice: search?.choice ?? null,
    ...ranked,
    experts: judgement.experts,
    expertsLeftOut: judgement.leftOut,
    rounds: judgement.rounds,
    rowsSetAside: judgement.rowsSetAside,
    forests: judgement.experts.some(({ name }) => isForest(name)) ? { trees: forestTrees, seed: forestSeed } : null,
    ...summarizeLeverage(influence.leverage),
    train: summaryOf(logits, roles.train),
    leaveOneOut: summaryOf(influence.outOfSampleLogits, roles.train),
    validation: roles.validationRows === 0 ? null : summaryOf(logits, roles.validation),
    test: roles.testRows === 0 ? null : summaryOf(logits, roles.test),
    unlabelledRows: roles.unlabelledRows,
  };
  return { ...result, warnings: auditWarnings({ result, input, roles, heads }) };
}

export function describeHead({ problem, model, fit, theta }: MeasuredHead): FittedHead {
  return {
    kind: problem.kind,
    theta,
    l2: problem.l2,
    gradientNorm: fit.state.gradientNorm,
    relativeGradientNorm: fit.relativeGradientNorm,
    iterations: fit.passes ?? fit.newtonSteps,
    conditionEstimate: model.conditionEstimate,
    precision: model.linalg.precision,
    rescaling: rescalingOf(model),
  };
}

function rescalingOf({ forms, inverse }: FittedModel): Rescaling {
  const { method, description, error } = forms;
  return {
    method,
    description,
    solver: inverse.description,
    ...(error === undefined ? {} : { error: { rows: error.rows, median: error.median, worst: error.worst } }),
  };
}

/** Over the training rows, which have one; NaN = the row has none. */
export function summarizeLeverage(
  leverage: Float64Array,
): Pick<AuditResult, 'effectiveDof' | 'maxLeverage' | 'highLeverageRows'> {
  let effectiveDof = 0;
  let maxLeverage = 0;
  let highLeverageRows = 0;
  for (const value of leverage) {
    if (Number.isNaN(value)) continue;
    effectiveDof += value;
    if (value > maxLeverage) maxLeverage = value;
    if (value > highLeverageThreshold) highLeverageRows++;
  }
  return { effectiveDof, maxLeverage, highLeverageRows };
}

/** Mean loss and accuracy over the rows with weight under n×K logits. */
function summarizeSplit(
  problem: HeadProblem,
  logits: Float64Array,
  weights: Float64Array,
  labels: Int32Array,
): SplitSummary {
  const probabilities = new Float64Array(problem.classes);
  let rows = 0;
  let loss = 0;
  let right = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    rows++;
    loss += lossOfRow(problem, logits, i);
    fillClassProbabilities(problem, logits, i * problem.outputs, probabilities, 0);
    if (indexOfLargest(probabilities, 0, problem.classes) === labels[i]) right++;
  }
  return { rows, meanLoss: loss / rows, accuracy: right / rows };
}
