import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import { createRandom } from '../../base/random';
import { splitCodes } from '../../base/splitCodes';
import type { ValidationLabels } from '../../influence/measurements/validationLabels';
import { createExactNeighbourSearch } from '../../ranking/neighbours/exactNeighbours';
import { reasonFlags } from '../../ranking/reasons';
import { openAuditSession } from '../../session/auditSession';
import { createTestContext } from '../../testing/testData';
import { auditNumbers } from './auditNumbers';
import type { NumbersInput } from './numbersTypes';
import { ridgeExpert } from './ridgeExpert';

interface Drawn extends NumbersInput {
  readonly wrong: Uint8Array;
  readonly truth: Float64Array;
}

/** A curved function of four features; every `every`-th label is ten times itself or another row's. */
function draw(n: number, every: number, { signal = 1, seed = 1 } = {}): Drawn {
  const random = createRandom(seed);
  const columns = 5;
  const data = new Float64Array(n * columns);
  const truth = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const x = Array.from({ length: 4 }, () => random.normal());
    data.set([...x, 1], i * columns);
    truth[i] = 30 + signal * (6 * x[0] + 4 * Math.sin(2 * x[1]) + 3 * x[2] * x[2]) + random.normal();
  }
  const wrong = Uint8Array.from(truth, (_, i) => (every > 0 && i % every === 3 ? 1 : 0));
  const labels = truth.map((value, i) => (wrong[i] === 0 ? value : i % 20 === 3 ? 10 * value : value + 25));
  return {
    features: { rows: n, columns, data },
    labels,
    split: Uint8Array.from(truth, (_, i) => (i % 5 === 4 ? splitCodes.validation : splitCodes.train)),
    unpenalised: [4],
    l2: 'auto',
    neighbours: createExactNeighbourSearch(),
    wrong,
    truth,
  };
}

