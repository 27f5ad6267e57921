import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { lossOfLogits } from '../../models/evaluateHead';
import type { HeadKind } from '../../models/headKind';
import type { TestModelOptions } from '../../testing/fittedModel';
import { fitTestModel } from '../../testing/fittedModel';
import { asMatrix, relativeDistance } from '../../testing/testData';
import { computeEffects } from '../effects/computeEffects';
import type { FittedModel } from '../fittedModel';
import type { Measurement, PreparedMeasurement } from '../measurements/measurement';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import type { BayesianBlock, BayesianInfluence } from './bayesianInfluence';
import { computeBayesianInfluence } from './bayesianInfluence';

interface Opened {
  readonly model: FittedModel;
  readonly measurements: PreparedMeasurement[];
  readonly train: Int32Array;
}

function open(kind: HeadKind, measured: readonly Measurement[], options: Partial<TestModelOptions> = {}): Opened {
  const { model, train, heldOut } = fitTestModel({ kind, rows: 60, features: 4, l2: 0.05, seed: 3, ...options });
  const sets = { train, validation: heldOut, test: new Int32Array(0) };
  return { model, train, measurements: prepareMeasurements(model, measured, sets) };
}

const margins: Measurement[] = [
  { kind: 'margin', row: 62 },
  { kind: 'margin', row: 5 },
];

function trained(matrix: Matrix | undefined, train: Int32Array): Float64Array {
  return matrix?.data.subarray(0, train.length * matrix.columns) ?? new Float64Array(1);
}

