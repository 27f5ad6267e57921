/** Rows shown before a file has been read. */
const mostRows = 200;
/** Cells of a preview, which goes to the window in one message: 20,000 columns show 20 rows. */
const mostCells = 400_000;
const fewestRows = 5;

/** How many of the first rows are shown of a table: 200, and fewer of one of more than 2,000 columns. */
export function previewRowCount(columnCount: number): number {
  return Math.max(fewestRows, Math.min(mostRows, Math.floor(mostCells / Math.max(1, columnCount))));
}
