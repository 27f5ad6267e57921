import { BugError } from '../../../core/base/errors';

/**
 * How the cells of a table of rows lie in it. Up to {@link mostCellColumns} columns each have a column of text of their
 * own, `c0`, `c1`, …. Beyond, neighbouring columns share one: DuckDB compresses every column by itself, keeps at least
 * a block of 256 KiB for it, however few rows there are, and compiles every query over as many expressions.
 */
export interface CellTable {
  readonly name: string;
  readonly columnCount: number;
  /** Null where each column has its own. */
  readonly group: CellGroup | null;
}

/** Neighbouring columns of the data that share a column of the table. */
export interface CellGroup {
  /**
   * `texts`: their cells are one text, `j0`, `j1`, …, with the text in the column `separator` between them. It depends
   * on the cells of the row alone, and none of them holds it. `lists`, in projects of earlier versions: a list of
   * texts, `g0`, `g1`, ….
   */
  readonly kind: 'texts' | 'lists';
  /** How many columns share one, but for the last of them. */
  readonly size: number;
}

/** 20,000 rows of 256 numbers are stored in a quarter of the time by texts, and scanned in a seventh. */
export const mostCellColumns = 64;
/** A longer text is read for one of its cells. */
const leastInText = 64;
const mostTexts = 64;

/** The layout of a table that is to be made. Tables of old projects have columns however many there are. */
export function newCellGroup(columnCount: number): CellGroup | null {
  if (columnCount <= mostCellColumns) return null;
  return { kind: 'texts', size: Math.max(leastInText, Math.ceil(columnCount / mostTexts)) };
}

/** Columns [from, to) of the data that share a column of the table; every column by itself where none do. */
export function groupRanges({
  columnCount,
  group,
}: Pick<CellTable, 'columnCount' | 'group'>): readonly (readonly [from: number, to: number])[] {
  const size = group?.size ?? 1;
  return Array.from({ length: Math.ceil(columnCount / size) }, (_, k) => [
    k * size,
    Math.min(columnCount, (k + 1) * size),
  ]);
}

const letters = { texts: 'j', lists: 'g' } as const;

/** Names and types of the columns that hold cells, and of what is needed to read them. */
export function cellColumns(layout: Pick<CellTable, 'columnCount' | 'group'>): string[] {
  const { group } = layout;
  const letter = group === null ? 'c' : letters[group.kind];
  const type = group?.kind === 'lists' ? 'VARCHAR[]' : 'VARCHAR';
  const columns = groupRanges(layout).map((_, k) => `${letter}${k} ${type}`);
  return group?.kind === 'texts' ? ['separator VARCHAR', ...columns] : columns;
}

/** The SQL of one cell. `prefix`: the table's alias with its point, or nothing. */
export function cellExpression({ columnCount, group }: CellTable, index: number, prefix = ''): string {
  if (!Number.isInteger(index) || index < 0 || index >= columnCount) {
    throw new BugError(`There is no column ${index} of ${columnCount}.`);
  }
  if (group === null) return `${prefix}c${index}`;
  const shared = `${prefix}${letters[group.kind]}${Math.floor(index / group.size)}`;
  const place = (index % group.size) + 1;
  return group.kind === 'lists' ? `${shared}[${place}]` : `split_part(${shared}, ${prefix}separator, ${place})`;
}

/** The SQL of the cells of these columns as one text, in their order, with `chr(separatorCode)` between them. */
export function joinedCells(table: CellTable, indices: readonly number[], separatorCode: number): string {
  const separator = `chr(${separatorCode})`;
  const { group } = table;
  const parts =
    group === null
      ? indices.map((index) => cellExpression(table, index))
      : runsInGroups(table, group, indices).map(({ shared, places }) => {
          if (places !== null)
            return `array_to_string(list_select(${listOf(group, shared)}, [${places}]), ${separator})`;
          if (group.kind === 'lists') return `array_to_string(${shared}, ${separator})`;
          return `CASE WHEN separator = ${separator} THEN ${shared} ELSE replace(${shared}, separator, ${separator}) END`;
        });
  return parts.length === 1 && group !== null ? (parts[0] ?? '') : `concat_ws(${separator}, ${parts.join(', ')})`;
}

/** The SQL of values that are the same for two rows if the cells of these columns are. */
export function comparedCells(table: CellTable, indices: readonly number[]): string[] {
  const { group } = table;
  if (group === null) return indices.map((index) => cellExpression(table, index));
  return runsInGroups(table, group, indices).map(({ shared, places }) => {
    if (places !== null) return `list_select(${listOf(group, shared)}, [${places}])`;
    if (group.kind === 'lists') return shared;
    // The separator of a row also depends on cells that are not compared.
    return (
      `CASE WHEN separator = chr(31) THEN ${shared} WHEN contains(${shared}, chr(31)) ` +
      `THEN CAST(hash(${listOf(group, shared)}) AS VARCHAR) ELSE replace(${shared}, separator, chr(31)) END`
    );
  });
}

function listOf({ kind }: CellGroup, shared: string): string {
  return kind === 'lists' ? shared : `string_split(${shared}, separator)`;
}

/** Cells that come from one column of the table. */
interface GroupRun {
  readonly shared: string;
  /** Which of them, counted from 1; null: all, in their order. */
  readonly places: string | null;
}

function runsInGroups(table: CellTable, { kind, size }: CellGroup, indices: readonly number[]): GroupRun[] {
  const ranges = groupRanges(table);
  const runs: GroupRun[] = [];
  for (let at = 0; at < indices.length;) {
    const place = Math.floor((indices[at] ?? 0) / size);
    const from = at;
    while (at < indices.length && Math.floor((indices[at] ?? 0) / size) === place) at++;
    const wanted = indices.slice(from, at);
    const [first = 0, end = 0] = ranges[place] ?? [];
    const isWhole = wanted.length === end - first && wanted.every((index, k) => index === first + k);
    // Checks the numbers too.
    wanted.forEach((index) => cellExpression(table, index));
    const places = isWhole ? null : wanted.map((index) => index - first + 1).join(', ');
    runs.push({ shared: `${letters[kind]}${place}`, places });
  }
  return runs;
}
