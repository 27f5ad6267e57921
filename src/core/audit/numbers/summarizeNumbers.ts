import { rowsOfWeight } from '../../base/weights';
import { valueOfSet } from '../../influence/measurements/effectsOnSet';
import type { MeasuredLabels } from '../../influence/measurements/measuredLabels';
import { readLabels, totalWeight } from '../../influence/measurements/measuredLabels';
import type { HeadProblem } from '../../models/headProblem';
import type { LabelSignal } from '../../ranking/suspicion/labelSignal';
import { explainNoSignal } from '../../ranking/suspicion/labelSignal';
import type { RowRoles } from '../checkInput';
import type { MeasuredHeads } from '../measureHeads';
import { describeHead, summarizeLeverage } from '../summarizeAudit';
import { headWarnings } from '../warnings';
import type { NumbersInput, NumbersResult, NumbersSplit } from './numbersTypes';
import type { rankNumbers } from './rankNumbers';

/** The result of an audit of numeric labels: its columns, the head, and what sums them up. O(n). */
export function summarizeNumbers(
  { labels }: NumbersInput,
  roles: RowRoles,
  heads: MeasuredHeads,
  ranking: ReturnType<typeof rankNumbers>,
): NumbersResult {
  const { search, training: head } = heads;
  const { problem, fit, influence } = head;
  const { columns, ...ranked } = ranking;
  const { loss, looLoss, leverage, selfInfluenceIf, selfInfluenceRif } = head.columns;
  const given = { labels };
  const summaryOf = (logits: Float64Array, weights: Float64Array): NumbersSplit =>
    summarizeSplit(problem, logits, rowsOfWeight(weights), given);
  const { logits } = fit.state;
  const way = ranking.validationLabels;
  const taken = readLabels(labels, ranking.beliefs, way);
  const measuredOn = (weights: Float64Array): NumbersSplit | null => {
    const rows = rowsOfWeight(weights);
    if (rows.length === 0) return null;
    const summary = summarizeSplit(problem, logits, rows, taken);
    if (way === 'given') return summary;
    const { meanLoss, rSquared } = summarizeSplit(problem, logits, rows, given);
    return { ...summary, given: { meanLoss, rSquared } };
  };
  const result: Omit<NumbersResult, 'warnings'> = {
    columns: { loss, looLoss, leverage, selfInfluenceIf, selfInfluenceRif, ...columns },
    head: describeHead(head),
    l2Choice: search?.choice ?? null,
    ...ranked,
    ...summarizeLeverage(influence.leverage),
    train: summaryOf(logits, roles.train),
    leaveOneOut: summaryOf(influence.outOfSampleLogits, roles.train),
    validation: measuredOn(roles.validation),
    test: measuredOn(roles.test),
    unlabelledRows: roles.unlabelledRows,
  };
  return { ...result, warnings: [...describeSignal(result.signal), ...headWarnings({ result, roles, heads }, [])] };
}

/** Mean loss and R² over the rows, their labels weighed as they are taken. */
function summarizeSplit(
  problem: HeadProblem,
  logits: Float64Array,
  rows: Int32Array,
  taken: MeasuredLabels,
): NumbersSplit {
  const { meanLoss } = valueOfSet({ problem, logits }, taken, rows);
  const total = totalWeight(taken, rows);
  const { labels, weights, second } = taken;
  let sum = 0;
  for (const row of rows) {
    sum += (weights?.[row] ?? 1) * labels[row];
    if (second !== undefined && second.weights[row] > 0) sum += second.weights[row] * second.labels[row];
  }
  const mean = new Float64Array(logits.length).fill(sum / total);
  const around = valueOfSet({ problem, logits: mean }, taken, rows).meanLoss;
  return { rows: rows.length, meanLoss, rSquared: around > 0 ? 1 - meanLoss / around : Number.NaN };
}

function describeSignal(signal: LabelSignal): string[] {
  if (signal.found) return [];
  const { gain, standardError, rows } = signal;
  const sign = gain < 0 ? '−' : '+';
  return [
    explainNoSignal(signal, 'the experts are no better than the mean') +
      `Out of sample they change the log-density of a label by ${sign}${Math.abs(gain).toFixed(4)} on average (standard error ${standardError.toFixed(4)}, ${rows} rows). ` +
      'The order of the rows is then little more than how far their labels lie from most others.',
  ];
}
