import type { RankBlock } from '../../../core/review/stopFigures';
import { readColumn } from './readColumn';
import { labelledTraining, type ReviewTables } from './reviewTables';

/** Blocks on either side of the threshold: enough to draw, and to name a rank. */
const suspectBlocks = 200;
const otherBlocks = 100;
/** Rows whose label is right more often than this, nobody goes through. */
const leastSuspicion = 0.01;

/** What is looked at in order of suspicion. */
export interface RankedBlocks {
  readonly blocks: RankBlock[];
  /** The first of these rows that nobody has decided about, its rank in the table, and the rows before it. */
  readonly next: { readonly row: number; readonly rank: number; readonly place: number } | null;
}

/**
 * The labelled training rows worth inspecting in order of suspicion, all suspects among them, in up to 300 blocks. Two
 * scans and a sort in DuckDB.
 */
export async function readRankedBlocks(
  { database, scores, decisions, within }: ReviewTables,
  threshold: number,
  suspects: number,
): Promise<RankedBlocks> {
  const floor = Math.min(threshold, leastSuspicion);
  const ranked = `SELECT s.row_no, s.rank, s.suspicion, greatest(-15, least(30, s.log_odds)) AS log_odds, d.kind,
      s.suspicion >= CAST($1 AS DOUBLE) AS suspect
    FROM ${scores} s LEFT JOIN ${decisions} d USING (row_no)
    WHERE ${labelledTraining} AND ${within} AND s.rank IS NOT NULL AND s.suspicion >= CAST($2 AS DOUBLE)`;
  const ordered = `SELECT *, row_number() OVER (ORDER BY suspect DESC, rank) - 1 AS place FROM (${ranked})`;
  const [[[inAll] = []], [first]] = await Promise.all([
    database.rows(`SELECT CAST(count(*) AS INTEGER) FROM (${ranked})`, [threshold, floor]),
    database.rows(
      `SELECT row_no, rank, CAST(place AS INTEGER) FROM (${ordered}) WHERE kind IS NULL ORDER BY place LIMIT 1`,
      [threshold, floor],
    ),
  ]);
  const size = Math.max(1, Math.ceil(suspects / suspectBlocks));
  const otherSize = Math.max(1, Math.ceil((Number(inAll) - suspects) / otherBlocks));
  const rows = await database.rows(
    `SELECT suspect, CASE WHEN suspect THEN place // ${size} ELSE (place - ${suspects}) // ${otherSize} END AS block,
       CAST(min(place) AS INTEGER), CAST(count(*) AS INTEGER), CAST(max(rank) AS INTEGER), min(suspicion),
       avg(log_odds), CAST(count(*) FILTER (kind IS NULL) AS INTEGER),
       CAST(count(*) FILTER (kind = 'later') AS INTEGER), CAST(count(*) FILTER (kind = 'keep') AS INTEGER),
       CAST(count(*) FILTER (kind IN ('remove', 'relabel')) AS INTEGER)
     FROM (${ordered})
     GROUP BY 1, 2 ORDER BY 3`,
    [threshold, floor],
  );
  const blocks = rows.map(
    ([suspect, , place, count, rank, suspicion, logOdds, pending, later, right, wrong]): RankBlock => ({
      place: Number(place),
      rows: Number(count),
      rank: Number(rank),
      suspicion: Number(suspicion),
      logOdds: Number(logOdds),
      suspect: suspect === true,
      pending: Number(pending),
      later: Number(later),
      right: Number(right),
      wrong: Number(wrong),
    }),
  );
  const next = first && { row: Number(first[0]), rank: Number(first[1]), place: Number(first[2]) };
  return { blocks, next: next ?? null };
}

/** The rows below the threshold that nobody has decided about, ascending. One scan. */
export async function readRowsBelow(
  { database, scores, decisions, within }: ReviewTables,
  threshold: number,
): Promise<Int32Array> {
  return readColumn(
    database,
    `SELECT s.row_no FROM ${scores} s LEFT JOIN ${decisions} d USING (row_no)
     WHERE ${labelledTraining} AND ${within} AND s.suspicion < CAST($1 AS DOUBLE) AND d.kind IS NULL ORDER BY s.row_no`,
    [threshold],
    (rowCount) => new Int32Array(rowCount),
  );
}
