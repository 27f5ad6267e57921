import { formatPercent, formatPlural, formatRough, formatRoughPercent } from '../base/format';
import { rowsOfWeight } from '../base/weights';
import type { LabelBeliefs } from '../influence/measurements/measuredLabels';
import { describeCondition } from '../influence/trust/trustSentences';
import type { L2Choice } from '../l2/l2Types';
import type { HeadProblem } from '../models/headProblem';
import { rareClassRows } from '../ranking/reasons';
import type { LabelSignal } from '../ranking/suspicion/labelSignal';
import { explainNoSignal } from '../ranking/suspicion/labelSignal';
import { agreementOf, describeSeenLabels } from '../ranking/suspicion/predictionExpert';
import type { AuditInput, AuditResult, Rescaling } from './auditTypes';
import type { RowRoles } from './checkInput';
import type { MeasuredHeads } from './measureHeads';

/** An audit, all but its warnings. */
interface WarningInput extends HeadWarningInput {
  readonly result: Omit<AuditResult, 'warnings'>;
  readonly input: AuditInput;
}

/** What is known of any audit's head and of its rows. */
interface HeadWarningInput {
  readonly result: Pick<
    AuditResult,
    'head' | 'l2Choice' | 'effectiveDof' | 'neighbours' | 'expertsLeftOut' | 'beliefs'
  >;
  readonly roles: RowRoles;
  readonly heads: MeasuredHeads;
}

/** What a person should know before trusting the audit, in sentences. */
export function auditWarnings(audit: WarningInput): string[] {
  return [
    ...describeSignal(audit.result),
    ...describePredictions(audit),
    ...headWarnings(audit, describeClasses(audit)),
  ];
}

/** Those that do not depend on what the labels are; `ofLabels` come between them. */
export function headWarnings(audit: HeadWarningInput, ofLabels: readonly string[]): string[] {
  const { result, heads, roles } = audit;
  return [
    ...describeL2Choice(result.l2Choice, heads.search?.failed ?? []),
    ...describeRescaling(result.head.rescaling, heads.training.problem),
    ...describeCondition(result.head).map(({ text }) => text),
    ...ofLabels,
    ...describeValidation(roles),
    ...describeDoubts(result.beliefs, roles),
    ...describeInfluence(audit),
    ...describeRecall(result.neighbours),
    ...describeLeftOut(result.expertsLeftOut),
  ];
}

/** Predictions that were asked for by name are heard, whatever they look like. */
function describePredictions({ input: { predictions, labels, classes }, result }: WarningInput): string[] {
  if (predictions === undefined || !result.experts.some(({ name }) => name === 'predictions')) return [];
  const reason = describeSeenLabels(agreementOf(predictions, labels, classes), result.leaveOneOut.accuracy);
  return reason === null ? [] : [`The given predictions are heard although ${reason}.`];
}

function describeSignal({ signal, excessErrors }: WarningInput['result']): string[] {
  const warnings: string[] = [];
  if (!signal.found) warnings.push(describeNoSignal(signal));
  if (excessErrors !== null) {
    warnings.push(
      `By the noise model ${formatRoughPercent(excessErrors)} of the labels would be wrong: the features tell too little to tell errors from classes that overlap. ` +
        'Only the most suspicious tenth of the rows is listed, in an order that says more than the numbers.',
    );
  }
  return warnings;
}

/** `failed`: λ at which no head could be fitted. */
function describeL2Choice(choice: L2Choice | null, failed: readonly number[]): string[] {
  const warnings: string[] = [];
  if (choice?.onEdge === true) {
    const edge = choice.chosen <= choice.points[0].l2 ? 'lower' : 'upper';
    warnings.push(
      `The chosen λ = ${choice.chosen} lies on the ${edge} edge of the grid: the best value may lie beyond.`,
    );
  }
  if (failed.length > 0) {
    warnings.push(`No head could be fitted at λ = ${failed.join(', ')}; these values were left out of the choice.`);
  }
  if (choice?.sampledRows !== undefined) {
    warnings.push(
      `λ was searched on a sample of ${choice.sampledRows} labelled rows and compared on all of them at ` +
        `${choice.compared?.length ?? 0} values.`,
    );
  }
  return warnings;
}

