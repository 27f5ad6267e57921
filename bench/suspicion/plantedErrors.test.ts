import { describe, expect, it } from 'vitest';
import { plantErrors } from './plantedErrors';

const labelsOf = (rows: number, classes: number): Int32Array =>
  Int32Array.from({ length: rows }, (_, i) => i % classes);

describe('plantErrors', () => {
  it('changes exactly the rows that it names, the same for the same seed', () => {
    const labels = labelsOf(300, 3);
    const { labels: planted, wrong } = plantErrors(labels, 3, 'uniform', 0.1, 1);
    expect(wrong.reduce((sum, one) => sum + one, 0)).toBe(30);
    labels.forEach((label, row) => expect(planted[row] !== label).toBe(wrong[row] === 1));
    expect(Math.max(...planted)).toBe(2);
    expect(plantErrors(labels, 3, 'uniform', 0.1, 1).labels).toEqual(planted);
    expect(plantErrors(labels, 3, 'uniform', 0.1, 2).labels).not.toEqual(planted);
  });

  it('goes to the next class when asymmetric, from the last to the first', () => {
    const labels = labelsOf(300, 3);
    const { labels: planted, wrong } = plantErrors(labels, 3, 'asymmetric', 0.1, 1);
    const changed = Array.from(labels.keys()).filter((row) => wrong[row] === 1);
    expect(changed).toHaveLength(30);
    changed.forEach((row) => expect(planted[row]).toBe((labels[row] + 1) % 3));
    expect(new Set(changed.map((row) => labels[row]))).toEqual(new Set([0, 1, 2]));
  });

  it('changes only the first of two classes when asymmetric, and at most 40 % of it', () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 20 ? 0 : 1));
    const planted = plantErrors(labels, 2, 'asymmetric', 0.05, 1);
    expect(planted.wrong.reduce((sum, one) => sum + one, 0)).toBe(5);
    labels.forEach((label, row) => label === 1 && expect(planted.labels[row]).toBe(1));
    expect(plantErrors(labels, 2, 'asymmetric', 0.12, 1).wrong.reduce((sum, one) => sum + one, 0)).toBe(8);
  });
});
