import type { DuckDBValue } from '@duckdb/node-api';
import type { Pictures } from '../../contract/dataset';
import type { Filter, Query, ReviewColumn, ReviewRow, Split } from '../../contract/review';
import { BugError } from '../../core/base/errors';
import type { Decision } from '../../core/review/decisions';
import type { ReviewCounts } from '../../core/review/progress';
import { parseNumber } from '../datasets/cells';
import { unlabelledSplit } from './auditTables';
import { cellExpression, type CellTable } from './cellTable';
import type { Database } from './database';
import { rowFilter } from './sourceRows';

/** What the queries of a review are about: which tables, and what their codes mean. */
export interface ReviewTables {
  readonly database: Database;
  readonly scores: string;
  readonly source: CellTable;
  readonly classes: readonly string[];
  readonly reasonNames: readonly string[];
  /** Index of the column with role id; null = the row number serves. */
  readonly idColumn: number | null;
  readonly pictures: Pictures | null;
}

const splits: readonly Split[] = ['train', 'validation', 'test', 'unlabelled'];
const labelledTraining = 's.split = 0';

/** Values bound to $1, $2, …: everything that comes from a person. */
class Bindings {
  readonly values: DuckDBValue[] = [];

  add(value: DuckDBValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Row numbers in the order of a query. One scan and one sort in DuckDB: some 0.5 s for a million rows. */
export async function queryReviewRows(tables: ReviewTables, query: Query): Promise<Int32Array> {
  const bindings = new Bindings();
  const conditions = [
    queueCondition(query, bindings),
    ...query.filters.map((filter) => filterCondition(tables, filter, bindings)),
  ];
  if (query.search !== '') conditions.push(searchCondition(tables, query.search, bindings));
  const usesId = query.search !== '' || query.sort.some(({ column }) => column === 'id');
  const idJoin = usesId && tables.idColumn !== null ? ` JOIN ${tables.source.name} t USING (row_no)` : '';
  const order = [...query.sort.map(({ column, descending }) => sortKeys(tables, column, descending)), 's.row_no'].join(
    ', ',
  );
  const sql =
    `SELECT s.row_no FROM ${tables.scores} s LEFT JOIN decision_now d USING (row_no)${idJoin} ` +
    `WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')} ORDER BY ${order}`;
  return readIntegers(tables.database, sql, bindings.values);
}

/** The code of every row's given label, in row order; −1 = unlabelled. */
export async function readGivenCodes({ database, scores }: ReviewTables): Promise<Int32Array> {
  return readIntegers(database, `SELECT CAST(given AS INTEGER) FROM ${scores} ORDER BY row_no`, []);
}

/** The numbers of a query's only column, an INTEGER without NULLs. */
async function readIntegers(database: Database, sql: string, values: DuckDBValue[]): Promise<Int32Array> {
  return database.read(async (connection) => {
    const result = await connection.run(sql, values);
    const rows = new Int32Array(result.rowCount);
    let at = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      rows.set(chunk.getColumnValues(0) as number[], at);
      at += chunk.rowCount;
      if (at % 65_536 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return rows.subarray(0, at);
  });
}

function queueCondition(query: Query, bindings: Bindings): string {
  const suspect = (): string => `s.suspicion >= CAST(${bindings.add(query.threshold)} AS DOUBLE)`;
  switch (query.queue) {
    case 'pending':
      return `${labelledTraining} AND ${suspect()} AND d.kind IS NULL`;
    case 'decided':
      return "d.kind IN ('keep', 'remove', 'relabel')";
    case 'later':
      return "d.kind = 'later'";
    case 'evaluation':
      return `s.split IN (1, 2) AND ${suspect()}`;
    case 'all':
      return 'true';
  }
}

function filterCondition(tables: ReviewTables, filter: Filter, bindings: Bindings): string {
  if (filter.kind === 'range') {
    const value = numberOf(filter.column);
    const parts = [
      ...(filter.min === null ? [] : [`${value} >= CAST(${bindings.add(filter.min)} AS DOUBLE)`]),
      ...(filter.max === null ? [] : [`${value} <= CAST(${bindings.add(filter.max)} AS DOUBLE)`]),
    ];
    return parts.length === 0 ? 'true' : parts.join(' AND ');
  }
  const codes = (names: readonly string[]): number[] =>
    filter.values.map((value) => names.indexOf(value)).filter((code) => code >= 0);
  switch (filter.column) {
    case 'given_label':
      // '' asks for the rows without a label.
      return inCodes('s.given', [...codes(tables.classes), ...(filter.values.includes('') ? [-1] : [])]);
    case 'suggested_label':
      return inCodes('s.suggested', codes(tables.classes));
    case 'split':
      return inCodes('s.split', codes(splits));
    case 'reasons': {
      // A name given twice is one bit all the same.
      const mask = [...new Set(codes(tables.reasonNames))].reduce((bits, code) => bits + 2 ** code, 0);
      return `s.reasons & CAST(${mask} AS UINTEGER) <> 0`;
    }
    case 'decision': {
      const kinds = filter.values.filter((value) => value !== 'undecided').map((value) => bindings.add(value));
      const parts = [
        ...(kinds.length > 0 ? [`d.kind IN (${kinds.join(', ')})`] : []),
        ...(filter.values.includes('undecided') ? ['d.kind IS NULL'] : []),
      ];
      return parts.join(' OR ');
    }
  }
}

function inCodes(column: string, codes: readonly number[]): string {
  return codes.length === 0 ? 'false' : `${column} IN (${codes.join(', ')})`;
}

function searchCondition(tables: ReviewTables, search: string, bindings: Bindings): string {
  const wanted = search.toLowerCase();
  const codes = tables.classes.flatMap((label, code) => (label.toLowerCase().includes(wanted) ? [code] : []));
  const text = bindings.add(wanted);
  const id =
    tables.idColumn === null
      ? 'CAST(s.row_no AS VARCHAR)'
      : `lower(${cellExpression(tables.source, tables.idColumn, 't.')})`;
  return [
    `contains(${id}, ${text})`,
    `contains(lower(coalesce(d.note, '')), ${text})`,
    `contains(lower(coalesce(d.label, '')), ${text})`,
    inCodes('s.given', codes),
    inCodes('s.suggested', codes),
  ].join(' OR ');
}

/** The SQL of a review column that is a number; names come from the contract's list, never from text. */
function numberOf(column: ReviewColumn): string {
  switch (column) {
    case 'row':
      return 's.row_no';
    case 'rank':
    case 'suspicion':
    case 'loss':
    case 'probability':
    case 'loo_probability':
    case 'loo_loss':
    case 'leverage':
    case 'self_influence_if':
    case 'self_influence_rif':
    case 'val_loss_if':
    case 'val_loss_rif':
      return `s.${column}`;
    default:
      throw new BugError(`Column ${column} is not a number.`);
  }
}

function sortKeys(tables: ReviewTables, column: ReviewColumn, descending: boolean): string {
  const direction = descending ? 'DESC NULLS LAST' : 'ASC NULLS LAST';
  const keys = (...expressions: string[]): string =>
    expressions.map((expression) => `${expression} ${direction}`).join(', ');
  switch (column) {
    case 'id': {
      if (tables.idColumn === null) return keys('s.row_no');
      const id = cellExpression(tables.source, tables.idColumn, 't.');
      return keys(`TRY_CAST(${id} AS DOUBLE)`, id);
    }
    case 'split':
      return keys('s.split');
    case 'given_label':
      return keys('nullif(s.given, -1)');
    case 'suggested_label':
      return keys('nullif(s.suggested, -1)');
    case 'suspicion':
      // Where suspicion rounds to 1 the log-odds still tell rows apart.
      return keys('s.log_odds');
    case 'reasons':
      return keys('bit_count(s.reasons)', 's.reasons');
    case 'decision':
      return keys("CASE d.kind WHEN 'remove' THEN 1 WHEN 'relabel' THEN 2 WHEN 'keep' THEN 3 WHEN 'later' THEN 4 END");
    default:
      return keys(numberOf(column));
  }
}

const rowColumns = [
  'split',
  'rank',
  'given',
  'suggested',
  'suspicion',
  'loss',
  'probability',
  'loo_probability',
  'loo_loss',
  'leverage',
  'self_influence_if',
  'self_influence_rif',
  'val_loss_if',
  'val_loss_rif',
  'reasons',
] as const;

/** Rows of the review table, in the order asked for; at most some thousand at a time. */
export async function readReviewRows(tables: ReviewTables, rows: readonly number[]): Promise<ReviewRow[]> {
  if (rows.length === 0) return [];
  const pixels = tables.pictures?.columns ?? [];
  const cells = [...(tables.idColumn === null ? [] : [tables.idColumn]), ...pixels].map((index) =>
    cellExpression(tables.source, index),
  );
  const [scores, decisions, texts] = await Promise.all([
    tables.database.rows(`SELECT row_no, ${rowColumns.join(', ')} FROM ${tables.scores} WHERE ${rowFilter(rows)}`),
    tables.database.rows(`SELECT row_no, kind, label, note FROM decision_now WHERE ${rowFilter(rows)}`),
    cells.length === 0
      ? []
      : tables.database.rows(`SELECT row_no, ${cells.join(', ')} FROM ${tables.source.name} WHERE ${rowFilter(rows)}`),
  ]);
  const scoresOf = byRow(scores);
  const decisionOf = byRow(decisions);
  const textsOf = byRow(texts);
  return rows.map((row) => {
    const score = scoresOf.get(row);
    if (score === undefined) throw new BugError(`There is no row ${row} in the audit.`);
    const text = textsOf.get(row) ?? [];
    return reviewRow(tables, row, score, decisionOf.get(row), text);
  });
}

function byRow(rows: readonly DuckDBValue[][]): Map<number, DuckDBValue[]> {
  return new Map(rows.map(([row, ...values]) => [Number(row), values]));
}

function reviewRow(
  tables: ReviewTables,
  row: number,
  score: readonly DuckDBValue[],
  decision: readonly DuckDBValue[] | undefined,
  texts: readonly DuckDBValue[],
): ReviewRow {
  const number = (name: (typeof rowColumns)[number]): number | null => {
    const value = score[rowColumns.indexOf(name)];
    return typeof value === 'number' ? value : null;
  };
  const labelOf = (code: number | null): string => (code === null || code < 0 ? '' : (tables.classes[code] ?? ''));
  const hasId = tables.idColumn !== null;
  const bits = number('reasons') ?? 0;
  return {
    row,
    id: hasId ? String(texts[0] ?? '') : String(row),
    split: splits[number('split') ?? unlabelledSplit] ?? 'unlabelled',
    rank: number('rank'),
    givenLabel: labelOf(number('given')),
    suggestedLabel: labelOf(number('suggested')),
    suspicion: number('suspicion'),
    loss: number('loss'),
    probability: number('probability'),
    looProbability: number('loo_probability'),
    looLoss: number('loo_loss'),
    leverage: number('leverage'),
    selfInfluenceIf: number('self_influence_if'),
    selfInfluenceRif: number('self_influence_rif'),
    valLossIf: number('val_loss_if'),
    valLossRif: number('val_loss_rif'),
    reasons: tables.reasonNames.filter((_, bit) => Math.floor(bits / 2 ** bit) % 2 === 1),
    decision: decisionFrom(decision),
    note: String(decision?.[2] ?? ''),
    picture: tables.pictures === null ? null : greyLevels(tables.pictures, texts.slice(hasId ? 1 : 0)),
  };
}

function decisionFrom(values: readonly DuckDBValue[] | undefined): Decision | null {
  const kind = values?.[0];
  if (kind === 'keep' || kind === 'remove' || kind === 'later') return { kind };
  return kind === 'relabel' ? { kind, label: String(values?.[1] ?? '') } : null;
}

/** Grey levels 0–255 of picture cells; missing or odd cells are 0. */
export function greyLevels(pictures: Pictures, cells: readonly DuckDBValue[]): number[] {
  return cells.map((cell) => {
    const value = parseNumber(String(cell), 'point');
    return Number.isFinite(value) ? Math.max(0, Math.min(255, Math.round((255 * value) / pictures.max))) : 0;
  });
}

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
