import type { ReviewRow } from '../../../contract/review';

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
    loss: 1,
    probability: 0.1,
    looProbability: 0.1,
    looLoss: 1,
    leverage: 0.1,
    selfInfluenceIf: 0,
    selfInfluenceRif: 0,
    valLossIf: 0,
    valLossRif: 0,
    reasons: [],
    decision: null,
    note: '',
    picture: null,
    ...change,
  };
}
