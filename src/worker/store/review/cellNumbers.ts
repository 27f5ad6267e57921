import type { Column } from '../../../contract/dataset';
import { isNumberMarker, parseDate, parseNumber } from '../../datasets/cells/cells';
import { cellExpression } from '../tables/cellTable';
import { Bindings } from './bindings';
import { readColumn, visitRows } from './readColumn';
import type { ReviewTables } from './reviewTables';

/** No number is written longer, but for plain digits. */
const longestNumber = 1_000;

/**
 * The cells of a column as numbers, by row, as the column is read: dates as days since 1970-01-01 UTC; NaN where a cell
 * is missing or is none. Plain numbers are read by DuckDB, all others here. Kept; the first time some 0.3 s for a
 * million plain numbers, ten times as much for dates and units.
 */
export async function readCellNumbers(tables: ReviewTables, column: Column): Promise<Float64Array> {
  const { type, format = '', reading } = column;
  const key = `${tables.source.name} numbers ${column.index} ${type} ${format} ${reading?.unit ?? ''}`;
  return tables.kept.array(key, () => readNumbers(tables, column));
}

async function readNumbers(tables: ReviewTables, column: Column): Promise<Float64Array> {
  const { database, source, saidMissing } = tables;
  const cell = cellExpression(source, column.index);
  const plain = isPlain(column)
    ? plainNumber(cell, saidMissing)
    : { sql: 'CAST(NULL AS DOUBLE)', bindings: new Bindings() };
  const numbers = await readColumn(
    database,
    `SELECT coalesce(${plain.sql}, CAST('NaN' AS DOUBLE)) FROM ${source.name}`,
    plain.bindings.values,
    (rowCount) => new Float64Array(rowCount),
  );
  const read = readerOf(column);
  await visitRows(
    database,
    `SELECT row_no, ${cell} FROM ${source.name}
     WHERE ${plain.sql} IS NULL AND ${cell} <> '' AND length(${cell}) <= ${longestNumber}`,
    plain.bindings.values,
    (row, text) => {
      const value = String(text);
      if (!isNumberMarker(value) && !saidMissing.has(value.trim())) numbers[row] = read(value);
    },
  );
  return numbers;
}

/** A number is the same to DuckDB as to us where it has a point, and nothing stands beside it. */
function isPlain({ type, format, reading }: Column): boolean {
  return type !== 'date' && (format === undefined || format === 'point') && (reading?.unit ?? '') === '';
}

function plainNumber(cell: string, said: ReadonlySet<string>): { readonly sql: string; readonly bindings: Bindings } {
  const bindings = new Bindings();
  const words = [...said].map((word) => bindings.add(word)).join(', ');
  const isMeant = words === '' ? '' : ` AND trim(${cell}) NOT IN (${words})`;
  const number = `TRY_CAST(${cell} AS DOUBLE)`;
  // DuckDB also reads 1_000, inf and nan.
  const sql = `CASE WHEN isfinite(${number}) AND NOT contains(${cell}, '_')${isMeant} THEN ${number} END`;
  return { sql, bindings };
}

function readerOf({ type, format, reading }: Column): (cell: string) => number {
  if (type === 'date') {
    const order = format === 'dmy' || format === 'mdy' ? format : 'ymd';
    return (cell) => parseDate(cell, order);
  }
  const decimal = format === 'comma' ? 'comma' : 'point';
  const unit = reading?.unit ?? '';
  return (cell) => parseNumber(cell, decimal, unit);
}
