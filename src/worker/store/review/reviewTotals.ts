import type { ReviewCounts } from '../../../core/review/progress';
import { hasReason, labelledTraining, type ReviewTables, splits } from './reviewTables';

/** Counts behind the review's overview, all at one threshold of suspicion. */
export interface ReviewTotals extends ReviewCounts {
  readonly rowsInAll: number;
  readonly rankedRows: number;
  /** Labelled training rows at or above the threshold, whatever their decision. */
  readonly suspects: number;
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
  readonly suspectSuspicion: number;
  readonly evaluationSuspects: number;
  readonly histogram: readonly number[];
  readonly highestSuspicion: number | null;
  readonly facets: ReviewTotals['facets'];
}

/** The part of the totals that decisions do not change; cache it by audit and threshold. */
export async function readStaticTotals(tables: ReviewTables, threshold: number, bins: number): Promise<StaticTotals> {
  const { database, scores } = tables;
  const [[[rowsInAll, rankedRows, highest] = []], histogram, given, reasons, split] = await Promise.all([
    database.rows(
      `SELECT CAST(count(*) AS INTEGER), CAST(count(rank) AS INTEGER), max(s.suspicion) FILTER (${labelledTraining}) FROM ${scores} s`,
    ),
    readHistogram(tables, bins),
    countSuspects(tables, threshold, 's.given', labelledTraining),
    countSuspects(tables, threshold, 's.reasons', labelledTraining),
    countSuspects(tables, threshold, 's.split', 'true'),
  ]);
  return {
    rowsInAll: Number(rowsInAll),
    rankedRows: Number(rankedRows),
    suspects: given.reduce((sum, { rows }) => sum + rows, 0),
    suspectSuspicion: given.reduce((sum, { suspicion }) => sum + suspicion, 0),
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
async function readHistogram({ database, scores }: ReviewTables, bins: number): Promise<number[]> {
  const counts = new Array<number>(bins).fill(0);
  const rows = await database.rows(
    `SELECT least(CAST(floor(s.suspicion * ${bins}) AS INTEGER), ${bins - 1}) AS bin, CAST(count(*) AS INTEGER)
     FROM ${scores} s WHERE ${labelledTraining} AND s.suspicion IS NOT NULL GROUP BY bin`,
  );
  for (const [bin, count] of rows) counts[Number(bin)] = Number(count);
  return counts;
}

/** Suspects with the same code in a column, and the sum of their suspicions. */
interface SuspectGroup {
  readonly code: number;
  readonly rows: number;
  readonly suspicion: number;
}

async function countSuspects(
  { database, scores }: ReviewTables,
  threshold: number,
  column: string,
  condition: string,
): Promise<SuspectGroup[]> {
  const groups = await database.rows(
    `SELECT ${column}, CAST(count(*) AS INTEGER), CAST(sum(s.suspicion) AS DOUBLE)
     FROM ${scores} s WHERE s.suspicion >= CAST($1 AS DOUBLE) AND ${condition} GROUP BY 1`,
    [threshold],
  );
  return groups.map(([code, rows, suspicion]) => ({
    code: Number(code),
    rows: Number(rows),
    suspicion: Number(suspicion),
  }));
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
    `SELECT d.kind, ${labelledTraining} AND s.suspicion >= CAST($1 AS DOUBLE) AS suspect, CAST(count(*) AS INTEGER),
       CAST(coalesce(sum(s.suspicion), 0) AS DOUBLE)
     FROM decision_now d JOIN ${tables.scores} s USING (row_no) WHERE d.kind IS NOT NULL GROUP BY 1, 2`,
    [threshold],
  );
  const count = { keep: 0, remove: 0, relabel: 0, later: 0 };
  let settled = 0;
  let settledSuspicion = 0;
  let decidedSuspicion = 0;
  for (const [kind, suspect, n, suspicion] of rows) {
    if (kind !== 'keep' && kind !== 'remove' && kind !== 'relabel' && kind !== 'later') continue;
    count[kind] += Number(n);
    if (kind !== 'later') decidedSuspicion += Number(suspicion);
    if (suspect === true) {
      settled += Number(n);
      settledSuspicion += Number(suspicion);
    }
  }
  const { suspectSuspicion, ...rest } = totals;
  return {
    ...rest,
    pending: totals.suspects - settled,
    kept: count.keep,
    removed: count.remove,
    relabelled: count.relabel,
    later: count.later,
    pendingSuspicion: Math.max(0, suspectSuspicion - settledSuspicion),
    decidedSuspicion,
  };
}
