import { rowsOfWeight } from '../base/weights';
import type { FittedModel } from '../influence/fittedModel';
import { valueOfSet } from '../influence/measurements/effectsOnSet';
import type { MeasuredLabels } from '../influence/measurements/measuredLabels';
import { readLabels } from '../influence/measurements/measuredLabels';
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
  const given = { labels: input.labels };
  const summaryOf = (logits: Float64Array, weights: Float64Array): SplitSummary =>
    summarizeSplit(problem, logits, rowsOfWeight(weights), given);
  const { logits } = fit.state;
  const way = ranking.validationLabels;
  const taken = readLabels(input.labels, ranking.beliefs, way);
  const measuredOn = (weights: Float64Array): SplitSummary | null => {
    const rows = rowsOfWeight(weights);
    if (rows.length === 0) return null;
    const summary = summarizeSplit(problem, logits, rows, taken);
    if (way === 'given') return summary;
    const { meanLoss, accuracy } = summarizeSplit(problem, logits, rows, given);
    return { ...summary, given: { meanLoss, accuracy } };
  };
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
    validation: measuredOn(roles.validation),
    test: measuredOn(roles.test),
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

/** Mean loss and accuracy over the rows under n×K logits. */
function summarizeSplit(
  problem: HeadProblem,
  logits: Float64Array,
  rows: Int32Array,
  labels: MeasuredLabels,
): SplitSummary {
  const { meanLoss, accuracy } = valueOfSet({ problem, logits }, labels, rows);
  return { rows: rows.length, meanLoss, accuracy };
}
