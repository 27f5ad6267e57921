import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import type { FeatureRows } from '../../base/featureRows';
import { createFloat32Rows } from '../../base/featureRows';
import { createRandom } from '../../base/random';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../../linalg/linearAlgebra';
import { fitHead } from '../../models/fitting/fitHead';
import type { HeadKind } from '../../models/headKind';
import { createHeadProblem } from '../../models/headProblem';
import { relativeDistance, syntheticRows } from '../../testing/testData';
import type { FittedModel } from '../fittedModel';
import { createFittedModel } from '../fittedModel';
import type { Measurement, PreparedMeasurement } from '../measurements/measurement';
import { linearEffect } from '../measurements/measurement';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { computeRowInfluence } from '../rows/rowInfluence';
import type { EffectsBlock } from './computeEffects';
import { computeEffects } from './computeEffects';
import { visitDirectionProducts } from './directionProducts';
import { computeEvaluatedEffects, computeEvaluatedEffectsOf } from './evaluatedEffects';

const exact = createFloat64LinearAlgebra();
const n = 160;
const d = 6;

function fitted(kind: HeadKind, linalg: LinearAlgebra = exact): FittedModel {
  const { features, labels, classes } = syntheticRows({
    rows: n,
    features: d,
    classes: kind === 'softmax' ? 3 : 2,
    seed: 12,
  });
  const random = createRandom(1);
  const problem = createHeadProblem(
    {
      kind,
      classes,
      features,
      rows: linalg.loadRows(features),
      labels: kind === 'ridge' ? Float64Array.from(labels, (label) => label + random.normal()) : labels,
      weights: Float64Array.from({ length: n }, (_, i) => (i < 130 ? 1 : 0)),
      l2: 0.02,
      unpenalised: [d - 1],
    },
    linalg,
  );
  return createFittedModel(problem, fitHead(problem, linalg, { tolerance: 1e-12 }).state.theta, linalg);
}

const sets = {
  train: Int32Array.from({ length: 130 }, (_, i) => i),
  validation: Int32Array.from({ length: 20 }, (_, i) => 130 + i),
  test: Int32Array.from({ length: 10 }, (_, i) => 150 + i),
};
const ofRows: Measurement[] = [
  { kind: 'margin', row: 131 },
  { kind: 'loss', row: 150 },
  { kind: 'loss', row: 131 },
  { kind: 'margin', row: 2 },
];
const smooth: Measurement[] = [
  ...ofRows,
  { kind: 'meanLoss', rows: 'validation' },
  { kind: 'meanLoss', rows: 'train' },
];
const chosen = [0, 17, 64, 129];

