import type { Matrix } from '../../src/core/base/matrix';

interface LabelledTable {
  readonly features: Matrix;
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * A CSV file without quotes whose last column is the label: a column of numbers is one feature, empty cells at its
 * mean, any other one a feature for each of its values. Classes in the order of their names.
 */
export function parseTable(csv: string): LabelledTable {
  const [header, ...lines] = csv
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const width = header.length - 1;
  const names = [...new Set(lines.map((cells) => cells[width]))].sort();
  const features = header.slice(0, width).flatMap((_, column) => featuresOf(lines.map((cells) => cells[column])));
  const data = new Float64Array(lines.length * features.length);
  features.forEach((values, j) => values.forEach((value, i) => (data[i * features.length + j] = value)));
  return {
    features: { rows: lines.length, columns: features.length, data },
    labels: Int32Array.from(lines, (cells) => names.indexOf(cells[width])),
    classes: names.length,
  };
}

function featuresOf(cells: readonly string[]): readonly (readonly number[])[] {
  const numbers = cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  const known = numbers.filter((value) => !Number.isNaN(value));
  if (cells.every((cell, i) => cell.trim() === '' || !Number.isNaN(numbers[i])) && known.length > 0) {
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return [numbers.map((value) => (Number.isNaN(value) ? mean : value))];
  }
  return [...new Set(cells)].sort().map((category) => cells.map((cell) => (cell === category ? 1 : 0)));
}
