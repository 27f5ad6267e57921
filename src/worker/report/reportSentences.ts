import type { AuditSummary } from '../../contract/audit';
import { formatCount, formatPercent, formatPlural, formatRough } from '../../core/base/format';
import { listed } from '../../core/base/listed';
import { visibleText } from '../../core/base/visibleText';
import { describeVerdict } from '../../core/review/verdict';
import { wilsonInterval } from '../../core/review/wilson';
import type { ReportFacts } from './reportFacts';

/** Beyond this RIF's and the Newton step's estimates are off by more than people take for the same figure. */
const largeError = 0.25;

/** “1 picture”, “2 pictures”. */
export function countRows(count: number, { rowKind }: Pick<ReportFacts, 'rowKind'>): string {
  return formatPlural(count, rowKind);
}

/** What was found, in one line. */
export function titleOf(facts: ReportFacts): string {
  const { name, progress, suspects, decided, pending } = facts;
  const rows = formatCount(facts.file.rows);
  const labels = facts.file.rows === 1 ? 'label' : 'labels';
  if (progress.decided > 0) {
    const wrong = decided.removed + decided.relabelled;
    const verb = wrong === 1 || facts.file.rows === 1 ? 'was' : 'were';
    const which = `${wrong === 0 ? 'none' : formatCount(wrong)} of ${rows} ${labels}`;
    return pending === 0 ? `${name}: ${which} ${verb} wrong` : `${name}: ${which} found wrong so far`;
  }
  if (suspects === 0) return `${name}: no label of ${rows} looks wrong`;
  return `${name}: ${formatCount(suspects)} of ${rows} ${labels} ${suspects === 1 ? 'looks' : 'look'} wrong`;
}

/** What it means, as a person would say it first: the verdict where there is one, and how far the review has come. */
export function leadOf(facts: ReportFacts): { readonly text: string; readonly conclusion: string } {
  const { proof, decided, pending, progress } = facts;
  const review =
    progress.decided === 0
      ? 'Nobody has decided about them yet.'
      : `${formatCount(progress.decided)} inspected: ${formatCount(decided.relabelled)} relabelled, ${formatCount(decided.removed)} removed, ${formatCount(decided.kept)} kept; ${pending === 0 ? 'no suspect is left' : `${formatPlural(pending, 'suspect')} left`}.`;
  if (proof === null)
    return { text: `${review} What a change would do to the model has not been measured.`, conclusion: '' };
  const [shown] = proof.measurements;
  const those = proof.rowCount === 1 ? 'that row' : `those ${formatCount(proof.rowCount)} rows`;
  const called = facts.proved === 'removed' ? those : provedRows(facts);
  const verdict = describeVerdict({ ...shown, rowCount: proof.rowCount, called });
  const text = [review, verdict.measured, verdict.against].filter(Boolean).join(' ');
  return { text, conclusion: verdict.conclusion };
}

/** “the 11 rows decided to be removed”: what a verification was about. */
export function provedRows({ proof, proved }: Pick<ReportFacts, 'proof' | 'proved'>): string {
  const count = proof?.rowCount ?? 0;
  if (proved === 'others') return `${formatPlural(count, 'row')} chosen by hand`;
  const rows = count === 1 ? 'row' : `${formatCount(count)} rows`;
  if (proved === 'removed') return `the ${rows} decided to be removed`;
  return `the ${rows.replace(/rows?$/, 'most suspicious $&')}`;
}

/** How the audit was done, in sentences. */
export function methodOf(facts: ReportFacts): string[] {
  const { audit, columns, file, validationFile } = facts;
  const { head, train, validation, test, settings } = audit;
  const used = columns.filter(({ role }) => role === 'feature');
  const ignored = columns.filter(({ role }) => role === 'ignore').length;
  const label = audit.labelling?.column ?? columns.find(({ role }) => role === 'label')?.name ?? '';
  const held = [
    validation === null ? '' : `${formatCount(validation.rows)} validated it`,
    test === null ? '' : `${formatCount(test.rows)} were held back as a test`,
  ].filter(Boolean);
  const inputs = columnsInWords(
    facts,
    used.map(({ name }) => name),
  );
  return [
    `${countRows(train.rows, facts)} trained the model${held.length === 0 ? '' : `, ${held.join(', ')}`}${
      validationFile === null ? '' : ` (from ${shown(validationFile.name)})`
    }${audit.unlabelled === 0 ? '' : `; ${formatCount(audit.unlabelled)} have no label`}.`,
    `The label is ${head.kind === 'ridge' ? 'the number' : 'the class'} in “${shown(label)}”${
      head.classes.length === 0 ? '' : `, ${formatPlural(head.classes.length, 'class', 'classes')}`
    }. ${inputs}${ignored === 0 ? '' : `; ${formatPlural(ignored, 'column')} ${ignored === 1 ? 'was' : 'were'} left out`}.`,
    `The model is a ${headNames[head.kind]} on ${formatPlural(head.features, 'feature')}, λ ${scientific(head.l2)}${
      audit.l2Curve.length > 0 ? ' by leave-one-out' : ' as given'
    }, seed ${settings.seed}.`,
    ...(audit.notes ?? []),
    ...(file.rowIssues === 0
      ? []
      : [
          `${formatPlural(file.rowIssues, 'row has', 'rows have')} a cell that could not be read as its column's type.`,
        ]),
    ...labelsInWords(audit),
  ];
}

