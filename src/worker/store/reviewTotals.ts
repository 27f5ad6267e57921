import type { DuckDBValue } from '@duckdb/node-api';
import type { ReviewCounts } from '../../core/review/progress';
import { labelledTraining, type ReviewTables, splits } from './reviewTables';

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
  /** Over rows at or above the threshold (split: every split; the others: training rows), most frequent first. */
  readonly facets: {
    readonly givenLabel: readonly { readonly value: string; readonly count: number }[];
    readonly suggestedLabel: readonly { readonly value: string; readonly count: number }[];
    readonly reasons: readonly { readonly value: string; readonly count: number }[];
    readonly split: readonly { readonly value: string; readonly count: number }[];
  };
}

/** The part of the totals that decisions do not change; cache it by audit and threshold. */
export async function readStaticTotals(tables: ReviewTables, threshold: number, bins: number): Promise<StaticTotals> {
  const { database, scores } = tables;
  const suspect = 'suspicion >= CAST($1 AS DOUBLE)';
  const grouped = (column: string, condition: string): Promise<DuckDBValue[][]> =>
    database.rows(
      `SELECT ${column}, CAST(count(*) AS INTEGER), CAST(sum(suspicion) AS DOUBLE) FROM ${scores} WHERE ${suspect} AND ${condition} GROUP BY 1`,
      [threshold],
    );
  const [all, histogram, given, suggested, split, reasons] = await Promise.all([
    database.rows(`SELECT CAST(count(*) AS INTEGER), CAST(count(rank) AS INTEGER) FROM ${scores}`),
    database.rows(
      `SELECT least(CAST(floor(suspicion * ${bins}) AS INTEGER), ${bins - 1}) AS bin, CAST(count(*) AS INTEGER)
       FROM ${scores} WHERE split = 0 AND suspicion IS NOT NULL GROUP BY bin`,
    ),
    grouped('given', 'split = 0'),
    grouped('suggested', 'split = 0'),
    grouped('split', 'true'),
    grouped('reasons', 'split = 0'),
  ]);
  const counts = new Array<number>(bins).fill(0);
  for (const [bin, count] of histogram) counts[Number(bin)] = Number(count);
  const reasonCounts = new Array<number>(tables.reasonNames.length).fill(0);
  for (const [bits, count] of reasons) {
    for (let bit = 0; bit < reasonCounts.length; bit++) {
      if (Math.floor(Number(bits) / 2 ** bit) % 2 === 1) reasonCounts[bit] = (reasonCounts[bit] ?? 0) + Number(count);
    }
  }
  const facet = (rows: readonly DuckDBValue[][], names: readonly string[]): Facet =>
    sorted(rows.map(([code, count]) => ({ value: names[Number(code)] ?? '', count: Number(count) })));
  const suspects = given.reduce((sum, [, count]) => sum + Number(count), 0);
  return {
    rowsInAll: Number(all[0]?.[0] ?? 0),
    rankedRows: Number(all[0]?.[1] ?? 0),
    suspects,
    suspectSuspicion: given.reduce((sum, [, , suspicion]) => sum + Number(suspicion), 0),
    evaluationSuspects: split.reduce((sum, [code, count]) => sum + (code === 1 || code === 2 ? Number(count) : 0), 0),
    histogram: counts,
    facets: {
      givenLabel: facet(given, tables.classes),
      suggestedLabel: facet(suggested, tables.classes),
      reasons: sorted(reasonCounts.map((count, bit) => ({ value: tables.reasonNames[bit] ?? '', count }))).filter(
        ({ count }) => count > 0,
      ),
      split: facet(split, splits),
    },
  };
}

type Facet = { readonly value: string; readonly count: number }[];

export interface StaticTotals {
  readonly rowsInAll: number;
  readonly rankedRows: number;
  readonly suspects: number;
  readonly suspectSuspicion: number;
  readonly evaluationSuspects: number;
  readonly histogram: readonly number[];
  readonly facets: ReviewTotals['facets'];
}

function sorted(facet: Facet): Facet {
  return facet.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
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
