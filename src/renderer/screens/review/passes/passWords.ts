import type { Outcome } from '../../../../core/review/agreement';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  keep: 'kept',
  remove: 'removed',
  relabel: 'relabelled',
  later: 'later',
  undecided: 'undecided',
};

/**
 * κ in words, by its interval: what can be said is what its low end says. The steps are those of Landis and Koch, "The
 * measurement of observer agreement for categorical data", 1977.
 */
export function agreementWords({ value, low }: { readonly value: number; readonly low: number }): string {
  const said = `Agreement beyond chance is ${stepOf(value)}`;
  if (stepOf(low) === stepOf(value)) return `${said}.`;
  if (low <= 0) return `${said}; with so few rows it may be no better than chance.`;
  return `${said}; with so few rows it may be no more than ${stepOf(low)}.`;
}

function stepOf(kappa: number): string {
  if (kappa <= 0) return 'none';
  if (kappa <= 0.2) return 'slight';
  if (kappa <= 0.4) return 'fair';
  if (kappa <= 0.6) return 'moderate';
  return kappa <= 0.8 ? 'substantial' : 'almost perfect';
}
