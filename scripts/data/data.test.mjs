import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../setup/paths.mjs';
import { makeBlobs } from './blobs.mjs';
import { csvCell, largeTableColumns, largeTableLines } from './largeTable.mjs';
import { plantLabelErrors } from './plantErrors.mjs';
import { createRandom, drawWithoutReplacement } from './random.mjs';
import { truthFileOf, writeRows } from './rowWriter.mjs';

describe('random numbers', () => {
  it('repeat with the seed and differ without', () => {
    const draw = (seed) => Array.from({ length: 5 }, createRandom(seed).uniform);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('have the mean and variance of their distributions', () => {
    const random = createRandom(1);
    const n = 20_000;
    let sum = 0;
    let squares = 0;
    let uniform = 0;
    for (let i = 0; i < n; i += 1) {
      const value = random.normal();
      sum += value;
      squares += value * value;
      uniform += random.uniform();
    }
    // Five standard errors each.
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(uniform / n - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
  });

  it('draw different integers, all of them when asked', () => {
    expect(drawWithoutReplacement(createRandom(1), 10, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const some = drawWithoutReplacement(createRandom(1), 50, 1000);
    expect(new Set(some).size).toBe(50);
  });
});

describe('planted errors', () => {
  it('change exactly the stated share, always to another class, and name every change', () => {
    const labels = Array.from({ length: 200 }, (_, index) => ['a', 'b', 'c'][index % 3]);
    const { labels: after, changed } = plantLabelErrors(labels, 0.1, createRandom(7));
    const different = labels.flatMap((label, row) => (label === after[row] ? [] : [row]));
    expect(different).toHaveLength(20);
    expect(changed.map(({ row }) => row)).toEqual(different);
    for (const { row, original, changed: now } of changed) {
      expect(labels[row]).toBe(original);
      expect(after[row]).toBe(now);
    }
  });

  it('need two classes', () => {
    expect(() => plantLabelErrors(['a', 'a'], 0.5, createRandom(1))).toThrow('two classes');
  });
});

describe('bundled samples', () => {
  const read = async (name) => {
    const text = await fs.readFile(path.join(projectRoot, 'resources', 'samples', name), 'utf8');
    return Papa.parse(text, { header: true, skipEmptyLines: true }).data;
  };

  it('digits has a tenth of its labels changed, and the truth file agrees with it', async () => {
    const [digits, truth] = [await read('digits.csv'), await read('digits.truth.csv')];
    expect(digits).toHaveLength(1797);
    expect(truth).toHaveLength(180);
    const given = new Map(digits.map((row) => [row.id, row.label]));
    for (const row of truth) {
      expect(given.get(row.id)).toBe(row.changed_label);
      expect(row.original_label).not.toBe(row.changed_label);
    }
  });

  it('credit has its rows and columns', async () => {
    const credit = await read('credit.csv');
    expect(credit).toHaveLength(4454);
    expect(Object.keys(credit[0])).toHaveLength(14);
    expect(new Set(credit.map((row) => row.Status))).toEqual(new Set(['good', 'bad']));
  });
});

describe('made-up tables', () => {
  it('the large table has 20 columns throughout, embedded newlines and quotes, both labels', () => {
    const text = [...largeTableLines(2000, 1)].join('\n');
    const { data, errors } = Papa.parse(text, { header: true });
    expect(errors).toEqual([]);
    expect(data).toHaveLength(2000);
    expect(Object.keys(data[0])).toEqual(largeTableColumns);
    expect(data.some((row) => row.note.includes('\n'))).toBe(true);
    expect(data.some((row) => row.city.includes('"'))).toBe(true);
    expect(data.every((row) => /^00\d{18}$/.test(row.account))).toBe(true);
    const yes = data.filter((row) => row.label === 'yes').length;
    expect(yes).toBeGreaterThan(600);
    expect(yes).toBeLessThan(1400);
  });

  it('quotes a cell only where it must', () => {
    expect(['plain', 'a,b', 'say "x"', 'two\nlines'].map(csvCell)).toEqual([
      'plain',
      '"a,b"',
      '"say ""x"""',
      '"two\nlines"',
    ]);
  });

  it('blobs lie nearest to the centre of their original class, and the wrong labels are named', () => {
    const { lines, truth } = makeBlobs({ rows: 3000, numbers: 10, classes: 3, noise: 0.1, distance: 8, seed: 2 });
    const { data } = Papa.parse([...lines].join('\n'), { header: true });
    const wrong = new Map(Papa.parse(truth.join('\n'), { header: true }).data.map((row) => [row.id, row]));
    expect(wrong.size).toBe(300);
    const originalOf = (row) => wrong.get(row.id)?.original_label ?? row.label;
    const numbersOf = (row) =>
      Object.entries(row).flatMap(([name, text]) => (name.startsWith('x') ? [Number(text)] : []));
    const classes = [...new Set(data.map(originalOf))];
    const centres = classes.map((name) => {
      const members = data.filter((row) => originalOf(row) === name).map(numbersOf);
      return members[0].map((_, column) => members.reduce((sum, row) => sum + row[column], 0) / members.length);
    });
    const distance = (row, centre) =>
      numbersOf(row).reduce((sum, value, column) => sum + (value - centre[column]) ** 2, 0);
    const right = data.filter((row) => {
      const nearest = centres.reduce(
        (best, centre, index) => (distance(row, centre) < distance(row, centres[best]) ? index : best),
        0,
      );
      return classes[nearest] === originalOf(row);
    }).length;
    expect(right / data.length).toBeGreaterThan(0.98);
    for (const [id, row] of wrong) expect(data.find((other) => other.id === id).label).toBe(row.changed_label);
  });

  it('are written whole or not at all', async () => {
    const folder = await fs.mkdtemp(path.join(tmpdir(), 'assay-rows-'));
    try {
      const file = path.join(folder, 'rows.csv');
      await writeRows(file, ['a', 'b']);
      expect(await fs.readFile(file, 'utf8')).toBe('a\nb\n');
      function* failing() {
        yield 'half';
        throw new Error('stop');
      }
      await expect(writeRows(path.join(folder, 'other.csv'), failing())).rejects.toThrow('stop');
      expect(await fs.readdir(folder)).toEqual(['rows.csv']);
      expect(truthFileOf('/d/data.csv')).toBe('/d/data.truth.csv');
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  });
});
