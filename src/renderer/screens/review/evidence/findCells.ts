import type { Evidence } from '../../../../contract/review';

type Cell = Evidence['cells'][number];

/**
 * Cells whose column or text has `needle` in it, whatever the case, in the file's order; columns named exactly so come
 * first, as among thousands (`x1`, `x10`, `x100`) they would be found last. All cells for a blank needle. Cost
 * O(cells).
 */
export function findCells(cells: readonly Cell[], needle: string): readonly Cell[] {
  const text = needle.trim().toLocaleLowerCase();
  if (text === '') return cells;
  const exact: Cell[] = [];
  const others: Cell[] = [];
  for (const cell of cells) {
    const name = cell.column.toLocaleLowerCase();
    if (name === text) exact.push(cell);
    else if (name.includes(text) || cell.text.toLocaleLowerCase().includes(text)) others.push(cell);
  }
  return [...exact, ...others];
}