describe('an audit of numeric labels', () => {
  const input = draw(400, 10);
  const result = auditNumbers(input, createTestContext());

  it('ranks the wrong labels first, with probabilities that add up', () => {
    const { rank, suspicion } = result.columns;
    let sum = 0;
    let listedRight = 0;
    let found = 0;
    for (let i = 0; i < 400; i++) {
      sum += suspicion[i];
      if (suspicion[i] < 0.5) continue;
      if (input.wrong[i] === 1) found++;
      else listedRight++;
    }
    expect(found).toBeGreaterThanOrEqual(38);
    expect(listedRight).toBeLessThanOrEqual(4);
    expect(Math.abs(sum - 40)).toBeLessThan(40 / 3);
    expect([...rank].sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
    expect(result.setAside).toBeGreaterThan(25);
  });

  it('suggests what the labels were, with intervals of nine in ten', () => {
    const { suggestedValue, suggestedLow, suggestedHigh } = result.columns;
    const inside = input.truth.filter((value, i) => value >= suggestedLow[i] && value <= suggestedHigh[i]);
    expect(inside.length / 400).toBeGreaterThan(0.85);
    expect(inside.length / 400).toBeLessThan(0.97);
    const errors = input.truth
      .map((value, i) => Math.abs(value - suggestedValue[i]))
      .filter((_, i) => input.wrong[i] === 1);
    expect(errors.sort()[errors.length >> 1]).toBeLessThan(3);
  });

  it('says where a decimal slipped', () => {
    const slipped = [...input.wrong.keys()].filter((i) => input.wrong[i] === 1 && i % 20 === 3);
    const flagged = slipped.filter((i) => (result.columns.reasons[i] & reasonFlags.decimalSlip) !== 0);
    expect(flagged.length).toBeGreaterThan(0.8 * slipped.length);
    const others = [...input.wrong.keys()].filter((i) => input.wrong[i] === 0);
    expect(others.filter((i) => (result.columns.reasons[i] & reasonFlags.decimalSlip) !== 0)).toEqual([]);
  });

  it('measures on the labels as it is told to, by what it thinks of them', () => {
    const run = (validationLabels: ValidationLabels, vouched?: Uint8Array) =>
      auditNumbers({ ...input, vouched, options: { validationLabels } }, createTestContext());
    const { head, columns, beliefs } = result;
    const { data, columns: d } = input.features as Matrix;
    const held = [...input.labels.keys()].filter((i) => input.split[i] === splitCodes.validation);
    const predict = (i: number): number => head.theta.reduce((sum, w, j) => sum + w * data[i * d + j], 0);
    for (const way of ['given', 'weighted', 'expected'] as const) {
      const parts = held.flatMap((i) => {
        const s = way === 'given' ? 0 : columns.suspicion[i];
        return [
          { y: input.labels[i], weight: 1 - s, error: predict(i) - input.labels[i] },
          {
            y: columns.suggestedValue[i],
            weight: way === 'expected' ? s : 0,
            error: predict(i) - columns.suggestedValue[i],
          },
        ];
      });
      const sumOf = (value: (part: (typeof parts)[number]) => number): number =>
        parts.reduce((sum, part) => sum + part.weight * value(part), 0);
      const total = sumOf(() => 1);
      const mean = sumOf(({ y }) => y) / total;
      const squares = sumOf(({ error }) => error * error);
      const found = run(way);
      expect(found.validation?.meanLoss).toBeCloseTo(squares / total / 2, 8);
      expect(found.validation?.rSquared).toBeCloseTo(1 - squares / sumOf(({ y }) => (y - mean) ** 2), 10);
      expect(found.validation?.given?.meanLoss).toBe(way === 'given' ? undefined : run('given').validation?.meanLoss);
      const session = openAuditSession(
        { ...input, classes: 0, kind: 'ridge', theta: head.theta, l2: head.l2, beliefs, validationLabels: way },
        createTestContext(),
      );
      for (const row of [0, 3, 8]) {
        const truth = session.retrainWithout({ rows: Int32Array.of(row) }).validation?.lossChangeLinear ?? Number.NaN;
        expect(found.columns.valLossRif[row] / truth).toBeCloseTo(1, 8);
      }
      session.dispose();
    }
    const vouched = Uint8Array.from(input.split, (code) => (code === splitCodes.validation ? 1 : 0));
    const clean = run('weighted', vouched);
    expect(clean.validation?.meanLoss).toBeCloseTo(run('given').validation?.meanLoss ?? Number.NaN, 8);
    for (const i of held) expect([clean.columns.rank[i], clean.columns.suspicion[i]]).toEqual([0, Number.NaN]);
    expect(clean.columns.rank.reduce((most, rank) => Math.max(most, rank), 0)).toBe(400 - held.length);
  });

  it('says where the labels that it measures on are doubted more than believed', () => {
    // Of the rows that validate only those whose labels are wrong.
    const split = input.split.map((_, i) => (input.wrong[i] === 1 ? splitCodes.validation : splitCodes.train));
    const { warnings, validation } = auditNumbers({ ...input, split }, createTestContext());
    expect(warnings.filter((text) => text.includes('doubted more than they are believed'))).toHaveLength(1);
    expect(validation?.meanLoss).toBeLessThan(validation?.given?.meanLoss ?? 0);
    expect(result.warnings.join()).not.toContain('doubted more');
  });

  it('is the same every time, whatever the seed and which rows validate say of the suspicion', () => {
    const again = auditNumbers(input, createTestContext());
    expect([...again.columns.suspicionLogOdds]).toEqual([...result.columns.suspicionLogOdds]);
    const other = auditNumbers(
      { ...input, split: input.split.map((_, i) => (i % 3 === 0 ? 1 : 0)) },
      createTestContext(),
    );
    expect([...other.columns.suspicionLogOdds]).toEqual([...result.columns.suspicionLogOdds]);
    expect(other.columns.loss[0]).not.toBe(result.columns.loss[0]);
  });

  it('scores rows of every split, and suggests numbers for those without a label', () => {
    const labels = input.labels.map((label, i) => (i === 7 ? Number.NaN : label));
    const { columns, unlabelledRows } = auditNumbers({ ...input, labels }, createTestContext());
    expect(unlabelledRows).toBe(1);
    expect(columns.suspicion[7]).toBeNaN();
    expect(columns.rank[7]).toBe(0);
    expect(Math.abs(columns.suggestedValue[7] - input.truth[7])).toBeLessThan(8);
    expect(columns.suspicion[4]).toBeGreaterThanOrEqual(0);
    expect(columns.looLoss[4]).toBeNaN();
  });

  it('compares labels by their logarithms where errors are ratios', () => {
    const labels = input.truth.map((value) => Math.exp(value / 5));
    expect(auditNumbers({ ...input, labels }, createTestContext()).scale).toBe('logarithmic');
    expect(auditNumbers({ ...input, labels: input.truth }, createTestContext()).scale).toBe('plain');
  });

  it('lists nothing where the features say nothing, and says so', () => {
    let silent = 0;
    let listed = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const noise = draw(80, 0, { signal: 0, seed });
      const found = auditNumbers(noise, createTestContext());
      if (!found.signal.found) silent++;
      listed += found.columns.suspicion.filter((value) => value >= 0.5).length;
      if (!found.signal.found) expect(found.warnings.join(' ')).toContain('say nothing about these labels');
    }
    expect(silent).toBeGreaterThanOrEqual(11);
    expect(listed / (12 * 80)).toBeLessThan(0.02);
  });

  it('takes no heavy tail for a signal', () => {
    for (const seed of [1, 2, 3, 4]) {
      const noise = draw(150, 0, { signal: 0, seed });
      const random = createRandom(50 + seed);
      const labels = noise.labels.map(() => random.normal() / Math.abs(random.normal()));
      expect(auditNumbers({ ...noise, labels }, createTestContext()).signal.found).toBe(false);
    }
  });

  it('takes the experts it is asked for, and says why a forest is missing', () => {
    const few = draw(15, 0);
    const { experts, expertsLeftOut, warnings } = auditNumbers(
      { ...few, options: { experts: ['head', 'forest'] } },
      createTestContext(),
    );
    expect(experts.map(({ name }) => name)).toEqual(['head']);
    expect(expertsLeftOut).toEqual([{ name: 'forest', reason: 'there are fewer than 20 labelled rows' }]);
    expect(warnings.join(' ')).toContain('The expert forest was left out');
    expect(() => auditNumbers({ ...input, options: { experts: [] } }, createTestContext())).toThrow(InputError);
    const same = { ...input, labels: input.labels.map(() => 3) };
    expect(() => auditNumbers(same, createTestContext())).toThrow(/at least two numbers/);
  });

  it('reports its stages in order, and can be cancelled anywhere', () => {
    const small = draw(60, 10);
    const context = createTestContext();
    auditNumbers(small, context);
    const stages = [...new Set(context.reports.map(({ stage }) => stage))];
    expect(stages).toEqual(['lambda', 'fit', 'influence', 'neighbours', 'ranking']);
    for (const cancelAfter of [1, 20, 60, 200]) {
      expect(() => auditNumbers(small, createTestContext({ cancelAfter }))).toThrow(CancelledError);
    }
  });
});