/** Root mean square of (estimate − expected)/standard error over the training rows. */
function scoreOf({ effects, standardErrors }: BayesianInfluence, expected: Float64Array, train: Int32Array): number {
  const values = trained(effects, train);
  const errors = trained(standardErrors, train);
  const squares = values.reduce((sum, value, at) => sum + ((value - expected[at]) / errors[at]) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

describe('Bayesian influence of a ridge head', () => {
  const { model, measurements, train } = open('ridge', margins);
  const byIf = trained(computeEffects(model, measurements, { methods: ['if'] }).byIf, train);

  it('converges to IF with the square root of the number of draws, and knows its error', () => {
    // Squared relative errors, averaged over seeds: one run's errors share their draws.
    const error = (samples: number): number => {
      const seeds = [1, 2, 3, 4, 5, 6];
      const squares = seeds.map((seed) => {
        const found = computeBayesianInfluence(model, measurements, { samples, seed });
        return relativeDistance(trained(found.effects, train), byIf) ** 2;
      });
      return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / seeds.length);
    };
    const [few, many] = [error(200), error(3200)];
    expect(few / many).toBeGreaterThan(2.8);
    expect(few / many).toBeLessThan(5.7);
    expect(many).toBeLessThan(0.1);
    const found = computeBayesianInfluence(model, measurements, { samples: 2000, seed: 9 });
    expect(scoreOf(found, byIf, train)).toBeGreaterThan(0.5);
    expect(scoreOf(found, byIf, train)).toBeLessThan(1.6);
    expect(Math.abs(found.autocorrelation)).toBeLessThan(0.08);
    expect(found.effects?.data[61 * 2]).toBeNaN();
  });

  it('localised, converges to IF damped by γ/β', () => {
    const localisation = 30;
    const beta = 2;
    const found = computeBayesianInfluence(model, measurements, {
      samples: 4000,
      seed: 2,
      localisation,
      inverseTemperature: beta,
    });
    const { hessian } = model.exact ?? { hessian: { data: new Float64Array(0) } };
    const damped = hessian.data.map((value, at) => value + (at % 5 === 0 ? localisation / beta : 0));
    const factor = model.linalg.cholesky({ rows: 4, columns: 4, data: damped });
    const x = asMatrix(model.problem.features).data;
    const expected = new Float64Array(byIf.length);
    measurements.forEach(({ gradient }, t) => {
      const right = { rows: 4, columns: 1, data: gradient ?? new Float64Array(4) };
      const u = model.linalg.choleskySolve(factor, right).data;
      for (const i of train) {
        for (let j = 0; j < 4; j++) {
          expected[i * 2 + t] += u[j] * x[i * 4 + j] * (model.logits[i] - model.problem.labels[i]);
        }
      }
    });
    expect(relativeDistance(byIf, expected)).toBeGreaterThan(0.15);
    expect(scoreOf(found, expected, train)).toBeLessThan(1.6);
  });

  it('by Langevin steps agrees too: MALA within its error, SGLD with all rows within its step', () => {
    const mala = computeBayesianInfluence(model, measurements, { sampler: { kind: 'mala' }, samples: 1500, seed: 4 });
    expect(mala.acceptance).toBeGreaterThan(0.4);
    expect(mala.acceptance).toBeLessThan(0.95);
    expect(mala.autocorrelation).toBeLessThan(0.5);
    expect(scoreOf(mala, byIf, train)).toBeLessThan(2);
    const sgld = computeBayesianInfluence(model, measurements, {
      sampler: { kind: 'sgld', batchRows: 60, stepSize: 0.2, thinning: 15, burnIn: 200 },
      samples: 1000,
      seed: 4,
    });
    expect(relativeDistance(trained(sgld.effects, train), byIf)).toBeLessThan(0.25);
    const stochastic = computeBayesianInfluence(model, measurements, {
      sampler: { kind: 'sgld', batchRows: 20, stepSize: 0.02, thinning: 40, burnIn: 500 },
      samples: 600,
      seed: 4,
    });
    expect(relativeDistance(trained(stochastic.effects, train), byIf)).toBeLessThan(0.35);
  });
});

describe.each(['logistic', 'softmax'] as const)('Bayesian influence of a %s head', (kind) => {
  const measured: Measurement[] = [...margins, { kind: 'meanLoss', rows: 'validation' }];
  const { model, measurements, train } = open(kind, measured);
  const byIf = trained(computeEffects(model, measurements, { methods: ['if'] }).byIf, train);

  it('goes to IF as the posterior narrows', () => {
    const cold = computeBayesianInfluence(model, measurements, { samples: 3000, seed: 1, inverseTemperature: 1e6 });
    expect(scoreOf(cold, byIf, train)).toBeLessThan(1.6);
    expect(relativeDistance(trained(cold.effects, train), byIf)).toBeLessThan(0.12);
    const sampler = { kind: 'mala', thinning: 6 } as const;
    const chain = computeBayesianInfluence(model, measurements, {
      sampler,
      samples: 1500,
      seed: 1,
      inverseTemperature: 1e4,
    });
    expect(scoreOf(chain, byIf, train)).toBeLessThan(2);
  });

  it('is the same for the same seed, for stored rows, and block by block', () => {
    const options = { samples: 60, seed: 5, batches: 6 };
    const whole = computeBayesianInfluence(model, measurements, options);
    expect(computeBayesianInfluence(model, measurements, options)).toEqual(whole);
    const stored = open(kind, measured, { stored: true });
    const same = computeBayesianInfluence(stored.model, stored.measurements, options);
    expect(relativeDistance(trained(same.effects, train), trained(whole.effects, train))).toBeLessThan(1e-7);
    const blocks: BayesianBlock[] = [];
    const visited = computeBayesianInfluence(model, measurements, { ...options, visit: (block) => blocks.push(block) });
    expect(visited.effects).toBeUndefined();
    expect(blocks).toHaveLength(1);
    expect(blocks[0].effects).toEqual(whole.effects?.data);
    expect(blocks[0].standardErrors).toEqual(whole.standardErrors?.data);
  });

  it('can be cancelled, and says which settings make no sense', () => {
    const run = (options: object): unknown => computeBayesianInfluence(model, measurements, { seed: 1, ...options });
    let calls = 0;
    const onBlock = (): void => {
      if (calls++ > 20) throw new CancelledError();
    };
    expect(() => run({ onBlock })).toThrow(CancelledError);
    expect(() => run({ samples: 30 })).toThrow(/30 draws in 20 batches are too few/);
    expect(() => run({ samples: 1e8 })).toThrow(/Take at most/);
    expect(() => run({ inverseTemperature: 0 })).toThrow(InputError);
    expect(() => run({ localisation: -1 })).toThrow(InputError);
    expect(() => run({ sampler: { kind: 'mala', thinning: 0 } })).toThrow(InputError);
    const large = { ...model, exact: undefined };
    expect(() => computeBayesianInfluence(large, measurements, { seed: 1 })).toThrow(/laplace needs the Hessian.*sgld/);
  });
});

describe('MALA', () => {
  it('samples the posterior itself: covariances of a one-parameter head by quadrature', () => {
    const { model, measurements, train } = open('logistic', [{ kind: 'margin', row: 12 }], {
      rows: 10,
      features: 1,
      unpenalised: [],
      l2: 0.1,
    });
    const { problem, theta } = model;
    const x = asMatrix(problem.features).data;
    const loss = (i: number, at: number): number =>
      lossOfLogits(problem, Float64Array.of(x[i] * at), 0, problem.labels[i]);
    const beta = 0.5;
    const grid = Array.from({ length: 4001 }, (_, g) => theta[0] + (g - 2000) / 150);
    const objective = (at: number): number =>
      train.reduce((sum, i) => sum + loss(i, at), 0) + 0.5 * problem.ridge[0] * at * at;
    const best = objective(theta[0]);
    const density = grid.map((at) => Math.exp(-beta * (objective(at) - best)));
    const total = density.reduce((sum, value) => sum + value, 0);
    const mean = (of: (at: number) => number): number =>
      grid.reduce((sum, at, g) => sum + of(at) * density[g], 0) / total;
    const sign = problem.labels[12] === 1 ? 1 : -1;
    const margin = (at: number): number => sign * x[12] * at;
    const expected = Float64Array.from(
      train,
      (i) => beta * (mean((at) => loss(i, at) * margin(at)) - mean((at) => loss(i, at)) * mean(margin)),
    );
    const options = { samples: 8000, seed: 7, inverseTemperature: beta };
    const chain = computeBayesianInfluence(model, measurements, { ...options, sampler: { kind: 'mala' } });
    expect(relativeDistance(trained(chain.effects, train), expected)).toBeLessThan(0.05);
    // The Gaussian approximation is not the posterior here, and it shows.
    const laplace = computeBayesianInfluence(model, measurements, options);
    expect(relativeDistance(trained(laplace.effects, train), expected)).toBeGreaterThan(0.08);
  });
});