function describeRescaling({ method, error }: Rescaling, { parameters }: HeadProblem): string[] {
  if (method === 'exact') return [];
  const large = `The head is too large for exact leverages (${parameters} parameters): they are estimates`;
  return [
    error === undefined
      ? `${large} of unknown error.`
      : `${large}, off by ${formatRoughPercent(error.median)} in the median and ${formatRoughPercent(error.worst)} at worst on ` +
        `${error.rows} rows checked. So are leave-one-out values, self-influences and the rescaling of effects.`,
  ];
}

/** What the classes lack. */
function describeClasses({ input: { labels }, heads }: WarningInput): string[] {
  const { classes, absentClasses } = heads.training.problem;
  const warnings: string[] = [];
  if (absentClasses.length > 0) {
    warnings.push(
      `${absentClasses.length} of ${classes} classes have no labelled training row: the head cannot predict them.`,
    );
  }
  const sizes = new Int32Array(classes);
  for (const label of labels) if (label >= 0) sizes[label]++;
  const rare = sizes.filter((size) => size > 0 && size <= rareClassRows).length;
  if (rare > 0) {
    warnings.push(
      `${rare} ${rare === 1 ? 'class has' : 'classes have'} at most ${rareClassRows} labelled rows; their rows look suspicious for want of company.`,
    );
  }
  return warnings;
}

function describeValidation({ validationRows }: RowRoles): string[] {
  return validationRows > 0 ? [] : ['There are no validation rows: effects on the validation loss are left empty.'];
}

/** Where little is left of the labels that are measured on, whichever way they are taken. */
function describeDoubts({ suspicion }: LabelBeliefs, { validation, test }: RowRoles): string[] {
  return Object.entries({ validation, test }).flatMap(([split, weights]) => {
    const rows = rowsOfWeight(weights);
    const believed = rows.reduce((sum, row) => sum + 1 - suspicion[row], 0);
    if (!(believed < 0.5 * rows.length)) return [];
    return [
      `The labels of the ${split} rows are doubted more than they are believed: ${formatPlural(rows.length, 'row counts', 'rows count')} ${formatRough(believed)} in all by 1 − suspicion. ` +
        `What is measured on them says little, however their labels are taken. Check these labels, or measure on others.`,
    ];
  });
}

/** How far leave-one-out and influence figures can be trusted. */
function describeInfluence({ result, roles, heads: { suspicion, training } }: HeadWarningInput): string[] {
  const warnings: string[] = [];
  if (result.effectiveDof > 0.5 * roles.trainRows) {
    warnings.push(
      `The head spends ${result.effectiveDof.toFixed(0)} effective parameters on ${roles.trainRows} training rows: ` +
        'leave-one-out and influence figures of single rows are rough.',
    );
  }
  const { unstableRows } = training.influence;
  if (unstableRows > 0) {
    warnings.push(
      `${unstableRows} rows determine their own prediction entirely: their leave-one-out cells are not to be trusted.`,
    );
  }
  if (training.fellBackToFloat64 || suspicion.fellBackToFloat64) {
    warnings.push('Single precision was not enough for these data: influence was computed in float64.');
  }
  return warnings;
}

function describeLeftOut(leftOut: AuditResult['expertsLeftOut']): string[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, reason } of leftOut) namesOf.set(reason, [...(namesOf.get(reason) ?? []), name]);
  return [...namesOf].map(([reason, names]) => {
    const who = names.length === 1 ? `The expert ${names[0]} was` : `The experts ${names.join(', ')} were`;
    return `${who} left out of the suspicion: ${reason}.`;
  });
}

function describeRecall(neighbours: AuditResult['neighbours']): string[] {
  if (neighbours === null || !(neighbours.recall < 0.95)) return [];
  return [`The approximate neighbour search found ${formatPercent(neighbours.recall, 0)} of the true neighbours.`];
}

/** That the scores are no better than the frequencies of the classes, and how that was found. */
function describeNoSignal(signal: LabelSignal): string {
  const { rows, meanLogProbability, meanLogFrequency, gain, standardError } = signal;
  const sign = gain < 0 ? '−' : '+';
  return (
    explainNoSignal(signal, 'the model is no better than chance') +
    `Out of sample it gives the given labels a mean log-probability of ${signed(meanLogProbability)}, the frequencies of the classes alone ` +
    `${signed(meanLogFrequency)} (difference ${sign}${Math.abs(gain).toFixed(4)}, standard error ${standardError.toFixed(4)}, ${rows} rows).`
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(4)}`;
}
