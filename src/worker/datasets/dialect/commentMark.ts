import type { SampleRecord, Table } from './findTable';
import { areNumbers } from './headerEvidence';

/** What comments begin with, the longer ones first. */
const marks = ['//', '--', '#', '%', ';', '!', '*', '@', '>', '|', '\\', '&', '$'] as const;
/** Marks that programs put before rows that are to be left out. */
const rowMarks: ReadonlySet<string> = new Set(['//', '--', '#', '%']);
/** A number as it stands in a row that was commented out. */
const plainNumber = /^\s*[-+]?[\d.,]*\d[\d.,]*(e[-+]?\d+)?\s*$/i;
/** What spreadsheets write for errors is a value. */
const errorValue = /^#(N\/A|DIV\/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|N\/D)/i;

/**
 * What lines begin with that are no rows, by the records of a sample: records that begin with a mark and are not as
 * wide as rows, while no row begins with it; '' where there are none. A mark before rows of the usual width counts
 * where the first column holds numbers otherwise.
 */
export function findCommentMark(records: readonly SampleRecord[], table: Table): string {
  const { rowWidth, start, header, rows } = table;
  if (rowWidth < 2) return '';
  for (const mark of marks) {
    const marked = records.flatMap(({ cells }, index) => ((cells[0] ?? '').startsWith(mark) ? [index] : []));
    const others = marked.filter((index) => !(header && index === start));
    if (others.length === 0) continue;
    const within = others.filter((index) => rows.includes(index));
    const plain = rows.filter((index) => !within.includes(index));
    const cellsOf = (index: number): readonly string[] => records[index]?.cells ?? [];
    if (within.some((index) => isRowWithMark(cellsOf(index), mark, plain.map(cellsOf)))) continue;
    const numeric = areNumbers(
      plain.map((index) => cellsOf(index)[0] ?? ''),
      0.95,
    );
    if (within.length === 0) {
      // Where rows begin with a text, one further down may well begin with the mark: only lines that are surely no rows
      // are comments.
      const inBody = others.filter((index) => index > start).map((index) => records[index]?.cells ?? []);
      const surely = inBody.length > 0 && inBody.every((cells) => cells.length === 1 || /^\W+\s/.test(cells[0] ?? ''));
      const titles = header && (records[start]?.cells[0] ?? '').startsWith(mark);
      if (titles && others.length > 0 && inBody.length === 0) return mark;
      if (numeric ? inBody.length > 0 || rowMarks.has(mark) : surely) return mark;
    } else if (rowMarks.has(mark) && within.length <= 0.2 * rows.length && numeric) return mark;
  }
  return '';
}

/**
 * Whether a record of the usual width is a row whose first cell only looks like a comment's beginning ("--", "#N/A",
 * "#12b" over numbers): no number was commented out there, and the other cells are what their columns hold. A row lost
 * is worse than a comment read.
 */
function isRowWithMark(cells: readonly string[], mark: string, plain: readonly (readonly string[])[]): boolean {
  const first = cells[0] ?? '';
  if (first.trim() === mark || errorValue.test(first)) return true;
  if (plainNumber.test(first.slice(mark.length))) return false;
  const others = cells.slice(1);
  return others.every((cell, k) => {
    if (cell.trim() === '') return true;
    const column = plain.map((row) => row[k + 1] ?? '');
    return areNumbers(column, 0.95) ? areNumbers([cell], 1) : column.includes(cell);
  });
}

/**
 * The same where comments are as many as rows, so that widths tell little: without the lines that begin with the mark,
 * all others have one width, which those have not.
 */
export function findFrequentMark(
  records: readonly SampleRecord[],
  { purity }: Table,
  find: (records: readonly SampleRecord[]) => Table | null,
): string {
  if (purity >= 0.95) return '';
  for (const mark of rowMarks) {
    const marked = records.map((record) => ({ ...record, isComment: (record.cells[0] ?? '').startsWith(mark) }));
    if (marked.filter(({ isComment }) => isComment).length < 2) continue;
    const table = find(marked);
    if (table === null || table.rowWidth < 2 || table.purity < 0.95 || table.rows.length < 2) continue;
    if (marked.every(({ isComment, cells }) => !isComment || cells.length !== table.rowWidth)) return mark;
  }
  return '';
}
