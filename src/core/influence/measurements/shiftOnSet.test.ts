import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { computeLogits, lossOfLogits } from '../../models/evaluateHead';
import { fitTestModel } from '../../testing/fittedModel';
import { effectsOnSet } from './effectsOnSet';
import type { MeasuredLabels } from './measuredLabels';
import { likelierLabel, readLabels, totalWeight } from './measuredLabels';
import { createRowSet } from './rowSet';
import { shiftOnSet } from './shiftOnSet';

const kinds = ['logistic', 'softmax', 'ridge'] as const;

describe.each(kinds.flatMap((kind) => (['given', 'weighted', 'expected'] as const).map((way) => ({ kind, way }))))(
  'the shift of a set under a $kind head, labels $way',
  ({ kind, way }) => {
    const { model, heldOut } = fitTestModel({ kind, rows: 160, features: 6, l2: 0.02, seed: 5 });
    const { problem, linalg, theta } = model;
    const random = createRandom(3);
    const suspicion = Float64Array.from(problem.labels, (_, i) =>
      i % 5 === 0 ? 0 : i % 7 === 0 ? 1 : random.uniform(),
    );
    const others =
      problem.labels instanceof Int32Array
        ? problem.labels.map((label) => (label + 1) % problem.classes)
        : problem.labels.map((label) => label + random.normal());
    const labels = readLabels(problem.labels, { labels: problem.labels, suspicion, others }, way);
    const set = createRowSet({ features: problem.features, rows: problem.rows, linalg }, heldOut);
    const change = theta.map(() => 0.4 * random.normal());
    const after = computeLogits(
      problem,
      theta.map((value, at) => value + change[at]),
      linalg,
    );
    const K = problem.outputs;
    const predicted = (logits: Float64Array, row: number): number => {
      const z = Array.from(logits.subarray(row * K, (row + 1) * K));
      return kind === 'ridge' ? z[0] : K === 1 ? Number(z[0] > 0) : z.indexOf(Math.max(...z));
    };
    const shift = shiftOnSet(model, labels, set, change, 1_000);

    it('names the rows whose prediction changes, and their probabilities', () => {
      const expected = [...heldOut].filter((row) => predicted(model.logits, row) !== predicted(after, row));
      expect(expected.length).toBeGreaterThan(3);
      expect(shift.movedRows).toBe(expected.length);
      expect(shift.moved.map(({ row }) => row).sort((a, b) => a - b)).toEqual(expected);
      for (const one of shift.moved) {
        expect(one.before).toBeCloseTo(predicted(model.logits, one.row), 10);
        expect(one.after).toBeCloseTo(predicted(after, one.row), 10);
        expect(one.label).toEqual(likelierLabel(labels, one.row));
        if (kind === 'ridge' || Number.isNaN(one.label)) {
          expect(one.probabilityAfter).toBeNaN();
        } else {
          const probability = Math.exp(-lossOfLogits(problem, after, one.row * K, one.label));
          expect(one.probabilityAfter).toBeCloseTo(probability, 10);
        }
      }
    });

    it('puts rows that become wrong first, the farthest moved before others, and as many as asked for', () => {
      const few = shiftOnSet(model, labels, set, change, 3);
      expect(few.moved).toEqual(shift.moved.slice(0, 3));
      expect(few.movedRows).toBe(shift.movedRows);
      const order = shift.moved.map(({ label, before, after: then }) =>
        Number.isNaN(label) ? 3 : before === label ? 0 : then === label ? 1 : 2,
      );
      if (kind !== 'ridge') expect(order).toEqual([...order].sort((a, b) => a - b));
      const distances = shift.moved.map((one) => Math.abs(one.after - one.before));
      if (kind === 'ridge') expect(distances).toEqual([...distances].sort((a, b) => b - a));
    });

    it('divides the change of loss and accuracy among the classes', () => {
      if (kind === 'ridge') {
        expect(shift.classes).toEqual([]);
        return;
      }
      const [[whole]] = effectsOnSet(model, [labels], set, { rows: 1, columns: change.length, data: change });
      const weightOf = (label: number): number => weightOfClass(labels, heldOut, label);
      const sum = (of: (one: (typeof shift.classes)[number]) => number): number =>
        shift.classes.reduce((total, one) => total + weightOf(one.label) * of(one), 0);
      const total = totalWeight(labels, heldOut);
      expect(sum(({ lossChange }) => lossChange) / total).toBeCloseTo(whole.meanLoss, 12);
      expect(sum(({ rightAfter, rightBefore }) => rightAfter - rightBefore) / total).toBeCloseTo(whole.accuracy, 12);
      for (const one of shift.classes) {
        expect(one.lossAfter - one.lossBefore).toBeCloseTo(one.lossChange, 10);
        expect(one.rows).toBe([...heldOut].filter((row) => likelierLabel(labels, row) === one.label).length);
      }
    });
  },
);

function weightOfClass({ labels, weights, second }: MeasuredLabels, rows: Int32Array, label: number): number {
  let sum = 0;
  for (const row of rows) {
    if (labels[row] === label) sum += weights?.[row] ?? 1;
    if (second?.labels[row] === label) sum += second.weights[row];
  }
  return sum;
}
