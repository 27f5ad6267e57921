import { lossOfLogits } from '../../models/evaluateHead';
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
  const { loss, looLoss, leverage, selfInfluenceIf, selfInfluenceRif, valLossIf, valLossRif } = head.columns;
  const summaryOf = (logits: Float64Array, weights: Float64Array): NumbersSplit =>
    summarizeSplit(problem, logits, weights, labels);
  const { logits } = fit.state;
  const result: Omit<NumbersResult, 'warnings'> = {
    columns: { loss, looLoss, leverage, selfInfluenceIf, selfInfluenceRif, valLossIf, valLossRif, ...columns },
    head: describeHead(head),
    l2Choice: search?.choice ?? null,
    ...ranked,
    ...summarizeLeverage(influence.leverage),
    train: summaryOf(logits, roles.train),
    leaveOneOut: summaryOf(influence.outOfSampleLogits, roles.train),
    validation: roles.validationRows === 0 ? null : summaryOf(logits, roles.validation),
    test: roles.testRows === 0 ? null : summaryOf(logits, roles.test),
    unlabelledRows: roles.unlabelledRows,
  };
  return { ...result, warnings: [...describeSignal(result.signal), ...headWarnings({ result, roles, heads }, [])] };
}

/** Mean loss and R² over the rows with weight. */
function summarizeSplit(
  problem: HeadProblem,
  logits: Float64Array,
  weights: Float64Array,
  labels: Float64Array,
): NumbersSplit {
  let rows = 0;
  let loss = 0;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    rows++;
    loss += lossOfLogits(problem, logits, i, labels[i]);
    sum += labels[i];
  }
  const mean = sum / rows;
  let squares = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) squares += (labels[i] - mean) ** 2;
  return { rows, meanLoss: loss / rows, rSquared: squares > 0 ? 1 - (2 * loss) / squares : Number.NaN };
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