describe.each(['logistic', 'softmax', 'ridge'] as const)('effects on measurements of a %s head', (kind) => {
  const model = fitted(kind);
  const influence = computeRowInfluence(model);
  const prepared = prepareMeasurements(model, smooth, sets);
  const methods = ['if', 'rif'] as const;
  const M = prepared.length;
  const changeOf = (row: number, method: 'if' | 'rif', options: object = {}): Float64Array =>
    estimateRemovalChange(model, Int32Array.of(row), { method, ...options }).change;

  it.each([
    {},
    { ridgeConvention: 'mean' },
    { ridgeConvention: 'mean', meanRescaling: 'exact' },
    { ridgeConvention: 'mean', meanRescaling: 'released' },
  ] as const)('are gradients times parameter changes: %o', (options) => {
    const effects = computeEffects(model, prepared, { methods, influence, ...options });
    const alone = computeEffects(model, prepared, { methods, ...options });
    for (const method of methods) {
      const matrix = method === 'if' ? effects.byIf : effects.byRif;
      const again = method === 'if' ? alone.byIf : alone.byRif;
      expect(again?.data).toEqual(matrix?.data);
      for (const row of chosen) {
        const change = changeOf(row, method, options);
        prepared.forEach((measurement, t) => {
          const expected = linearEffect(measurement, change);
          const scale = Math.max(Math.abs(expected), 1e-6);
          expect(Math.abs((matrix?.data[row * M + t] ?? Number.NaN) - expected) / scale).toBeLessThan(1e-9);
        });
      }
      for (let row = 130; row < n; row++) expect(matrix?.data[row * M]).toBeNaN();
    }
  });

  it.each([{}, { ridgeConvention: 'mean' }] as const)(
    'can be evaluated for all rows and for chosen ones: %o',
    (options) => {
      const rows = prepared.slice(0, ofRows.length);
      const all = computeEvaluatedEffects(model, rows, { methods, influence, ...options });
      const some = computeEvaluatedEffectsOf(model, prepared, Int32Array.from(chosen), { methods, ...options });
      const known = computeEvaluatedEffectsOf(model, prepared, Int32Array.from(chosen), {
        methods,
        influence,
        ...options,
      });
      for (const method of methods) {
        const [whole, part, same] = [all, some, known].map((effects) =>
          method === 'if' ? effects.byIf : effects.byRif,
        );
        expect(relativeDistance(same?.data ?? new Float64Array(1), part?.data ?? new Float64Array(1))).toBeLessThan(
          1e-12,
        );
        chosen.forEach((row, s) => {
          const change = changeOf(row, method, options);
          prepared.forEach((measurement, t) => {
            const expected = measurement.evaluate(change);
            const scale = Math.max(Math.abs(expected), 1e-6);
            expect(Math.abs((part?.data[s * M + t] ?? Number.NaN) - expected) / scale).toBeLessThan(1e-9);
            if (t >= rows.length) return;
            expect(Math.abs((whole?.data[row * rows.length + t] ?? Number.NaN) - expected) / scale).toBeLessThan(1e-9);
          });
        });
        expect(whole?.data[(n - 1) * rows.length]).toBeNaN();
      }
    },
  );

  it('come nearer to retraining by RIF than by IF, exactly for ridge', () => {
    const byLeverage = Array.from(sets.train).sort((a, b) => influence.leverage[b] - influence.leverage[a]);
    const rows = Int32Array.from(byLeverage.slice(0, 5));
    const effects = computeEvaluatedEffectsOf(model, prepared, rows, { methods, influence });
    const truth = new Float64Array(rows.length * M);
    rows.forEach((row, s) => {
      const { change } = retrain(model, { removed: Int32Array.of(row) });
      prepared.forEach((measurement, t) => (truth[s * M + t] = measurement.evaluate(change)));
    });
    const errorOf = (matrix: { readonly data: Float64Array } | undefined): number =>
      relativeDistance(matrix?.data ?? new Float64Array(1), truth);
    expect(errorOf(effects.byRif)).toBeLessThan(kind === 'ridge' ? 1e-9 : 0.2);
    expect(errorOf(effects.byRif)).toBeLessThan(0.5 * errorOf(effects.byIf));
  });

  it('go to a visitor instead of matrices, and are NaN for what has no gradient', () => {
    if (kind === 'ridge') return;
    const [accuracy] = prepareMeasurements(model, [{ kind: 'accuracy', rows: 'test' }], sets);
    const measured: PreparedMeasurement[] = [prepared[0], accuracy, prepared[4]];
    const whole = computeEffects(model, measured, { methods, influence, residuals: true });
    const blocks: EffectsBlock[] = [];
    const visited = computeEffects(model, measured, {
      methods: ['rif'],
      influence,
      visit: (block) => blocks.push({ ...block, byRif: block.byRif?.slice() }),
    });
    expect(visited.byRif).toBeUndefined();
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatchObject({ firstRow: 0, rows: n, firstMeasurement: 0, measurements: 3, byIf: undefined });
    expect(blocks[0].byRif).toEqual(whole.byRif?.data);
    expect(whole.byIf?.data[3 * 17 + 1]).toBeNaN();
    expect(Array.from(whole.residuals ?? [])).toEqual([expect.closeTo(0, 12), Number.NaN, expect.closeTo(0, 12)]);
    expect(whole.names).toEqual(['margin_131', 'test_accuracy', 'validation_loss']);
  });

  it('are the same by conjugate gradients, within the residual they state', () => {
    const { problem, theta, linalg } = model;
    const large = createFittedModel(problem, theta, linalg, undefined, { method: 'iterative' });
    const options: Measurement[] = kind === 'ridge' ? smooth : [...smooth, { kind: 'accuracy', rows: 'test' }];
    const measured = prepareMeasurements(large, options, sets);
    const { byIf, residuals } = computeEffects(large, measured, { methods: ['if'] });
    const expected = computeEffects(model, measured, { methods: ['if'] }).byIf;
    const width = measured.length;
    measured.forEach(({ gradient }, t) => {
      if (gradient === undefined) {
        expect(byIf?.data[17 * width + t]).toBeNaN();
        return;
      }
      expect(residuals?.[t]).toBeLessThan(1e-7);
      for (const row of chosen) {
        const value = expected?.data[row * width + t] ?? Number.NaN;
        expect(Math.abs((byIf?.data[row * width + t] ?? Number.NaN) - value)).toBeLessThan(
          1e-5 * (1e-3 + Math.abs(value)),
        );
      }
    });
  });

  it('can be cancelled, and refuse what they cannot say', () => {
    const onBlock = (): void => {
      throw new CancelledError();
    };
    expect(() => computeEffects(model, prepared, { methods, influence, onBlock })).toThrow(CancelledError);
    const rows = prepared.slice(0, ofRows.length);
    expect(() => computeEvaluatedEffects(model, rows, { methods, influence, onBlock })).toThrow(CancelledError);
    expect(() => computeEvaluatedEffects(model, prepared, { methods, influence })).toThrow(/validation_loss.*linear/);
    expect(() => computeEvaluatedEffectsOf(model, prepared, Int32Array.of(140), { methods })).toThrow(InputError);
  });
});

