import type { ReviewRow } from '../../../contract/review';
import { mapScores } from '../../../contract/scoreColumns';

/** A row for unit tests: a training row given "a" that looks like "b". */
export function makeTestRow(row: number, change: Partial<ReviewRow> = {}): ReviewRow {
  return {
    row,
    id: `r${row}`,
    split: 'train',
    rank: row + 1,
    givenLabel: 'a',
    suggestedLabel: 'b',
    suspicion: 0.9,
    ...mapScores(() => 0.1),
    reasons: [],
    decision: null,
    note: '',
    picture: null,
    snippet: null,
    cells: [],
    ...change,
  };
}
