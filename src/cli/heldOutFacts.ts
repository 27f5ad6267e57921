import type { AuditSummary } from '../contract/audit';
import { formatPercent, formatPlural } from '../core/base/format';
import { formatFigure } from './textTable';
import { describeValidationLabels } from './validationLabels';

/** What an audit measured on validation and test rows, and how it took their labels. */
export function heldOutFacts(
  audit: Pick<AuditSummary, 'validation' | 'test' | 'settings' | 'signal'>,
): [string, string][] {
  const { validation, test } = audit;
  const facts: [string, string][] = [];
  if (validation !== null) facts.push(['validation', describeHeldOut(validation)]);
  if (test !== null) facts.push(['test', describeHeldOut(test)]);
  return facts.length === 0 ? [] : [...facts, ['', describeValidation(audit)]];
}

function describeHeldOut({ given, ...taken }: NonNullable<AuditSummary['validation']>): string {
  const figures = `loss ${taken.loss.toFixed(4)}, ${describeFit(taken)}`;
  const rows = `${formatPlural(taken.rows, 'row')}, ${figures}`;
  if (given === undefined) return rows;
  const asGiven = `loss ${given.loss.toFixed(4)}, ${describeFit(given)}`;
  return `${rows} (by the given labels ${asGiven === figures ? 'the same' : asGiven})`;
}

function describeValidation({
  settings: { validationLabels, validationClean },
  signal,
}: Pick<AuditSummary, 'settings' | 'signal'>): string {
  const clean = validationClean ? '; those that validate are known to be right' : '';
  // Suspicions that are no more than an order are not used.
  if (signal?.found === false) return `validation labels: as given, as the features say nothing about them${clean}`;
  return `${describeValidationLabels(validationLabels)}${clean}`;
}

/** The share that is predicted right, or of numbers the variance that is explained. */
export function describeFit({ accuracy, rSquared }: Pick<AuditSummary['train'], 'accuracy' | 'rSquared'>): string {
  if (accuracy !== null) return `accuracy ${formatPercent(accuracy, 1)}`;
  return `R² ${formatFigure(rSquared)}`;
}
