import type { DuckDBValue } from '@duckdb/node-api';
import type { MapColour } from '../../../contract/map';
import type { Filter, NumberColumn, Query, ReviewColumn, Spread } from '../../../contract/review';
import { cellExpression } from '../tables/cellTable';
import type { Database } from '../tables/database';
import type { ReviewTables } from './reviewTables';
import { hasNumbers, labelledTraining, splits } from './reviewTables';

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
  const sortsById = query.sort.some(({ column }) => column === 'id');
  const order = [...query.sort.map(({ column, descending }) => sortKeys(tables, column, descending)), 's.row_no'].join(
    ', ',
  );
  const sql = `SELECT s.row_no FROM ${rowsOf(tables, query, bindings, sortsById)} ORDER BY ${order}`;
  return readIntegers(tables.database, sql, bindings.values);
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
  const bindings = new Bindings();
  const filters = query.filters.filter(({ column }) => column !== 'given_label' && column !== 'suggested_label');
  const counted = await tables.database.rows(
    `SELECT CAST(s.given AS INTEGER), CAST(s.suggested AS INTEGER), CAST(count(*) AS INTEGER) AS n
     FROM ${rowsOf(tables, { ...query, filters }, bindings, false)} AND s.given >= 0 AND s.suggested >= 0
     GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT ${limit}`,
    bindings.values,
  );
  return counted.map(([given, suggested, rows]) => ({
    given: Number(given),
    suggested: Number(suggested),
    rows: Number(rows),
  }));
}

/**
 * How a column is spread over the rows of a query: bins of equal width from the smallest value to the largest, both
 * included; one bin where all are equal. The query's own filter on the column does not count: its ends can be moved
 * outwards again. null: no row has a number there. Two scans.
 */
export async function readSpread(
  tables: ReviewTables,
  query: Query,
  column: NumberColumn,
  bins: number,
): Promise<Spread | null> {
  const others = { ...query, filters: query.filters.filter((one) => one.column !== column) };
  const bindings = new Bindings();
  const rows = rowsOf(tables, others, bindings, false);
  const value = `CAST(${numberOf(column)} AS DOUBLE)`;
  const [[low, high, empty] = []] = await tables.database.rows(
    `SELECT min(${value}), max(${value}), CAST(count(*) - count(${value}) AS INTEGER) FROM ${rows}`,
    bindings.values,
  );
  if (typeof low !== 'number' || typeof high !== 'number') return null;
  const counts = new Array<number>(low === high ? 1 : bins).fill(0);
  const from = bindings.add(low);
  const width = bindings.add(low === high ? 1 : (high - low) / bins);
  const counted = await tables.database.rows(
    `SELECT least(CAST(floor((${value} - CAST(${from} AS DOUBLE)) / CAST(${width} AS DOUBLE)) AS INTEGER), ${counts.length - 1}) AS bin,
       CAST(count(*) AS INTEGER) FROM ${rows} AND ${value} IS NOT NULL GROUP BY bin`,
    bindings.values,
  );
  for (const [bin, count] of counted) counts[Number(bin)] = Number(count);
  return { low, high, counts, empty: Number(empty) };
}

/** SQL from FROM on: the rows `s` of a query with their decisions `d`, and their cells `t` where these are needed. */
function rowsOf(tables: ReviewTables, query: Query, bindings: Bindings, needsId: boolean): string {
  const conditions = [
    queueCondition(query, bindings),
    ...query.filters.map((filter) => filterCondition(tables, filter, bindings)),
  ];
  if (query.search !== '') conditions.push(searchCondition(tables, query.search, bindings));
  const usesId = needsId || query.search !== '';
  const idJoin = usesId && tables.idColumn !== null ? ` JOIN ${tables.source.name} t USING (row_no)` : '';
  return (
    `${tables.scores} s LEFT JOIN decision_now d USING (row_no)${idJoin} ` +
    `WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}`
  );
}

/** The code of every row's given label, in row order; −1 = unlabelled. */
export async function readGivenCodes({ database, scores }: ReviewTables): Promise<Int32Array> {
  return readIntegers(database, `SELECT CAST(given AS INTEGER) FROM ${scores} ORDER BY row_no`, []);
}

/** What every row's label is suggested to be, in row order: a class's code, −1 = none; of numeric labels the number. */
export async function readSuggestions(tables: ReviewTables): Promise<Int32Array | Float64Array> {
  const { database, scores } = tables;
  if (!hasNumbers(tables)) {
    return readIntegers(database, `SELECT CAST(suggested AS INTEGER) FROM ${scores} ORDER BY row_no`, []);
  }
  const sql = `SELECT coalesce(CAST(suggested_value AS DOUBLE), CAST('NaN' AS DOUBLE)) FROM ${scores} ORDER BY row_no`;
  return readColumn(database, sql, [], (rowCount) => new Float64Array(rowCount));
}

/** Decisions as they are coloured by: place 0 for none. */
export const decisionWords = ['undecided', 'keep', 'remove', 'relabel', 'later'] as const;

/**
 * A column of every row, in row order: a number, or the code of a word (of a class, of {@link decisionWords}, of
 * {@link splits}); NaN where there is none. One scan.
 */
export async function readColumnValues(tables: ReviewTables, column: MapColour): Promise<Float32Array> {
  const sql = `SELECT coalesce(CAST(${valueOf(column)} AS FLOAT), CAST('NaN' AS FLOAT))
    FROM ${tables.scores} s LEFT JOIN decision_now d USING (row_no) ORDER BY s.row_no`;
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

/** The numbers of a query's only column, an INTEGER without NULLs. */
async function readIntegers(database: Database, sql: string, values: DuckDBValue[]): Promise<Int32Array> {
  return readColumn(database, sql, values, (rowCount) => new Int32Array(rowCount));
}

/** The numbers of a query's only column, which has no NULLs. */
async function readColumn<Numbers extends Int32Array | Float32Array | Float64Array>(
  database: Database,
  sql: string,
  values: DuckDBValue[],
  make: (rowCount: number) => Numbers,
): Promise<Numbers> {
  return database.read(async (connection) => {
    const result = await connection.run(sql, values);
    const rows = make(result.rowCount);
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
    // As many as were counted, unless something is wrong: then those that came.
    return (at === rows.length ? rows : rows.slice(0, at)) as Numbers;
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
  if (filter.kind === 'rows') return inCodes('s.row_no', filter.rows);
  const codes = (names: readonly string[]): number[] =>
    filter.values.map((value) => names.indexOf(value)).filter((code) => code >= 0);
  switch (filter.column) {
    case 'given_label':
      // '' asks for the rows without a label.
      if (hasNumbers(tables)) return filter.values.includes('') ? 's.given_value IS NULL' : 'false';
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
    ...(hasNumbers(tables) ? [`contains(CAST(s.given_value AS VARCHAR), ${text})`] : []),
  ].join(' OR ');
}

/** SQL of a column of numbers; its name comes from the contract's list, never from text. */
function numberOf(column: NumberColumn): string {
  return column === 'row' ? 's.row_no' : `s.${column}`;
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
