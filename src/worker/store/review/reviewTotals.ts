import type { ReviewCounts, SuspicionBin } from '../../../core/review/progress';
import { hasReason, labelledTraining, type ReviewTables, splits } from './reviewTables';

/** Counts behind the review's overview, all at one threshold of suspicion. */
export interface ReviewTotals extends ReviewCounts {
  readonly rowsInAll: number;
  readonly rankedRows: number;
  /** Labelled training rows at or above the threshold, whatever their decision, and those of them without one. */
  readonly suspects: number;
  readonly pending: number;
  readonly later: number;
  /** Validation and test rows at or above the threshold. */
  readonly evaluationSuspects: number;
  /** Labelled training rows per bin of suspicion, equal bins from 0 to 1. */
  readonly histogram: readonly number[];
  /** Of the labelled training rows; null without any. */
  readonly highestSuspicion: number | null;
  /** Over rows at or above the threshold (split: every split; the others: training rows), most frequent first. */
  readonly facets: {
    readonly givenLabel: Facet;
    readonly reasons: Facet;
    readonly split: Facet;
  };
}

type Facet = readonly { readonly value: string; readonly count: number }[];

export interface StaticTotals {
  readonly rowsInAll: number;
  readonly rankedRows: number;
  readonly suspects: number;
  readonly bins: readonly StaticBin[];
  readonly evaluationSuspects: number;
  readonly histogram: readonly number[];
  readonly highestSuspicion: number | null;
  readonly facets: ReviewTotals['facets'];
}

/** Labelled training rows of like suspicion on one side of the threshold. */
interface StaticBin extends Pick<SuspicionBin, 'logOdds' | 'suspect'> {
  readonly bin: number;
  readonly rows: number;
}

/** SQL of the bin of a row `s` by its suspicion: steps of a quarter in log-odds, those farther out in the last ones. */
const binOf = 'CAST(floor(4 * greatest(-15, least(30, s.log_odds))) AS INTEGER)';
const isSuspect = 's.suspicion >= CAST($1 AS DOUBLE)';

/** SQL of the rows that are to be decided: suspects of the training rows, or all rows of a second pass. */
function listedCondition({ rows, within }: ReviewTables): string {
  return rows === null ? `${labelledTraining} AND ${isSuspect}` : within;
}

