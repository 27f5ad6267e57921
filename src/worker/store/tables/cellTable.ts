import { BugError } from '../../../core/base/errors';

/**
 * How the cells of a table of rows lie in it. Up to {@link mostCellColumns} columns each have a column of text of their
 * own, `c0`, `c1`, …. Beyond, neighbouring columns share a list of texts, `g0`, `g1`, …: DuckDB keeps at least a block
 * of 256 KiB for every column, however few rows there are, so that 5,000 columns would take more memory than it may
 * have, and compiles every query over as many expressions.
 */
export interface CellTable {
  readonly name: string;
  readonly columnCount: number;
  /** Columns that share a list; null where each has its own column. */
  readonly cellsPerList: number | null;
}

export const mostCellColumns = 1024;
/** Short lists are read for one of their cells; many of them are as bad as many columns. */
const newCellsPerList = 256;

/** The layout of a table that is to be made. Tables of old projects have columns however many there are. */
export function cellsPerListFor(columnCount: number): number | null {
  return columnCount > mostCellColumns ? newCellsPerList : null;
}

/** Columns [from, to) of the data that share a list; every column by itself where there are none. */
export function listRanges({
  columnCount,
  cellsPerList,
}: Pick<CellTable, 'columnCount' | 'cellsPerList'>): readonly (readonly [from: number, to: number])[] {
  const size = cellsPerList ?? 1;
  return Array.from({ length: Math.ceil(columnCount / size) }, (_, k) => [
    k * size,
    Math.min(columnCount, (k + 1) * size),
  ]);
}

/** Names and types of the columns that hold cells. */
export function cellColumns(layout: Pick<CellTable, 'columnCount' | 'cellsPerList'>): string[] {
  const [letter, type] = layout.cellsPerList === null ? ['c', 'VARCHAR'] : ['g', 'VARCHAR[]'];
  return listRanges(layout).map((_, k) => `${letter}${k} ${type}`);
}

/** The SQL of one cell. `prefix`: the table's alias with its point, or nothing. */
export function cellExpression({ columnCount, cellsPerList }: CellTable, index: number, prefix = ''): string {
  if (!Number.isInteger(index) || index < 0 || index >= columnCount) {
    throw new BugError(`There is no column ${index} of ${columnCount}.`);
  }
  if (cellsPerList === null) return `${prefix}c${index}`;
  return `${prefix}g${Math.floor(index / cellsPerList)}[${(index % cellsPerList) + 1}]`;
}

/** The SQL of the cells of these columns as one text, in their order, with `chr(separatorCode)` between them. */
export function joinedCells(table: CellTable, indices: readonly number[], separatorCode: number): string {
  const separator = `chr(${separatorCode})`;
  const { cellsPerList } = table;
  if (cellsPerList === null) {
    return `concat_ws(${separator}, ${indices.map((index) => cellExpression(table, index)).join(', ')})`;
  }
  const parts = runsInLists(table, indices).map((part) => `array_to_string(${part}, ${separator})`);
  return parts.length === 1 ? (parts[0] ?? '') : `concat_ws(${separator}, ${parts.join(', ')})`;
}

/** The SQL of values that are the same for two rows if the cells of these columns are. */
export function comparedCells(table: CellTable, indices: readonly number[]): string[] {
  if (table.cellsPerList === null) return indices.map((index) => cellExpression(table, index));
  return runsInLists(table, indices);
}

/** The SQL of lists that hold the cells one after the other. */
function runsInLists(table: CellTable, indices: readonly number[]): string[] {
  const size = table.cellsPerList ?? 1;
  const ranges = listRanges(table);
  const parts: string[] = [];
  for (let at = 0; at < indices.length;) {
    const list = Math.floor((indices[at] ?? 0) / size);
    const from = at;
    while (at < indices.length && Math.floor((indices[at] ?? 0) / size) === list) at++;
    const wanted = indices.slice(from, at);
    const [first = 0, end = 0] = ranges[list] ?? [];
    const isWhole = wanted.length === end - first && wanted.every((index, k) => index === first + k);
    // Checks the numbers too.
    wanted.forEach((index) => cellExpression(table, index));
    parts.push(
      isWhole ? `g${list}` : `list_select(g${list}, [${wanted.map((index) => index - first + 1).join(', ')}])`,
    );
  }
  return parts;
}
