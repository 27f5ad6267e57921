import { describe, expect, it } from 'vitest';
import { compareTables, plantInTable, tableFiles } from './tables';

describe('tableFiles', () => {
  it('are at least twelve tables, each with four kinds of errors and a seed for each', () => {
    const tables = new Set(tableFiles.map(({ table }) => table));
    expect(tables.size).toBeGreaterThanOrEqual(12);
    expect(tableFiles).toHaveLength(4 * tables.size);
    expect(new Set(tableFiles.map(({ name }) => name)).size).toBe(tableFiles.length);
    expect(new Set(tableFiles.map(({ seed }) => seed)).size).toBe(tableFiles.length);
  });
});

describe('plantInTable', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i / 10, i % 2 === 0 ? 'c9' : 'b', `c${i % 3}`].join(','));
  const csv = `a1,a2,label\n${rows.join('\n')}\n`;

  it('changes the last cell of the rows that are wrong, and nothing else', () => {
    const planted = plantInTable(csv, 'asymmetric', 0.1, 1);
    const lines = planted.csv.trimEnd().split('\n');
    expect(lines[0]).toBe('a1,a2,label');
    rows.forEach((row, i) => {
      const wrong = planted.wrong[i] === 1;
      expect(lines[i + 1]).toBe(wrong ? row.replace(/c\d$/, `c${((i % 3) + 1) % 3}`) : row);
    });
    expect(planted.wrong.reduce((sum, one) => sum + one, 0)).toBe(4);
  });
});

describe('compareTables', () => {
  it('takes the best classifier of each file, means over files, and counts where Assay is behind', () => {
    const result = compareTables({
      a: { assay: 0.5, earlier: 0.25, 'cleanlab-logistic': 0.25, 'cleanlab-boosting': 0.75 },
      b: { assay: 1, earlier: 0.75, 'cleanlab-logistic': 0.5, 'cleanlab-boosting': 0.25 },
    });
    expect(result.average_precisions['a']['cleanlab']).toBe(0.75);
    expect(result.average_precisions['b']['cleanlab']).toBe(0.5);
    expect(result.average_precision).toEqual({
      assay: 0.75,
      earlier: 0.5,
      cleanlab: 0.625,
      'cleanlab-logistic': 0.375,
      'cleanlab-boosting': 0.5,
    });
    expect(result.behind_cleanlab).toBe(1);
  });

  it('says nothing of cleanlab where it did not run', () => {
    const result = compareTables({ a: { assay: 0.5 } });
    expect(result).toEqual({ average_precisions: { a: { assay: 0.5 } }, average_precision: { assay: 0.5 } });
  });
});
