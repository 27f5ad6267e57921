import { expect, it } from 'vitest';
import { topClasses } from './sessionFacts';

it('names the most probable classes, and the given one however improbable', () => {
  const facts = {
    classes: ['a', 'b', 'c', 'd'],
    labels: Int32Array.of(2, 1, -1),
    classProbabilities: Float32Array.of(0.25, 0.5, 0, 0.125, 0.25, 0.5, 0, 0.125, 0.25, 0.5, 0, 0.125),
  };
  const labels = (row: number): string[] => topClasses(facts, row, 2).map(({ label }) => label);
  expect(labels(0)).toEqual(['b', 'a', 'c']);
  expect(labels(1)).toEqual(['b', 'a']);
  expect(labels(2)).toEqual(['b', 'a']);
});
