import { describe, expect, it } from 'vitest';
import { CancelledError, InputError, NumericalError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { fitTestModel } from '../../testing/fittedModel';
import { asMatrix, relativeDistance } from '../../testing/testData';
import { computeEffects } from '../effects/computeEffects';
import type { Measurement } from '../measurements/measurement';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import { solveInPlace } from '../rows/rowSolver';
import type { Projection } from './projection';
import { computeTrakEffects } from './trak';

const measured: Measurement[] = [
  { kind: 'margin', row: 155 },
  { kind: 'loss', row: 160 },
  { kind: 'meanLoss', rows: 'validation' },
];

function open(kind: 'logistic' | 'softmax' | 'ridge', features = 6, stored = false) {
  const opened = fitTestModel({ kind, rows: 150, features, l2: 0.02, seed: 8, stored });
  const sets = { train: opened.train, validation: opened.heldOut, test: new Int32Array(0) };
  return { ...opened, measurements: prepareMeasurements(opened.model, measured, sets) };
}

/** Effects of the training rows. */
function trained(matrix: Matrix | undefined): Float64Array {
  return matrix?.data.subarray(0, 150 * matrix.columns) ?? new Float64Array(1);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe.each(['logistic', 'ridge'] as const)('TRAK of a %s head', (kind) => {
  const { model, measurements } = open(kind);
  const identity: Projection = { kind: 'identity' };

  it('is IF with the identity, the curvature and the ridge', () => {
    const trak = computeTrakEffects(model, measurements, {
      projections: [identity],
      weighting: 'curvature',
      ridge: true,
    });
    const { byIf } = computeEffects(model, measurements, { methods: ['if'] });
    expect(relativeDistance(trained(trak.effects), trained(byIf))).toBeLessThan(1e-10);
    expect(trak.effects?.data[155 * 3]).toBeNaN();
    expect(trak.dimensions).toEqual([6]);
  });

  it('is ∇fᵀ(XᵀX)⁻¹g in the form of the paper', () => {
    const { effects } = computeTrakEffects(model, measurements, { projections: [identity] });
    const { problem, logits } = model;
    const x = asMatrix(problem.features).data;
    const gram = new Float64Array(36);
    for (let i = 0; i < 150; i++) {
      for (let a = 0; a < 6; a++) for (let b = 0; b < 6; b++) gram[a * 6 + b] += x[i * 6 + a] * x[i * 6 + b];
    }
    measurements.forEach(({ gradient }, t) => {
      const u = Float64Array.from(gradient ?? []);
      solveInPlace(gram.slice(), u, 6);
      for (let i = 0; i < 150; i++) {
        const label = problem.labels[i];
        const residual = kind === 'ridge' ? logits[i] - label : 1 / (1 + Math.exp(-logits[i])) - label;
        let expected = 0;
        for (let j = 0; j < 6; j++) expected += u[j] * x[i * 6 + j] * residual;
        expect(effects?.data[i * 3 + t]).toBeCloseTo(expected, 10);
      }
    });
  });
});

describe('TRAK', () => {
  it.each(['logistic', 'softmax', 'ridge'] as const)(
    'does not depend on a projection that loses nothing: %s',
    (kind) => {
      const { model, measurements } = open(kind);
      const run = (projection: Projection): Float64Array =>
        trained(computeTrakEffects(model, measurements, { projections: [projection] }).effects);
      const dimensions = kind === 'softmax' ? 12 : 6;
      const whole = run({ kind: 'identity' });
      for (const random of ['rademacher', 'normal'] as const) {
        expect(relativeDistance(run({ kind: random, dimensions, seed: 3 }), whole)).toBeLessThan(1e-6);
      }
    },
  );

  it.each(['logistic', 'softmax'] as const)('comes nearer to RIF with more dimensions: %s', (kind) => {
    const { model, measurements } = open(kind, 24);
    const rif = trained(computeEffects(model, measurements, { methods: ['rif'] }).byRif);
    const full = kind === 'softmax' ? 48 : 24;
    const nearness = [3, full / 2, full].map((dimensions) => {
      const projections: Projection[] = [1, 2, 3].map((seed) => ({ kind: 'rademacher', dimensions, seed }));
      const { effects } = computeTrakEffects(model, measurements, { projections, ridge: true });
      return correlation(trained(effects), rif);
    });
    expect(nearness[1]).toBeGreaterThan(nearness[0] + 0.03);
    expect(nearness[2]).toBeGreaterThan(nearness[1] + 0.03);
    expect(nearness[2]).toBeGreaterThan(0.85);
  });

  it('averages seeds, which beats one, and gives the same numbers for the same seed and for stored rows', () => {
    const { model, measurements } = open('logistic', 24);
    const rif = trained(computeEffects(model, measurements, { methods: ['rif'] }).byRif);
    const seeded = (seed: number): Projection => ({ kind: 'normal', dimensions: 6, seed });
    const run = (projections: Projection[], from = { model, measurements }): Float64Array =>
      trained(computeTrakEffects(from.model, from.measurements, { projections }).effects);
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const alone = seeds.map((seed) => correlation(run([seeded(seed)]), rif));
    const together = correlation(run(seeds.map(seeded)), rif);
    expect(together).toBeGreaterThan(alone.reduce((sum, value) => sum + value, 0) / seeds.length);
    expect(run([seeded(2)])).toEqual(run([seeded(2)]));
    expect(relativeDistance(run([seeded(2)], open('logistic', 24, true)), run([seeded(2)]))).toBeLessThan(1e-8);
  });

  it('says what to do when it has no answer, and can be cancelled', () => {
    const { model, measurements } = open('logistic');
    const run = (projection: Projection, onBlock?: () => void): unknown =>
      computeTrakEffects(model, measurements, { projections: [projection], onBlock });
    for (let dimensions = 7; dimensions < 15; dimensions++) {
      expect(() => run({ kind: 'normal', dimensions, seed: 1 })).toThrow(NumericalError);
    }
    expect(() => run({ kind: 'normal', dimensions: 9, seed: 1 })).toThrow(/fewer dimensions, or add the ridge/);
    expect(() => run({ kind: 'normal', dimensions: 0, seed: 1 })).toThrow(InputError);
    expect(() => run({ kind: 'normal', dimensions: 1e9, seed: 1 })).toThrow(/at most 5592405 dimensions/);
    expect(() => computeTrakEffects(model, measurements, { projections: [] })).toThrow(InputError);
    const stop = (): void => {
      throw new CancelledError();
    };
    expect(() => run({ kind: 'identity' }, stop)).toThrow(CancelledError);
  });
});