describe('the ridge expert', () => {
  it('predicts each row as a fit without it does', () => {
    const { features, labels } = draw(40, 0);
    const train = new Float64Array(40).fill(1);
    train[5] = 0;
    const options = { l2Range: [0.01, 0.01] as const };
    const { predictions } = ridgeExpert(
      { features, unpenalised: [4], options },
      { targets: labels, train },
      createTestContext(),
    );
    if ('read' in features) throw new Error('in memory');
    for (const left of [0, 5, 17]) {
      const kept = [...train.keys()].filter((row) => row !== left && train[row] !== 0);
      // nλ stays that of the 39 rows that train.
      const theta = solveRidge(
        kept.map((row) => features.data.subarray(5 * row, 5 * row + 5)),
        kept.map((row) => labels[row]),
        39 * 0.01,
      );
      const own = features.data.subarray(5 * left, 5 * left + 5);
      const expected = theta.reduce((sum, value, j) => sum + value * own[j], 0);
      expect(predictions[left]).toBeCloseTo(expected, 7);
    }
  });
});

/** (XᵀX + ridge)⁻¹Xᵀy without a penalty for the last feature, by elimination. */
function solveRidge(rows: readonly Float64Array[], y: readonly number[], ridge: number): number[] {
  const d = 5;
  const system = Array.from({ length: d }, (_, a) => [
    ...Array.from({ length: d }, (_, b) =>
      rows.reduce((sum, x) => sum + x[a] * x[b], a === b && a < d - 1 ? ridge : 0),
    ),
    rows.reduce((sum, x, i) => sum + x[a] * y[i], 0),
  ]);
  for (let c = 0; c < d; c++) {
    for (let r = 0; r < d; r++) {
      if (r === c) continue;
      const factor = system[r][c] / system[c][c];
      for (let k = c; k <= d; k++) system[r][k] -= factor * system[c][k];
    }
  }
  return system.map((row, a) => row[d] / row[a]);
}
