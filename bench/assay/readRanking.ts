import Papa from 'papaparse';
import { StorageError } from '../../src/core/base/errors';

/**
 * A score for each row of a scores.csv, in row order, larger = more suspicious: its rank, negated.
 * @throws StorageError when a row has no rank: it would be left out of what is measured.
 */
export function readRanking(scoresCsv: string): Float64Array {
  const { data } = Papa.parse<Record<string, string | undefined>>(scoresCsv, { header: true, skipEmptyLines: true });
  return Float64Array.from(data, ({ row, rank }) => {
    if (rank === undefined || rank === '') throw new StorageError(`Row ${row} has no rank.`);
    return -Number(rank);
  });
}
