import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../base/random';
import { LeakFinder, type LeakReport } from './findLeaks';

type Cells = readonly string[];

/** Columns whose cells are all numbers are measured as numbers. */
function find(labels: readonly number[], classes: number, columns: readonly Cells[]): LeakReport {
  const finder = new LeakFinder(Int32Array.from(labels), classes);
  for (const cells of columns) {
    const numbers = Float64Array.from(cells, (cell) => (cell === '' ? Number.NaN : Number(cell)));
    const ordered = cells.every((cell, row) => cell === '' || !Number.isNaN(numbers[row]));
    finder.add({ cells, numbers: ordered ? numbers : null });
  }
  return finder.finish();
}

/** Labels by turns or by share, and two honest measurements of them. */
function table(random: Random, rows: number, classes: number, share?: number) {
  const labels = Array.from({ length: rows }, (_, row) =>
    share === undefined ? row % classes : random.uniform() < share ? 0 : 1 + random.integer(classes - 1),
  );
  const honest = [2, 0.5].map((shift) => labels.map((label) => (random.normal() + shift * label).toFixed(3)));
  return { labels, honest };
}

/** Gives a share of the cells to another class. */
function except(random: Random, labels: readonly number[], classes: number, share: number): number[] {
  return labels.map((label) => (random.uniform() < share ? (label + 1) % classes : label));
}

const words = ['yes', 'no', 'maybe', 'never'];
const leaking: Record<string, (label: number, random: Random) => string> = {
  'the label in other words': (label) => words[label],
  'a code': (label) => String(label + 1),
  'one of several codes of a class': (label, random) => String(label + 10 * random.integer(3)),
  'a number near 10, 20, 30': (label, random) => (10 * (label + 1) + 0.2 * (random.uniform() - 0.5)).toFixed(3),
  'a probability that another model gave': (label, random) => Math.abs(label - 0.06 * random.uniform()).toFixed(4),
};

describe('a column that gives the label away', () => {
  describe.each([
    [2, 200, undefined],
    [3, 240, undefined],
    [4, 400, undefined],
    [2, 400, 0.9],
  ] as const)('%i classes, %i rows, largest class %s', (classes, rows, share) => {
    it.each(Object.entries(leaking))('is found when it is %s', (_, write) => {
      for (let seed = 1; seed <= 3; seed++) {
        const random = createRandom(seed);
        const { labels, honest } = table(random, rows, classes, share);
        const leak = labels.map((label) => write(label, random));
        const report = find(labels, classes, [honest[0], leak, honest[1]]);
        expect(
          report.leaks.map(({ columns }) => columns),
          `seed ${seed}`,
        ).toEqual([[1]]);
        expect(report.leaks[0].accuracy).toBeGreaterThan(0.97);
      }
    });
  });

  it('is found with some exceptions', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = createRandom(seed);
      const { labels, honest } = table(random, 600, 3);
      const leak = except(random, labels, 3, 0.01).map((label) => words[label]);
      expect(find(labels, 3, [...honest, leak]).leaks.map(({ columns }) => columns)).toEqual([[2]]);
    }
  });

  it('is found with exceptions where nearly all rows are of one class', () => {
    const random = createRandom(9);
    const { labels, honest } = table(random, 2000, 2, 0.98);
    const leak = except(random, labels, 2, 0.005).map((label) => words[label]);
    expect(find(labels, 2, [...honest, leak]).leaks.map(({ columns }) => columns)).toEqual([[2]]);
  });

  it('is found by its blanks, and by a value that stands for a class', () => {
    const random = createRandom(3);
    const { labels, honest } = table(random, 200, 2);
    const blank = labels.map((label) => (label === 0 ? '' : random.normal().toFixed(3)));
    const zero = labels.map((label) => (label === 0 ? '0' : (1 + random.uniform()).toFixed(3)));
    expect(find(labels, 2, [...honest, blank]).leaks.map(({ columns }) => columns)).toEqual([[2]]);
    expect(find(labels, 2, [...honest, zero]).leaks.map(({ columns }) => columns)).toEqual([[2]]);
  });

  it('is found as a step function of a number', () => {
    const random = createRandom(4);
    const score = Array.from({ length: 200 }, () => 100 * random.uniform());
    const labels = score.map((value) => (value > 50 ? 1 : 0));
    const other = labels.map((label) => (random.normal() + label).toFixed(3));
    const report = find(labels, 2, [other, score.map(String)]);
    expect(report.leaks.map(({ columns }) => columns)).toEqual([[1]]);
  });

  it('is found when it is spread over several columns, one for each class or all but one', () => {
    const random = createRandom(5);
    const { labels, honest } = table(random, 300, 3);
    const standsFor = (c: number): string[] => labels.map((label) => (label === c ? '1' : '0'));
    expect(find(labels, 3, [standsFor(2), ...honest, standsFor(0), standsFor(1)]).leaks).toEqual([
      { columns: [0, 3, 4], accuracy: 1 },
    ]);
    expect(find(labels, 3, [...honest, standsFor(0), standsFor(1)]).leaks).toEqual([{ columns: [2, 3], accuracy: 1 }]);
    // Feathers tell birds, and no more than that.
    expect(find(labels, 3, [...honest, standsFor(0)]).leaks).toEqual([]);
  });

  it('may be one of several', () => {
    const { labels, honest } = table(createRandom(6), 200, 2);
    const leaks = [(label: number) => String(label), (label: number) => words[label]].map((write) => labels.map(write));
    expect(find(labels, 2, [leaks[0], ...honest, leaks[1]]).leaks.map(({ columns }) => columns)).toEqual([[0], [3]]);
  });
});

