import type { MapColour } from '../../../contract/map';
import type { Query, ReviewColumn } from '../../../contract/review';
import { cellExpression } from '../tables/cellTable';
import { readQueryMask } from './queryConditions';
import { readColumn } from './readColumn';
import { hasNumbers, type ReviewTables } from './reviewTables';
import { keepMasked } from './rowMask';
import { numberOf, readCodes, readScores } from './scoreColumns';

/**
 * Row numbers in the order of a query. The order of all rows is read once and kept, some 0.3 s for a million rows; from
 * then on O(n) in memory.
 */
export async function queryReviewRows(tables: ReviewTables, query: Query): Promise<Int32Array> {
  const [order, mask] = await Promise.all([readOrder(tables, query.sort), readQueryMask(tables, query)]);
  return keepMasked(order, mask);
}

async function readOrder(tables: ReviewTables, sort: Query['sort']): Promise<Int32Array> {
  const { database, scores, source, idColumn } = tables;
  const read = (): Promise<Int32Array> => {
    const order = [...sort.map(({ column, descending }) => sortKeys(tables, column, descending)), 's.row_no'].join(
      ', ',
    );
    const has = (wanted: ReviewColumn): boolean => sort.some(({ column }) => column === wanted);
    const decisions = has('decision') ? ` LEFT JOIN ${tables.decisions} d USING (row_no)` : '';
    const cells = has('id') && idColumn !== null ? ` JOIN ${source.name} t USING (row_no)` : '';
    const sql = `SELECT s.row_no FROM ${scores} s${decisions}${cells} ORDER BY ${order}`;
    return readColumn(database, sql, [], (rowCount) => new Int32Array(rowCount));
  };
  // What is decided changes from one question to the next.
  if (sort.some(({ column }) => column === 'decision')) return read();
  return tables.kept.array(`${scores} ${source.name} ${idColumn ?? ''} order ${JSON.stringify(sort)}`, read);
}

/** Rows with the same given and suggested class, by their codes. */
interface LabelPairCount {
  readonly given: number;
  readonly suggested: number;
  readonly rows: number;
}

/**
 * How many rows of a query have which given label and which suggestion, most frequent pairs first, at most `limit` of
 * them; rows without a label are left out. The query's own filters on the two do not count: with one pair chosen the
 * others can still be.
 */
export async function countLabelPairs(tables: ReviewTables, query: Query, limit: number): Promise<LabelPairCount[]> {
  const filters = query.filters.filter(({ column }) => column !== 'given_label' && column !== 'suggested_label');
  const [rows, given, suggested] = await Promise.all([
    readQueryMask(tables, { ...query, filters }),
    readCodes(tables, 'given'),
    readCodes(tables, 'suggested'),
  ]);
  const classes = tables.classes.length;
  const counts = new Map<number, number>();
  for (let row = 0; row < rows.length; row++) {
    if (rows[row] === 0 || given[row] < 0 || suggested[row] < 0) continue;
    const pair = given[row] * classes + suggested[row];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([one, n], [other, m]) => m - n || one - other)
    .slice(0, limit)
    .map(([pair, count]) => ({ given: Math.floor(pair / classes), suggested: pair % classes, rows: count }));
}

/** The code of every row's given label, in row order; −1 = unlabelled. */
export async function readGivenCodes(tables: ReviewTables): Promise<Int32Array> {
  return readCodes(tables, 'given');
}

/** What every row's label is suggested to be, in row order: a class's code, −1 = none; of numeric labels the number. */
export async function readSuggestions(tables: ReviewTables): Promise<Int32Array | Float64Array> {
  return hasNumbers(tables) ? readScores(tables, 'suggested_value') : readCodes(tables, 'suggested');
}

/** Decisions as they are coloured by: place 0 for none. */
export const decisionWords = ['undecided', 'keep', 'remove', 'relabel', 'later'] as const;

/**
 * A column of every row, in row order: a number, or the code of a word (of a class, of {@link decisionWords}, of
 * {@link splits}); NaN where there is none. One scan.
 */
export async function readColumnValues(tables: ReviewTables, column: MapColour): Promise<Float32Array> {
  const sql = `SELECT coalesce(CAST(${valueOf(column)} AS FLOAT), CAST('NaN' AS FLOAT))
    FROM ${tables.scores} s LEFT JOIN ${tables.decisions} d USING (row_no) ORDER BY s.row_no`;
  return readColumn(tables.database, sql, [], (rowCount) => new Float32Array(rowCount));
}

function valueOf(column: MapColour): string {
  switch (column) {
    case 'given_label':
      return 'nullif(s.given, -1)';
    case 'suggested_label':
      return 'nullif(s.suggested, -1)';
    case 'split':
      return 's.split';
    case 'decision': {
      const cases = decisionWords.slice(1).map((word, at) => `WHEN '${word}' THEN ${at + 1}`);
      return `CASE d.kind ${cases.join(' ')} ELSE 0 END`;
    }
    default:
      return numberOf(column);
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
      return keys(hasNumbers(tables) ? 's.given_value' : 'nullif(s.given, -1)');
    case 'suggested_label':
      return keys(hasNumbers(tables) ? 's.suggested_value' : 'nullif(s.suggested, -1)');
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
