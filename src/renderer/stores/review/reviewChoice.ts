import type { ReviewRow } from '../../../contract/review';
import type { Decision } from '../../../core/review/decisions';

/** What a person asks for; what it means can depend on the row (its suggested label). */
export type ReviewChoice =
  | { readonly kind: 'keep' | 'remove' | 'later' | 'restore' }
  /** Take the suggested label. */
  | { readonly kind: 'take' }
  | { readonly kind: 'class'; readonly label: string };

/**
 * The decision a choice makes about a row; null restores it to undecided. Choosing the label a row already has confirms
 * it: that is a keep.
 */
export function decisionFor(
  choice: ReviewChoice,
  row: Pick<ReviewRow, 'givenLabel' | 'suggestedLabel'>,
): Decision | null {
  switch (choice.kind) {
    case 'keep':
    case 'remove':
    case 'later':
      return { kind: choice.kind };
    case 'restore':
      return null;
    case 'take':
    case 'class': {
      const label = choice.kind === 'take' ? row.suggestedLabel : choice.label;
      return label === row.givenLabel ? { kind: 'keep' } : { kind: 'relabel', label };
    }
  }
}

/** Whether a choice means the same for every row, so that rows need not be read to carry it out. */
export function sameForEveryRow(choice: ReviewChoice): boolean {
  return choice.kind !== 'take' && choice.kind !== 'class';
}

/** What was done, for a message: "Removed 12 rows". */
export function describeDone(choice: ReviewChoice, subject: string): string {
  switch (choice.kind) {
    case 'keep':
      return `Kept ${subject}`;
    case 'remove':
      return `Removed ${subject}`;
    case 'later':
      return `Flagged ${subject} for later`;
    case 'restore':
      return `Restored ${subject}`;
    case 'take':
      return `Took the suggested label for ${subject}`;
    case 'class':
      return `Relabelled ${subject} as ${choice.label}`;
  }
}
