import { terminalCell } from './terminalText';

/**
 * Lines of cells, each column as wide as its widest cell (a cell that is long is cut); the first `leftColumns` columns
 * to the left, the others to the right.
 */
export function alignTable(rows: readonly (readonly string[])[], leftColumns = 1): string[] {
  const shown = rows.map((row) => row.map((cell) => terminalCell(cell)));
  const widths: number[] = [];
  for (const row of shown) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return shown.map((row) =>
    row
      .map((cell, column) => (column < leftColumns ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of what is told and its value. */
export function formatFacts(facts: readonly (readonly [string, string])[]): string[] {
  return facts.map(([name, value]) => `${name.padEnd(12)}${value}`);
}

/** A signed change with four significant digits; "–" where there is none. */
export function formatChange(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e-4 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(3);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

/** A figure with three decimals; "–" where there is none. */
export function formatFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(3).replace('-', '−');
}
