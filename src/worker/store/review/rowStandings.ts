import type { RowStanding } from '../../../contract/review';
import { scoreColumns } from '../../../contract/scoreColumns';
import type { ReviewTables } from './reviewTables';
import { numberOf } from './scoreColumns';

/** By which a row's place is told, most telling first; whichever it has. */
const told = [
  'suspicion',
  'loo_loss',
  'self_influence_rif',
  'self_influence_if',
  'val_loss_rif',
  'val_loss_if',
  'leverage',
] as const;

/**
 * Where a row stands among all that have a score, by each of some scores: its rank from the side that speaks against a
 * row, and the share of the others that are behind it. One scan.
 */
export async function readStandings({ database, scores }: ReviewTables, row: number): Promise<RowStanding[]> {
  const parts = told.map((column) => {
    const first = column === 'suspicion' ? 'large' : scoreColumns.find(({ name }) => name === column)?.first;
    const before = first === 'small' ? '<' : '>';
    const [own, value] = [numberOf(column), `o.${column}`];
    return `count(${own}), count(*) FILTER (${own} ${before} ${value}), count(*) FILTER (${own} = ${value})`;
  });
  const [counts] = await database.rows(
    `SELECT ${parts.join(', ')} FROM ${scores} s, (SELECT * FROM ${scores} WHERE row_no = ?) o`,
    [row],
  );
  return told.flatMap((column, at) => {
    const [rows, before, equal] = counts.slice(3 * at, 3 * at + 3).map(Number);
    // It is equal to itself, where it has such a score.
    if (equal === 0) return [];
    const behind = rows - before - equal;
    return [{ column, rank: before + 1, rows, share: rows > 1 ? behind / (rows - 1) : 0 }];
  });
}