async function readBins({ database, scores, within }: ReviewTables, threshold: number): Promise<StaticBin[]> {
  const rows = await database.rows(
    `SELECT ${binOf} AS bin, ${isSuspect} AS suspect, CAST(count(*) AS INTEGER),
       avg(greatest(-15, least(30, s.log_odds)))
     FROM ${scores} s WHERE ${labelledTraining} AND ${within} AND s.suspicion IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
    [threshold],
  );
  return rows.map(([bin, suspect, count, logOdds]) => ({
    bin: Number(bin),
    suspect: suspect === true,
    rows: Number(count),
    logOdds: Number(logOdds),
  }));
}

/** The part of the totals that decisions do not change; cache it by audit and threshold. */
export async function readStaticTotals(
  tables: ReviewTables,
  threshold: number,
  histogramBins: number,
): Promise<StaticTotals> {
  const { database, scores } = tables;
  const listed = listedCondition(tables);
  const [[[rowsInAll, rankedRows, highest] = []], histogram, bins, given, reasons, split] = await Promise.all([
    database.rows(
      // Ranks are among all rows, also in a second pass of some.
      `SELECT CAST(count(*) FILTER (${tables.within}) AS INTEGER), CAST(count(rank) AS INTEGER),
         max(s.suspicion) FILTER (${labelledTraining} AND ${tables.within}) FROM ${scores} s`,
    ),
    readHistogram(tables, histogramBins),
    readBins(tables, threshold),
    countSuspects(tables, threshold, 's.given', listed),
    countSuspects(tables, threshold, 's.reasons', listed),
    countSuspects(tables, threshold, 's.split', `${tables.within} AND ${isSuspect}`),
  ]);
  return {
    rowsInAll: Number(rowsInAll),
    rankedRows: Number(rankedRows),
    suspects: given.reduce((sum, { rows }) => sum + rows, 0),
    bins,
    evaluationSuspects: split.reduce((sum, { code, rows }) => sum + (code === 1 || code === 2 ? rows : 0), 0),
    histogram,
    highestSuspicion: typeof highest === 'number' ? highest : null,
    facets: {
      givenLabel: facetOf(tables.classes, given),
      reasons: facetOf(tables.reasonNames, reasons, hasReason),
      split: facetOf(splits, split),
    },
  };
}

/** Rows per bin of suspicion: see {@link ReviewTotals}. */
async function readHistogram({ database, scores, within }: ReviewTables, bins: number): Promise<number[]> {
  const counts = new Array<number>(bins).fill(0);
  const rows = await database.rows(
    `SELECT least(CAST(floor(s.suspicion * ${bins}) AS INTEGER), ${bins - 1}) AS bin, CAST(count(*) AS INTEGER)
     FROM ${scores} s WHERE ${labelledTraining} AND ${within} AND s.suspicion IS NOT NULL GROUP BY bin`,
  );
  for (const [bin, count] of rows) counts[Number(bin)] = Number(count);
  return counts;
}

/** Suspects with the same code in a column. */
interface SuspectGroup {
  readonly code: number;
  readonly rows: number;
}

async function countSuspects(
  { database, scores }: ReviewTables,
  threshold: number,
  column: string,
  condition: string,
): Promise<SuspectGroup[]> {
  const groups = await database.rows(
    `SELECT ${column}, CAST(count(*) AS INTEGER) FROM ${scores} s WHERE ${condition} AND $1 IS NOT NULL GROUP BY 1`,
    [threshold],
  );
  return groups.map(([code, rows]) => ({ code: Number(code), rows: Number(rows) }));
}

/**
 * Suspects of each name, most frequent first, without names that no suspect has.
 * @param has Does a row with this code have the name at this place?
 */
function facetOf(
  names: readonly string[],
  groups: readonly SuspectGroup[],
  has = (code: number, place: number): boolean => code === place,
): Facet {
  return names
    .map((value, place) => ({
      value,
      count: groups.reduce((sum, { code, rows }) => sum + (has(code, place) ? rows : 0), 0),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** Adds what decisions have done to {@link StaticTotals}. O(decided rows). */
export async function addDecisions(
  tables: ReviewTables,
  totals: StaticTotals,
  threshold: number,
): Promise<ReviewTotals> {
  const rows = await tables.database.rows(
    `SELECT d.kind, ${labelledTraining} AND s.suspicion IS NOT NULL AS ranked, ${isSuspect} AS suspect, ${binOf} AS bin,
       CAST(count(*) AS INTEGER)
     FROM ${tables.decisions} d JOIN ${tables.scores} s USING (row_no) WHERE d.kind IS NOT NULL GROUP BY 1, 2, 3, 4`,
    [threshold],
  );
  const count = { keep: 0, remove: 0, relabel: 0, later: 0 };
  const nothing = { right: 0, wrong: 0, later: 0 };
  const decided = new Map<string, { right: number; wrong: number; later: number }>();
  for (const [kind, ranked, suspect, bin, n] of rows) {
    if (kind !== 'keep' && kind !== 'remove' && kind !== 'relabel' && kind !== 'later') continue;
    count[kind] += Number(n);
    if (ranked !== true) continue;
    const key = `${Number(bin)} ${suspect === true}`;
    const found = decided.get(key) ?? { ...nothing };
    found[kind === 'keep' ? 'right' : kind === 'later' ? 'later' : 'wrong'] += Number(n);
    decided.set(key, found);
  }
  const bins = totals.bins.map(({ bin, suspect, logOdds, rows: inAll }): SuspicionBin => {
    const { right, wrong, later } = decided.get(`${bin} ${suspect}`) ?? nothing;
    return { logOdds, suspect, pending: inAll - right - wrong - later, later, right, wrong };
  });
  return {
    ...totals,
    bins,
    pending:
      tables.rows === null
        ? bins.reduce((sum, { suspect, pending }) => sum + (suspect ? pending : 0), 0)
        : tables.rows.size - count.keep - count.remove - count.relabel - count.later,
    kept: count.keep,
    removed: count.remove,
    relabelled: count.relabel,
    later: count.later,
  };
}
