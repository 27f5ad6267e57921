import { percent } from '../influence/leverage/kroneckerForms';
import { describeCondition } from '../influence/trust/trustSentences';
import type { HeadProblem } from '../models/headProblem';
import type { LabelSignal } from '../ranking/labelSignal';
import { rareClassRows } from '../ranking/reasons';
import type { AuditInput, AuditResult } from './auditTypes';
import type { RowRoles } from './checkInput';

export interface WarningInput {
  readonly result: Omit<AuditResult, 'warnings'>;
  readonly input: AuditInput;
  readonly roles: RowRoles;
  readonly problem: HeadProblem;
  readonly failedL2: readonly number[];
  readonly unstableRows: number;
  readonly fellBackToFloat64: boolean;
}

/** What a person should know before trusting the audit, in sentences. */
export function auditWarnings(context: WarningInput): string[] {
  const { result, input, roles, problem } = context;
  const warnings: string[] = [];
  if (!result.signal.found) warnings.push(describeNoSignal(result.signal));
  if (result.excessErrors !== null) {
    warnings.push(
      `By the noise model ${percent(result.excessErrors)} of the labels would be wrong: the features tell too little to tell errors from classes that overlap. ` +
        'Only the most suspicious tenth of the training rows is listed, in an order that says more than the numbers.',
    );
  }
  const choice = result.l2Choice;
  if (choice?.onEdge === true) {
    const smallest = choice.chosen === choice.points[0].l2;
    warnings.push(
      `The chosen λ = ${choice.chosen} lies on the ${smallest ? 'lower' : 'upper'} edge of the grid: the best value may lie beyond.`,
    );
  }
  if (context.failedL2.length > 0) {
    warnings.push(
      `No head could be fitted at λ = ${context.failedL2.join(', ')}; these values were left out of the choice.`,
    );
  }
  if (choice?.sampledRows !== undefined) {
    warnings.push(
      `λ was searched on a sample of ${choice.sampledRows} training rows and compared on all of them at ` +
        `${choice.confirmed?.length ?? 0} values.`,
    );
  }
  if (choice?.method === 'estimated') {
    warnings.push('λ was chosen by estimated leave-one-out losses: the head is too large for exact ones.');
  }
  const { rescaling } = result.head;
  if (rescaling.method !== 'exact') {
    warnings.push(
      rescaling.error === undefined
        ? `The head is too large for exact leverages (${problem.parameters} parameters): they are estimates of unknown error.`
        : `The head is too large for exact leverages (${problem.parameters} parameters): they are estimates, off by ` +
            `${percent(rescaling.error.median)} in the median and ${percent(rescaling.error.worst)} at worst on ` +
            `${rescaling.error.rows} rows checked. So are leave-one-out values, self-influences and the rescaling of effects.`,
    );
  }
  warnings.push(...describeCondition(result.head).map(({ text }) => text));
  if (problem.absentClasses.length > 0) {
    warnings.push(
      `${problem.absentClasses.length} of ${problem.classes} classes have no labelled training row: the head cannot predict them.`,
    );
  }
  const sizes = new Int32Array(problem.classes);
  for (let i = 0; i < input.labels.length; i++) if (roles.train[i] !== 0) sizes[input.labels[i]]++;
  const rare = sizes.filter((size) => size > 0 && size <= rareClassRows).length;
  if (rare > 0) {
    warnings.push(
      `${rare} ${rare === 1 ? 'class has' : 'classes have'} at most ${rareClassRows} training rows; their rows look suspicious for want of company.`,
    );
  }
  if (roles.validationRows === 0) {
    warnings.push('There are no validation rows: effects on the validation loss are left empty.');
  }
  if (result.effectiveDof > 0.5 * roles.trainRows) {
    warnings.push(
      `The head spends ${result.effectiveDof.toFixed(0)} effective parameters on ${roles.trainRows} training rows: ` +
        'leave-one-out and influence figures of single rows are rough.',
    );
  }
  if (context.unstableRows > 0) {
    warnings.push(
      `${context.unstableRows} rows determine their own prediction entirely: their leave-one-out cells are not to be trusted.`,
    );
  }
  if (context.fellBackToFloat64) {
    warnings.push('Single precision was not enough for these data: influence was computed in float64.');
  }
  if (result.neighbours !== null && result.neighbours.recall < 0.95) {
    warnings.push(
      `The approximate neighbour search found ${(100 * result.neighbours.recall).toFixed(0)} % of the true neighbours.`,
    );
  }
  return warnings;
}

/** That the scores are no better than the frequencies of the classes, and how that was found. */
function describeNoSignal({ rows, meanLogProbability, meanLogFrequency, gain, standardError }: LabelSignal): string {
  const sign = gain < 0 ? '−' : '+';
  return (
    'The features say nothing about these labels: the model is no better than chance, and no row is listed by its suspicion. ' +
    `Out of sample it gives the given labels a mean log-probability of ${signed(meanLogProbability)}, the frequencies of the classes alone ` +
    `${signed(meanLogFrequency)} (difference ${sign}${Math.abs(gain).toFixed(4)}, standard error ${standardError.toFixed(4)}, ${rows} rows).`
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(4)}`;
}