describe('an honest column', () => {
  it('is none that is different in every row', () => {
    const { labels, honest } = table(createRandom(1), 300, 2);
    const id = labels.map((label, row) => `${label === 0 ? 'a' : 'b'}-${row}`);
    const report = find(labels, 2, [...honest, id]);
    expect(report.leaks).toEqual([]);
    expect(report.accuracies[2]).toBeLessThan(0.6);
  });

  it('is a measurement that parts the classes well, but not without exception', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(seed);
      const labels = Array.from({ length: 200 }, (_, row) => row % 2);
      const good = labels.map((label) => (random.normal() + 4 * label).toFixed(3));
      const wrong = labels.map((label, row) => ([7, 40, 93].includes(row) ? 1 - label : label));
      const noise = labels.map(() => random.normal().toFixed(3));
      expect(find(wrong, 2, [good, noise]).leaks, `seed ${seed}`).toEqual([]);
    }
  });

  it.each([
    ['digits', 'resources/samples'],
    ['credit', 'resources/samples'],
  ])('is every column of %s', (name, folder) => {
    const text = readFileSync(join(__dirname, '../../..', folder, `${name}.csv`), 'utf8');
    const { data } = Papa.parse<string[]>(text.trim(), { delimiter: '' });
    const header = data[0];
    const label = header.findIndex((column) => /^(label|Status)$/.test(column));
    expect(label).toBeGreaterThanOrEqual(0);
    const rows = data.slice(1);
    const names = [...new Set(rows.map((row) => row[label]))].sort();
    const labels = rows.map((row) => names.indexOf(row[label]));
    const features = header.flatMap((column, j) => (j === label || column === 'id' ? [] : [j]));
    const report = find(
      labels,
      names.length,
      features.map((j) => rows.map((row) => row[j])),
    );
    expect(report.leaks.map(({ columns }) => columns.map((place) => header[features[place]]))).toEqual([]);
  });

  it('is not looked for in a handful of rows', () => {
    const labels = [0, 1, 0, 1, 0, 1];
    expect(find(labels, 2, [labels.map(String)]).leaks).toEqual([]);
  });
});
