import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { plantClassErrors, plantNumberErrors } from './plantErrors';

const labels = Int32Array.from({ length: 300 }, (_, row) => (row % 10 === 9 ? -1 : row % 3));
const trusted = Int32Array.from(labels.keys()).filter((row) => labels[row] >= 0 && row < 200);

describe('plantClassErrors', () => {
  it('gives so many trusted rows another class, and leaves all else', () => {
    const { rows, labels: copy } = plantClassErrors({ labels, classes: 3, trusted, count: 40 }, createRandom(3));
    expect(rows.length).toBe(40);
    expect([...rows].every((row) => trusted.includes(row))).toBe(true);
    const changed = [...labels.keys()].filter((row) => copy[row] !== labels[row]);
    expect(changed).toEqual([...rows]);
    expect(changed.every((row) => copy[row] >= 0 && copy[row] < 3)).toBe(true);
  });

  it('is the same for a seed, and another for another', () => {
    const plant = (seed: number): number[] => [
      ...plantClassErrors({ labels, classes: 3, trusted, count: 40 }, createRandom(seed)).labels,
    ];
    expect(plant(1)).toEqual(plant(1));
    expect(plant(1)).not.toEqual(plant(2));
  });

  it('confuses classes as it is told, and never twins', () => {
    const confusions = [
      [0.9, 0.1, 0],
      [0, 0.8, 0.2],
      [0.1, 0, 0.9],
    ];
    const { rows, labels: copy } = plantClassErrors(
      { labels, classes: 3, trusted, count: 60, confusions },
      createRandom(1),
    );
    expect([...rows].every((row) => copy[row] === (labels[row] + 1) % 3)).toBe(true);
    const twins = Int32Array.of(0, 0, 2);
    const apart = plantClassErrors({ labels, classes: 3, trusted, count: 60, twins }, createRandom(1));
    expect([...apart.rows].every((row) => (labels[row] < 2 ? apart.labels[row] === 2 : apart.labels[row] < 2))).toBe(
      true,
    );
  });

  it('leaves each class half of its trusted rows, and small ones alone', () => {
    const few = Int32Array.from({ length: 43 }, (_, row) => (row < 40 ? 0 : 1));
    const all = Int32Array.from(few.keys());
    const { rows } = plantClassErrors({ labels: few, classes: 2, trusted: all, count: 43 }, createRandom(1));
    expect(rows.length).toBe(20);
    expect([...rows].every((row) => row < 40)).toBe(true);
  });
});

describe('plantNumberErrors', () => {
  it('gives rows a number of another row that is out of their tolerance', () => {
    const numbers = Float64Array.from({ length: 100 }, (_, row) => (row % 7 === 0 ? Number.NaN : row));
    const rows = Int32Array.from(numbers.keys()).filter((row) => !Number.isNaN(numbers[row]));
    const low = numbers.map((value) => value - 20);
    const high = numbers.map((value) => value + 20);
    const planted = plantNumberErrors({ labels: numbers, trusted: rows, count: 25, low, high }, createRandom(2));
    expect(planted.rows.length).toBe(25);
    for (const row of planted.rows) {
      expect(Math.abs(planted.labels[row] - numbers[row])).toBeGreaterThan(20);
      expect(numbers).toContain(planted.labels[row]);
    }
  });

  it('leaves rows whose tolerance holds every number', () => {
    const numbers = Float64Array.of(1, 2, 3);
    const wide = { low: [0, 0, 0], high: [9, 9, 9] };
    const rows = Int32Array.of(0, 1, 2);
    expect(plantNumberErrors({ labels: numbers, trusted: rows, count: 2, ...wide }, createRandom(2)).rows.length).toBe(
      0,
    );
  });
});
