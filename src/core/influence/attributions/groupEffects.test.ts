import { describe, expect, it } from 'vitest';
import { BugError, CancelledError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { fitTestModel } from '../../testing/fittedModel';
import { relativeDistance } from '../../testing/testData';
import { computeEffects } from '../effects/computeEffects';
import type { Measurement } from '../measurements/measurement';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { computeGroupEffects } from './groupEffects';

const rows = 200;
const count = 5;
const measured: Measurement[] = [
  { kind: 'meanLoss', rows: 'validation' },
  { kind: 'meanLoss', rows: 'train' },
  { kind: 'loss', row: 205 },
  // Linear in θ.
  { kind: 'margin', row: 207 },
];

describe.each(['logistic', 'softmax', 'ridge'] as const)('group effects of a %s head', (kind) => {
  const { model, train, heldOut } = fitTestModel({ kind, rows, features: 6, l2: 0.02, seed: 31 });
  const sets = { train, validation: heldOut, test: new Int32Array(0) };
  const measurements = prepareMeasurements(model, measured, sets);
  const random = createRandom(6);
  // Group 4 is empty, some rows are in none, and held-out rows that are in one do not count.
  const groupOf = Int32Array.from({ length: rows + 30 }, () => random.integer(5) - 1);
  const groups = { groupOf, count };
  const rowsOf = (group: number): Int32Array => train.filter((row) => groupOf[row] === group);
  const M = measured.length;
  const margin = M - 1;

  it.each(['fixed', 'mean'] as const)('are the sums of its rows by IF and RIF (%s ridge)', (ridgeConvention) => {
    const single = computeEffects(model, measurements, { methods: ['if', 'rif'], ridgeConvention });
    const { methods, members, names } = computeGroupEffects(model, measurements, groups, {
      methods: ['if', 'rif'],
      ridgeConvention,
    });
    expect(names).toEqual(['validation_loss', 'training_loss', 'loss_205', 'margin_207']);
    expect(members).toEqual([0, 1, 2, 3, 4].map(rowsOf));
    expect(members[4]).toHaveLength(0);
    for (const { method, effects } of methods) {
      const matrix = method === 'if' ? single.byIf : single.byRif;
      const sums = Float64Array.from(members, (own) =>
        own.reduce((sum, row) => sum + (matrix?.data[row * M + margin] ?? Number.NaN), 0),
      );
      const margins = Float64Array.from(members, (_, group) => effects.data[group * M + margin]);
      expect(relativeDistance(margins, sums)).toBeLessThan(1e-9);
      const { change } = estimateRemovalChange(model, rowsOf(2), { method, ridgeConvention });
      measurements.forEach((measurement, t) => {
        expect(effects.data[2 * M + t]).toBeCloseTo(measurement.evaluate(change), 10);
      });
      expect(effects.data.subarray(4 * M).every((value) => value === 0)).toBe(true);
    }
  });

  it('come near to retraining by Newton steps, nearer than by sums', () => {
    const { methods } = computeGroupEffects(model, measurements, groups, { methods: ['if', 'rif', 'newton'] });
    const truth = new Float64Array(count * M);
    for (let group = 0; group < 4; group++) {
      const { change } = retrain(model, { removed: rowsOf(group) });
      measurements.forEach((measurement, t) => (truth[group * M + t] = measurement.evaluate(change)));
    }
    const [byIf, byRif, byNewton] = methods.map(({ effects }) => relativeDistance(effects.data, truth));
    expect(byNewton).toBeLessThan(kind === 'ridge' ? 1e-8 : 0.25);
    expect(byNewton).toBeLessThan(byRif);
    expect(byNewton).toBeLessThan(byIf);
  });

  it('of classes: one without which there is no head is missing, with the reason', () => {
    if (kind === 'ridge') return;
    const byClass = Int32Array.from(model.problem.labels);
    const classes = model.problem.classes;
    const { methods } = computeGroupEffects(
      model,
      measurements,
      { groupOf: byClass, count: classes },
      { methods: ['rif', 'newton'] },
    );
    const isFinite = ({ data }: Matrix): boolean => data.every(Number.isFinite);
    expect(isFinite(methods[0].effects)).toBe(true);
    expect(methods[0].missing.every((reason) => reason === null)).toBe(true);
    expect(methods[1].missing[0]).toMatch(/without a training row/);
    expect(methods[1].effects.data.every(Number.isNaN)).toBe(true);
  });

  it('are the same for stored rows', () => {
    const stored = fitTestModel({ kind, rows, features: 6, l2: 0.02, seed: 31, stored: true });
    const others = prepareMeasurements(stored.model, measured, sets);
    const run = (options: Parameters<typeof computeGroupEffects>): Float64Array =>
      computeGroupEffects(...options).methods[0].effects.data;
    const options = { methods: ['rif'] } as const;
    expect(
      relativeDistance(run([stored.model, others, groups, options]), run([model, measurements, groups, options])),
    ).toBeLessThan(1e-9);
  });

  it('can be cancelled at every step, and want a group for every row', () => {
    const stop = (): void => {
      throw new CancelledError();
    };
    const run = (options: object): unknown =>
      computeGroupEffects(model, measurements, groups, { methods: ['newton'], ...options });
    expect(() => run({ onGroup: stop })).toThrow(CancelledError);
    expect(() => run({ methods: ['if'], onBlock: stop })).toThrow(CancelledError);
    expect(() => computeGroupEffects(model, measurements, { groupOf, count: 3 }, { methods: ['if'] })).toThrow(
      BugError,
    );
  });
});
