import { describe, expect, it } from 'vitest';
import { fitTestModel } from '../../testing/fittedModel';
import { computeEffects } from '../effects/computeEffects';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import { computeBayesianInfluence } from './bayesianInfluence';
import { attributionMethods, computeAttribution } from './computeAttribution';
import { computeRepresenterEffects } from './representerValues';
import { computeTrakEffects } from './trak';

describe.each(['logistic', 'softmax', 'ridge'] as const)('computeAttribution of a %s head', (kind) => {
  const { model, train, heldOut } = fitTestModel({ kind, rows: 80, features: 4, l2: 0.05, seed: 2 });
  const sets = { train, validation: heldOut, test: new Int32Array(0) };
  const measurements = prepareMeasurements(
    model,
    [
      { kind: 'loss', row: 3 },
      { kind: 'meanLoss', rows: 'validation' },
    ],
    sets,
  );

  it('gives what the methods give', () => {
    const bayesian = { samples: 100, batches: 10 };
    const chain = computeBayesianInfluence(model, measurements, { ...bayesian, seed: 5 });
    const effects = computeEffects(model, measurements, { methods: ['if', 'rif'] });
    const expected = {
      if: effects.byIf,
      rif: effects.byRif,
      representer: computeRepresenterEffects(model, measurements).effects,
      trak: computeTrakEffects(model, measurements, { projections: [{ kind: 'identity' }] }).effects,
      bayesian: chain.effects,
    };
    for (const method of attributionMethods) {
      const found = computeAttribution(model, measurements, { method, seed: 5, bayesian });
      expect(found.effects).toEqual(expected[method]);
      expect(found.names).toEqual(['loss_3', 'validation_loss']);
      expect(found.standardErrors).toEqual(method === 'bayesian' ? chain.standardErrors : undefined);
    }
  });

  it('agrees about the sign: nearly every row supports the fit to itself, by every method', () => {
    for (const method of attributionMethods) {
      const some = train.filter((row) => row % 4 === 0);
      const own = some.filter((row) => {
        const [loss] = prepareMeasurements(model, [{ kind: 'loss', row }], sets);
        const bayesian = { samples: 200, inverseTemperature: 100 };
        return computeAttribution(model, [loss], { method, seed: 1, bayesian }).effects.data[row] > 0;
      });
      expect(own.length).toBeGreaterThan(0.9 * some.length);
    }
  });

  it('says how far the numbers are to be trusted', () => {
    const bayesian = { samples: 60, sampler: { kind: 'mala', thinning: 1, burnIn: 5, stepSize: 2.5 } } as const;
    const { remarks } = computeAttribution(model, measurements, { method: 'bayesian', seed: 1, bayesian });
    expect(remarks).toEqual([
      expect.stringMatching(/^\d+ % of the steps/),
      expect.stringMatching(/standard errors are too small/),
    ]);
    const byRif = computeAttribution(model, measurements, { method: 'rif', seed: 1 });
    expect(byRif.remarks).toEqual([expect.stringMatching(/Cholesky/), expect.stringMatching(/exact/)]);
  });
});
