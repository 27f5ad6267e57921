import { valueOfSet } from '../../influence/measurements/effectsOnSet';
import type { MeasuredLabels } from '../../influence/measurements/measuredLabels';
import { totalWeight } from '../../influence/measurements/measuredLabels';
import type { HeadProblem } from '../../models/headProblem';
import type { LabelSignal } from '../../ranking/suspicion/labelSignal';
import { explainNoSignal } from '../../ranking/suspicion/labelSignal';
import type { RowRoles } from '../checkInput';
import type { MeasuredHeads } from '../measureHeads';
import { describeHead, summarizeLeverage } from '../summarizeAudit';
import { summarizeSplits } from '../summarizeSplits';
import { headWarnings } from '../warnings';
import type { NumbersInput, NumbersResult, NumbersSplit } from './numbersTypes';
import type { rankNumbers } from './rankNumbers';

/** The result of an audit of numeric labels: its columns, the head, and what sums them up. O(n). */
export function summarizeNumbers(
  { labels, rowWeights }: NumbersInput,
  roles: RowRoles,
  heads: MeasuredHeads,
  ranking: ReturnType<typeof rankNumbers>,
): NumbersResult {
  const { search, training: head } = heads;
  const { problem, fit, influence } = head;
  const { columns, ...ranked } = ranking;
  const { loss, looLoss, leverage, selfInfluenceIf, selfInfluenceRif } = head.columns;
  const { beliefs, validationLabels } = ranking;
  const logits = { fitted: fit.state.logits, leftOut: influence.outOfSampleLogits };
  const result: Omit<NumbersResult, 'warnings'> = {
    columns: { loss, looLoss, leverage, selfInfluenceIf, selfInfluenceRif, ...columns },
    head: describeHead(head),
    l2Choice: search?.choice ?? null,
    ...ranked,
    ...summarizeLeverage(influence.leverage),
    ...summarizeSplits({ labels, rowWeights, beliefs, validationLabels }, roles, logits, (at, rows, taken) =>
      figuresOf(problem, at, rows, taken),
    ),
    unlabelledRows: roles.unlabelledRows,
  };
  return { ...result, warnings: [...describeSignal(result.signal), ...headWarnings({ result, roles, heads }, [])] };
}

/** Mean loss and R² over the rows, their labels weighed as they are taken. */
function figuresOf(
  problem: HeadProblem,
  logits: Float64Array,
  rows: Int32Array,
  taken: MeasuredLabels,
): NonNullable<NumbersSplit['given']> {
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
  return { meanLoss, rSquared: around > 0 ? 1 - meanLoss / around : Number.NaN };
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
