import type { StatedReview } from '../../contract/decisions';
import { InputError } from '../../core/base/errors';
import { compareReviews, type ReviewComparison } from '../../core/review/agreement';
import type { RowReview } from '../../core/review/decisions';
import { findReading } from './decisionReading';
import { readDecisionTable } from './decisionTable';
import { readStated, type StatedDecision } from './statedDecisions';

/** A row that two files decide differently. */
interface FileDifference {
  /** Its id, or its number in the first file that names it. */
  readonly name: string;
  readonly first: StatedReview | null;
  readonly second: StatedReview;
}

export interface FileComparison extends Omit<ReviewComparison, 'differences'> {
  readonly differences: readonly FileDifference[];
  /** Lines of both that could not be read. */
  readonly unreadable: number;
}

/**
 * Compares two decision files of the same data, or of copies of it: rows are the same that have the same id and the
 * same cells. Rows that only one has count as not decided by the other.
 * @throws InputError where one cannot be read, or is no decision file.
 */
export async function compareDecisionFiles(first: string, second: string): Promise<FileComparison> {
  const numberOf = new Map<string, number>();
  const names: string[] = [];
  const [a, b] = [await readReviews(first, numberOf, names), await readReviews(second, numberOf, names)];
  const comparison = compareReviews(names.keys(), a.reviews, b.reviews);
  return {
    ...comparison,
    differences: comparison.differences.flatMap((row) => {
      const theirs = b.reviews.get(row);
      return theirs === undefined ? [] : [{ name: names[row], first: a.reviews.get(row) ?? null, second: theirs }];
    }),
    unreadable: a.unreadable + b.unreadable,
  };
}

/** The reviews of a file, by numbers that both files share. */
async function readReviews(
  path: string,
  numberOf: Map<string, number>,
  names: string[],
): Promise<{ readonly reviews: Map<number, RowReview>; readonly unreadable: number }> {
  const table = await readDecisionTable(path);
  const reading = findReading(table, { idColumn: 'id', labelColumn: '', rowCount: -1 });
  if (reading.choice.kind !== 'decisions') {
    throw new InputError(
      `${path} is no decision file: it has no columns “content” and “decision”. assay export --format decisions writes one.`,
    );
  }
  const asIs = (text: string): string | undefined => (text === '' ? undefined : text);
  const { stated, unreadable } = await readStated(reading, { decided: asIs, written: asIs });
  const reviews = new Map<number, RowReview>();
  const seen = new Map<string, number>();
  for (const one of stated) {
    // The same rows twice in a file are the same rows twice in the other.
    const named = `${one.content ?? ''}\u0000${one.id ?? one.row ?? ''}`;
    const times = (seen.get(named) ?? 0) + 1;
    seen.set(named, times);
    const key = `${named}\u0000${times}`;
    let row = numberOf.get(key);
    if (row === undefined) {
      row = names.push(one.id ?? `row ${one.row ?? ''}`) - 1;
      numberOf.set(key, row);
    }
    reviews.set(row, reviewOf(one));
  }
  return { reviews, unreadable: unreadable.length };
}

function reviewOf({ decision, note, reviewer, time }: StatedDecision): RowReview {
  return { decision: decision?.kind === 'label' ? null : decision, note, reviewer: reviewer ?? '', time: time ?? '' };
}
