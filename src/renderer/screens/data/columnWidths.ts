import type { Column } from '../../../contract/dataset';

/** Average width of a character of the data font at its small size, and what stands beside the text, in CSS pixels. */
const characterWidth = 7.4;
const padding = 22;
const narrowest = 96;
const widest = 280;

/** Width of each column in CSS pixels: as its name and its first rows need it, within limits. Cost O(columns). */
export function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly (string | null)[])[],
  looked = 40,
): number[] {
  const longest = columns.map((column) => column.name.length);
  for (const row of rows.slice(0, looked)) {
    for (let c = 0; c < columns.length; c++) longest[c] = Math.max(longest[c] ?? 0, row[c]?.length ?? 0);
  }
  return longest.map((length) => Math.round(Math.min(widest, Math.max(narrowest, length * characterWidth + padding))));
}
