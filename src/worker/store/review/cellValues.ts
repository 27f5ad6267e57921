import type { Column } from '../../../contract/dataset';
import { BugError } from '../../../core/base/errors';
import { readCells } from '../sources/sourceRows';
import { cellExpression } from '../tables/cellTable';
import { visitRows } from './readColumn';
import type { ReviewTables } from './reviewTables';
import type { RowMask } from './rowMask';

/** Up to so many values, of so many characters together, are kept as texts. */
const mostTexts = 10_000;
const mostCharacters = 500_000;

/** The different cells of a column, by which every row says which it has. */
export interface CellValues {
  /** By row: a place in `firstRows`. */
  readonly codes: Int32Array;
  /** The first row that has the value, ascending. */
  readonly firstRows: Int32Array;
  /** The values; null where they are too many or too long to be kept. */
  readonly texts: readonly string[] | null;
}

/** Kept; the first time some 0.5 s for a million cells, four times as much where all of them differ. */
export async function readCellValues(tables: ReviewTables, { index }: Column): Promise<CellValues> {
  const key = `${tables.source.name} values ${index}`;
  return tables.kept.get(
    key,
    () => readValues(tables, index),
    ({ codes, firstRows, texts }) =>
      codes.byteLength + firstRows.byteLength + (texts ?? []).reduce((sum, text) => sum + 2 * text.length, 0),
  );
}

async function readValues(tables: ReviewTables, index: number): Promise<CellValues> {
  const { database, source, rowCount } = tables;
  const cell = cellExpression(source, index, 't.');
  const codes = new Int32Array(rowCount).fill(-1);
  // At first each row is given the first row with the same cell.
  await visitRows(
    database,
    `SELECT t.row_no, v.first FROM ${source.name} t
     JOIN (SELECT ${cell} AS value, min(t.row_no) AS first FROM ${source.name} t GROUP BY 1) v ON ${cell} = v.value`,
    [],
    (row, first) => {
      codes[row] = Number(first);
    },
  );
  const firstRows = Int32Array.from(codes.filter((first, row) => first === row));
  const places = new Int32Array(rowCount);
  firstRows.forEach((row, place) => (places[row] = place));
  for (let row = 0; row < rowCount; row++) {
    if (codes[row] < 0) throw new BugError(`Row ${row} has none of the values of column ${index}.`);
    codes[row] = places[codes[row]];
  }
  return { codes, firstRows, texts: await readTexts(tables, index, firstRows) };
}

async function readTexts(
  { database, source }: ReviewTables,
  index: number,
  firstRows: Int32Array,
): Promise<string[] | null> {
  if (firstRows.length > mostTexts) return null;
  const rows = [...firstRows];
  const cell = cellExpression(source, index);
  const list = rows.join(', ');
  const [[length] = []] =
    rows.length === 0
      ? [[0]]
      : await database.rows(`SELECT sum(length(${cell})) FROM ${source.name} WHERE row_no IN (${list})`);
  if (Number(length) > mostCharacters) return null;
  return (await readCells(database, source, rows, [index])).map(([text]) => text);
}

/** How many rows of a mask have each value. O(n). */
export function countValues({ codes, firstRows }: CellValues, mask: RowMask): Int32Array {
  const counts = new Int32Array(firstRows.length);
  for (let row = 0; row < codes.length; row++) counts[codes[row]] += mask[row];
  return counts;
}

/** The places of the largest counts above 0, falling, ties in their order. O(values). */
export function largestCounts(counts: Int32Array, limit: number): number[] {
  const best: number[] = [];
  for (let place = 0; place < counts.length; place++) {
    const count = counts[place];
    if (count === 0 || (best.length === limit && count <= counts[best[limit - 1]])) continue;
    let at = best.length;
    while (at > 0 && counts[best[at - 1]] < count) at--;
    best.splice(at, 0, place);
    if (best.length > limit) best.pop();
  }
  return best;
}