const headNames: Readonly<Record<AuditSummary['head']['kind'], string>> = {
  logistic: 'logistic regression',
  softmax: 'softmax regression',
  ridge: 'ridge regression',
};

function columnsInWords({ rowKind, file }: ReportFacts, used: readonly string[]): string {
  if (file.format !== 'delimited') return `What the model sees is what is in each ${rowKind}`;
  const names = used.map((name) => `“${shown(name)}”`);
  return `It is judged by ${names.length === 1 ? 'the column' : `${formatCount(names.length)} columns:`} ${listed(names, 8)}`;
}

function labelsInWords({ settings, validation }: AuditSummary): string[] {
  if (validation === null) return [];
  if (settings.validationClean) return ['The labels of validation rows are known to be right.'];
  const ways = {
    given: 'Validation labels are taken as they are given.',
    weighted: 'A validation row counts the less the likelier its own label is wrong.',
    expected: 'A validation row counts with its own label and the likeliest other one, each by its probability.',
  };
  return [ways[settings.validationLabels]];
}

/** What speaks against the figures, worst first. */
export function limitsOf(facts: ReportFacts): string[] {
  const { audit, progress, pending, evaluationCount, proof, rowKind } = facts;
  const limits: string[] = [];
  if (audit.signal !== undefined && !audit.signal.found) {
    limits.push('The features tell nothing about the labels that chance would not: suspicions mean little here.');
  }
  limits.push(...audit.warnings);
  if (progress.wrongLeft !== null && pending > 0) {
    limits.push(
      `About ${formatRough(progress.wrongLeft)} more wrong labels are expected among the ${formatPlural(pending, 'suspect')} nobody decided about.`,
    );
  } else if (progress.decided === 0 && pending > 0) {
    limits.push('Suspects are estimates: none of them was looked at by a person.');
  }
  if (evaluationCount > 0) {
    limits.push(
      `${formatPlural(evaluationCount, `${rowKind} of validation or test looks`, `${rowKind}s of validation or test look`)} wrong too. They are listed below and stay in the data.`,
    );
  }
  if (proof === null) limits.push('Nothing was verified by retraining.');
  else limits.push(...proofLimits(proof, audit));
  limits.push(
    `Figures hold for the ${headNames[audit.head.kind]} on these features. Another model may gain more, or less.`,
  );
  return limits;
}

function proofLimits(
  { measurements: [shown], repeats, retrainError, validationLabels }: NonNullable<ReportFacts['proof']>,
  { settings, validation }: AuditSummary,
): string[] {
  const { newton, rif } = shown.agreement;
  const limits: string[] = [];
  if (validation !== null && validationLabels !== settings.validationLabels) {
    limits.push(
      `The verification took validation labels as ${validationLabels}, the audit as ${settings.validationLabels}: their losses are not the same measure.`,
    );
  }
  const errors = [rif.medianRelativeError, newton.medianRelativeError].filter(
    (error): error is number => error !== null,
  );
  if (repeats > 0 && errors.length > 0 && Math.min(...errors) > largeError) {
    limits.push(
      `Predicted effects of random removals are off by ${formatPercent(Math.min(...errors), 0)} in the middle: trust what was retrained.`,
    );
  }
  if (retrainError > 0.01) {
    limits.push(`Retraining is exact to ${formatPercent(retrainError, 1)} of the change of the parameters.`);
  }
  return limits;
}

/** A share of inspected rows with its 95 % interval: “69 % (58–78 %)”. */
export function shareInWords(hits: number, total: number): string {
  if (total === 0) return '–';
  const { low, high } = wilsonInterval(hits, total);
  return `${formatPercent(low, 0).replace(' %', '')}–${formatPercent(high, 0)}`;
}

/** 0.0123 → “1.2e−2”. */
/** “29 November 2026”. */
export function dayOf(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

function scientific(value: number): string {
  return value.toExponential(1).replace('-', '−');
}

/** A loss or a change of one. */
export function figure(value: number | null, decimals = 4): string {
  return value === null ? '–' : value.toFixed(decimals).replace('-', '−');
}

/** With its sign; small ones by powers of ten. */
export function change(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e-4 ? size.toFixed(4) : scientific(size);
  return `${value < 0 ? '−' : '+'}${text}`;
}

function shown(text: string): string {
  return visibleText(text, { limit: 80 });
}
