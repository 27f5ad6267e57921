import { createHash } from 'node:crypto';
import { createTurns } from '../eventLoop';
import type { ProjectStore } from '../store/projectStore';

/** Of the form, in case another one is ever needed; a spreadsheet takes digits with an “e” for a number without it. */
const form = 'r1-';
/** Hexadecimal digits: two rows of a billion are the same by chance once in 10²⁰ files. */
const digits = 32;
const blockRows = 5_000;
/** More rows are found by going through all once: each look for some is a look at all. */
const fewRows = 20_000;

/** Names what stands in the cells of a row, as the data file has them, whatever its number: a part of their SHA-256. */
export function contentOf(cells: readonly string[]): string {
  const text = cells.map((cell) => `${cell.length}:${cell}`).join('');
  return form + createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** The content of some rows, by row. */
export async function readContents(
  { sources }: Pick<ProjectStore, 'sources'>,
  rows: readonly number[],
): Promise<Map<number, string>> {
  const contents = new Map<number, string>();
  if (rows.length > fewRows) {
    const wanted = new Set(rows);
    await scanContents(sources, (row, content) => wanted.has(row) && contents.set(row, content()));
    return contents;
  }
  for (let start = 0; start < rows.length; start += blockRows) {
    const part = rows.slice(start, start + blockRows);
    const cells = await sources.readCells(part);
    part.forEach((row, k) => contents.set(row, contentOf(cells[k])));
  }
  return contents;
}

/** The rows that have one of these contents. O(n) over all cells. */
export async function findContents(
  { sources }: Pick<ProjectStore, 'sources'>,
  wanted: ReadonlySet<string>,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  if (wanted.size === 0) return found;
  await scanContents(sources, (row, contentOfRow) => {
    const content = contentOfRow();
    if (!wanted.has(content)) return;
    const rows = found.get(content);
    if (rows === undefined) found.set(content, [row]);
    else rows.push(row);
  });
  return found;
}

/** Visits all rows in their order. */
async function scanContents(
  sources: ProjectStore['sources'],
  visit: (row: number, content: () => string) => void,
): Promise<void> {
  const columns = sources.columns.map(({ index }) => index);
  const turn = createTurns();
  await sources.scan(columns, async (firstRow, cells) => {
    const count = cells[0]?.length ?? 0;
    for (let k = 0; k < count; k++) {
      visit(firstRow + k, () => contentOf(cells.map((column) => column[k])));
      await turn();
    }
  });
}
