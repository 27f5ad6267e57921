import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { computeLogits, lossOfLogits } from '../../models/evaluateHead';
import { fitTestModel } from '../../testing/fittedModel';
import { effectsOnSet } from './effectsOnSet';
import { readLabels, totalWeight } from './measuredLabels';
import { pulledRows } from './pulledRows';
import { createRowSet } from './rowSet';

const kinds = ['logistic', 'softmax', 'ridge'] as const;

describe.each(kinds.flatMap((kind) => (['given', 'expected'] as const).map((way) => ({ kind, way }))))(
  'rows pulled by a change of a $kind head, labels $way',
  ({ kind, way }) => {
    const { model, heldOut } = fitTestModel({ kind, rows: 160, features: 6, l2: 0.02, seed: 5 });
    const { problem, linalg, theta } = model;
    const random = createRandom(3);
    const suspicion = Float64Array.from(problem.labels, () => random.uniform());
    const others =
      problem.labels instanceof Int32Array
        ? problem.labels.map((label) => (label + 1) % problem.classes)
        : problem.labels.map((label) => label + random.normal());
    const labels = readLabels(problem.labels, { labels: problem.labels, suspicion, others }, way);
    const set = createRowSet({ features: problem.features, rows: problem.rows, linalg }, heldOut);
    const change = theta.map(() => 0.1 * random.normal());
    const after = computeLogits(
      problem,
      theta.map((value, at) => value + change[at]),
      linalg,
    );
    const K = problem.outputs;
    const lossUnder = (logits: Float64Array, row: number): number => {
      const of = (label: number, weight: number): number =>
        weight === 0 ? 0 : weight * lossOfLogits(problem, logits, row * K, label);
      const second = labels.second;
      return (
        of(labels.labels[row], labels.weights?.[row] ?? 1) +
        (second === undefined ? 0 : of(second.labels[row], second.weights[row]))
      );
    };
    const changes = [...heldOut].map((row) => ({
      row,
      change: lossUnder(after, row) - lossUnder(model.logits, row),
    }));

    it('are those whose losses differ most under the two heads, either way', () => {
      const { rising, falling, risingRows, fallingRows } = pulledRows(model, labels, set, change, 5);
      const up = changes.filter((one) => one.change > 0).sort((a, b) => b.change - a.change);
      const down = changes.filter((one) => one.change < 0).sort((a, b) => a.change - b.change);
      expect([risingRows, fallingRows]).toEqual([up.length, down.length]);
      expect(rising.map(({ row }) => row)).toEqual(up.slice(0, 5).map(({ row }) => row));
      expect(falling.map(({ row }) => row)).toEqual(down.slice(0, 5).map(({ row }) => row));
      [...rising, ...falling].forEach((one) => {
        expect(one.loss).toBeCloseTo(lossUnder(model.logits, one.row), 10);
        expect(one.lossChange).toBeCloseTo(lossUnder(after, one.row) - lossUnder(model.logits, one.row), 10);
      });
    });

    it('add up to the effect on the set', () => {
      const { rising, falling } = pulledRows(model, labels, set, change, 1_000);
      const total = [...rising, ...falling].reduce((sum, { lossChange }) => sum + lossChange, 0);
      const [[whole]] = effectsOnSet(model, [labels], set, { rows: 1, columns: change.length, data: change });
      expect(total / totalWeight(labels, heldOut)).toBeCloseTo(whole.meanLoss, 12);
    });
  },
);