describe('visitDirectionProducts', () => {
  it('goes over rows in blocks and directions in groups, and says the same', () => {
    const rows = 200_000;
    const random = createRandom(3);
    const data = Float32Array.from({ length: 2 * rows }, () => random.normal());
    const features: FeatureRows = createFloat32Rows(data, rows, 2);
    const problem = createHeadProblem(
      {
        kind: 'softmax',
        classes: 2,
        features,
        rows: exact.loadRows(features),
        labels: Int32Array.from({ length: rows }, (_, i) => i % 2),
        weights: new Float64Array(rows).fill(1),
        l2: 0.1,
        unpenalised: [],
      },
      exact,
    );
    const directions = { rows: 10, columns: 4, data: Float64Array.from({ length: 40 }, () => random.normal()) };
    const along = (row: number, t: number, c: number): number =>
      data[2 * row] * directions.data[4 * t + 2 * c] + data[2 * row + 1] * directions.data[4 * t + 2 * c + 1];
    const seen: string[] = [];
    let worst = 0;
    visitDirectionProducts(
      { problem, linalg: exact },
      directions,
      ({ firstRow, rows: count, first, count: taken, products }) => {
        seen.push(`${firstRow}+${count} ${first}+${taken}`);
        for (let at = 0; at < count; at += 997) {
          for (let t = 0; t < taken; t++) {
            for (let c = 0; c < 2; c++) {
              const value = products[(at * taken + t) * 2 + c];
              worst = Math.max(worst, Math.abs(value - along(firstRow + at, first + t, c)));
            }
          }
        }
      },
      { together: 3, perGroup: 9 },
    );
    expect(seen).toEqual(['0+131072 0+9', '131072+68928 0+9', '0+200000 9+1']);
    expect(worst).toBeLessThan(1e-14);
  });
});
