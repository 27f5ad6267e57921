import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../base/errors';
import { fitTestModel } from '../../testing/fittedModel';
import { relativeDistance } from '../../testing/testData';
import { prepareMeasurements } from '../measurements/prepareMeasurements';
import type { AttributionBlock } from './attribution';
import { computeRepresenterEffects } from './representerValues';

describe.each(['logistic', 'softmax', 'ridge'] as const)('representer values of a %s head', (kind) => {
  const settings = { kind, rows: 90, features: 5, l2: 0.03, seed: 4 } as const;
  const { model, train, heldOut } = fitTestModel(settings);
  const { problem, logits } = model;
  const sets = { train, validation: heldOut, test: new Int32Array(0) };
  const measurements = prepareMeasurements(
    model,
    [
      { kind: 'margin', row: 95 },
      { kind: 'margin', row: 3 },
      { kind: 'meanLoss', rows: 'validation' },
    ],
    sets,
  );

  it('without unpenalised features leave nothing of a logit unexplained', () => {
    const whole = fitTestModel({ ...settings, unpenalised: [] });
    const [margin] = prepareMeasurements(whole.model, [{ kind: 'margin', row: 95 }], sets);
    const { effects, unexplained } = computeRepresenterEffects(whole.model, [margin]);
    const sum = train.reduce((total, i) => total + (effects?.data[i] ?? Number.NaN), 0);
    expect(unexplained[0]).toBe(0);
    expect(-sum).toBeCloseTo(margin.value, 8);
  });

  it('take their share off a margin, the sign turned: removal lowers what a row supports', () => {
    const { effects, unexplained, names } = computeRepresenterEffects(model, measurements);
    expect(names).toEqual(['margin_95', 'margin_3', 'validation_loss']);
    for (const t of [0, 1]) {
      const sum = train.reduce((total, i) => total + (effects?.data[i * 3 + t] ?? Number.NaN), 0);
      expect(unexplained[t] - sum).toBeCloseTo(measurements[t].value, 8);
    }
    // Row 3 supports its own margin (ridge: in the direction of its residual).
    const own = effects?.data[3 * 3 + 1] ?? Number.NaN;
    if (kind === 'ridge') expect(Math.sign(own)).toBe(Math.sign(logits[3] - problem.labels[3]));
    else expect(own).toBeLessThan(0);
    for (const row of heldOut) expect(effects?.data[row * 3]).toBeNaN();
  });

  it('say the same of stored rows, block by block, and can be cancelled', () => {
    const stored = fitTestModel({ ...settings, stored: true });
    const others = prepareMeasurements(
      stored.model,
      measurements.map(({ measurement }) => measurement),
      sets,
    );
    const blocks: AttributionBlock[] = [];
    const visited = computeRepresenterEffects(stored.model, others, {
      visit: (block) => blocks.push({ ...block, effects: block.effects.slice() }),
    });
    expect(visited.effects).toBeUndefined();
    const whole = computeRepresenterEffects(model, measurements).effects?.data ?? new Float64Array(0);
    expect(blocks.map(({ firstRow, rows, measurements: m }) => [firstRow, rows, m])).toEqual([[0, 120, 3]]);
    expect(relativeDistance(blocks[0].effects.subarray(0, 270), whole.subarray(0, 270))).toBeLessThan(1e-9);
    const onBlock = (): void => {
      throw new CancelledError();
    };
    expect(() => computeRepresenterEffects(model, measurements, { onBlock })).toThrow(CancelledError);
  });
});
