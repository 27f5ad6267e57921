import { readFileSync } from 'node:fs';
import type { Matrix } from '../../src/core/base/matrix';

export interface Digits {
  /** 1,797×64 pixels. */
  readonly features: Matrix;
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * The optical digits with their true labels, from the golden files (train and test together, without the constant
 * column).
 */
export function readDigits(): Digits {
  const rows = ['train', 'test'].flatMap((part) =>
    readFileSync(`tests/golden/data/digits10.${part}.csv`, 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',').map(Number)),
  );
  const columns = rows[0].length - 2;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => data.set(row.slice(0, columns), i * columns));
  return {
    features: { rows: rows.length, columns, data },
    labels: Int32Array.from(rows, (row) => row[columns + 1]),
    classes: 10,
  };
}
