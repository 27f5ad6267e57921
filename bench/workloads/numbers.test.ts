import { describe, expect, it } from 'vitest';
import { meansByNoise, numberFiles, numberNoises, plantInNumbers } from './numbers';

describe('errors in numbers', () => {
  const csv = `a1,label\n${Array.from({ length: 200 }, (_, row) => `"x,${row}",${(row % 50) + 1.5}`).join('\n')}\n`;
  const labelsOf = (text: string): number[] =>
    text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.slice(line.lastIndexOf(',') + 1)));
  const before = labelsOf(csv);

  it('are as many as asked for, of the kind asked for, and the same for a seed', () => {
    for (const noise of numberNoises) {
      const planted = plantInNumbers(csv, noise, 0.1, 4);
      const after = labelsOf(planted.csv);
      const changed = after.flatMap((label, row) => (label === before[row] ? [] : [row]));
      expect(changed).toEqual([...planted.wrong.keys()].filter((row) => planted.wrong[row] === 1));
      expect(changed.length).toBeGreaterThanOrEqual(noise === 'swapped' ? 17 : 20);
      expect(changed.length).toBeLessThanOrEqual(20);
      for (const row of changed) {
        const moved = Math.abs(after[row] - before[row]);
        if (noise === 'tenfold') expect(after[row]).toBeCloseTo(10 * before[row], 9);
        // The deviation of 1.5 … 50.5 is 14.43.
        if (noise === 'shifted') expect(Math.floor(moved / 14.43 / 1.5)).toBe(1);
      }
      if (noise === 'swapped') expect([...after].sort((a, b) => a - b)).toEqual([...before].sort((a, b) => a - b));
      expect(plantInNumbers(csv, noise, 0.1, 4).csv).toBe(planted.csv);
    }
  });

  it('are planted in three tables at least, three kinds in two shares each', () => {
    const tables = new Set(numberFiles.map(({ table }) => table));
    expect(tables.size).toBeGreaterThanOrEqual(3);
    expect(numberFiles).toHaveLength(6 * tables.size);
  });

  it('are summed up by kind', () => {
    const found = meansByNoise({ 'wine-swapped-5': { assay: 0.4 }, 'wine-swapped-10': { assay: 0.6 } });
    expect(found['swapped']).toEqual({ assay: 0.5 });
  });
});
