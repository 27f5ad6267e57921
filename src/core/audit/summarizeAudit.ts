import type { FittedModel } from '../influence/fittedModel';
import { valueOfSet } from '../influence/measurements/effectsOnSet';
import { forestSeed, forestTrees, isForest } from '../ranking/forest/forestExpert';
import { highLeverageThreshold } from '../ranking/reasons';
import type { AuditInput, AuditResult, FittedHead, Rescaling } from './auditTypes';
import type { RowRoles } from './checkInput';
import type { MeasuredHead, MeasuredHeads } from './measureHeads';
import type { RankedAudit } from './rankAudit';
import { summarizeSplits } from './summarizeSplits';
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
  const { beliefs, validationLabels } = ranking;
  const logits = { fitted: fit.state.logits, leftOut: influence.outOfSampleLogits };
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
    ...summarizeSplits({ ...input, beliefs, validationLabels }, roles, logits, (at, rows, labels) =>
      valueOfSet({ problem, logits: at }, labels, rows),
    ),
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
