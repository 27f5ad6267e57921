import { describe, expect, it } from 'vitest';
import { auditFeatures } from '../../audit/auditFeatures';
import type { AuditResult } from '../../audit/auditTypes';
import { createRandom } from '../../base/random';
import { createTestContext } from '../../testing/testData';
import { createExactNeighbourSearch } from '../neighbours/exactNeighbours';
import { reasonFlags } from '../reasons';
import { explainNoSignal, holdBackSuspicions, measureLabelSignal, withdrawSuspicions } from './labelSignal';

/** Normal features of which the first is moved by `shift` times the class. */
function auditOf(options: {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  readonly shift: number;
  readonly seed: number;
  readonly share?: number;
}): { result: AuditResult; listed: number } {
  const { rows, features: d, classes, shift, share } = options;
  const random = createRandom(options.seed);
  const labels = Int32Array.from({ length: rows }, (_, row) =>
    share === undefined ? row % classes : random.uniform() < share ? 0 : 1 + random.integer(classes - 1),
  );
  const data = new Float64Array(rows * (d + 1));
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < d; j++) data[row * (d + 1) + j] = random.normal() + (j === 0 ? shift * labels[row] : 0);
    data[row * (d + 1) + d] = 1;
  }
  const result = auditFeatures(
    {
      features: { rows, columns: d + 1, data },
      labels,
      classes,
      split: new Uint8Array(rows),
      unpenalised: [d],
      l2: 'auto',
      neighbours: createExactNeighbourSearch(),
    },
    createTestContext(),
  );
  return { result, listed: result.columns.suspicion.filter((value) => value >= 0.5).length };
}

describe('the sentence about no signal', () => {
  it('tells too little in few rows from features that say nothing', () => {
    const classes = 2;
    const told = (rows: number, sure: number) => {
      const labels = Int32Array.from({ length: rows }, (_, i) => i % 2);
      const mixture = Float32Array.from({ length: rows * classes }, (_, at) =>
        at % 2 === labels[at >> 1] ? sure : 1 - sure,
      );
      return measureLabelSignal(mixture, labels, new Float64Array(rows).fill(1), classes);
    };
    const few = told(8, 0.9);
    expect(few.found).toBe(false);
    // 8 log(.9/.5) nats
    expect(explainNoSignal(few, 'no better')).toMatch(/cannot be told from chance: it gains 4\.7 nats over all rows/);
    expect(told(80, 0.9).found).toBe(true);
    const nothing = explainNoSignal(told(80, 0.4), 'no better than chance');
    expect(nothing).toMatch(
      /^The features say nothing about these labels: no better than chance, and no row is listed/,
    );
  });
});

describe('an audit of features that say nothing', () => {
  it.each([
    [2, 16, 1],
    [2, 120, 1],
    [2, 80, 40],
    [3, 90, 4],
    [6, 120, 2],
  ])('lists nothing and says so: %i classes, %i rows, %i features', (classes, rows, features) => {
    for (let seed = 1; seed <= 6; seed++) {
      const { result, listed } = auditOf({
        rows,
        features,
        classes,
        shift: 0,
        seed,
        ...(seed % 3 === 0 ? { share: 0.7 } : {}),
      });
      expect(listed, `seed ${seed}`).toBe(0);
      expect(result.warnings.some((text) => /(than|from) chance/.test(text))).toBe(true);
    }
  });

  it('blames no row for being of the other class than the intercept without it, and suggests nothing', () => {
    const { result } = auditOf({ rows: 120, features: 1, classes: 2, shift: 0, seed: 3 });
    expect(result.signal.found).toBe(false);
    expect(result.transitions).toBeNull();
    expect(Math.max(...result.columns.suspicion)).toBeCloseTo(0.1, 12);
    expect([...result.columns.suggestedLabel]).toEqual(Array.from({ length: 120 }, (_, row) => row % 2));
    expect(result.columns.reasons.every((bits) => (bits & reasonFlags.headDisagrees) === 0)).toBe(true);
    expect([...result.columns.rank].sort((a, b) => a - b)[0]).toBe(1);
  });
});

describe('an audit of features that say little', () => {
  it('still finds what there is', () => {
    const { result } = auditOf({ rows: 600, features: 3, classes: 2, shift: 1, seed: 4 });
    expect(result.signal.found).toBe(true);
    expect(result.signal.gain).toBeGreaterThan(2 * result.signal.standardError);
    expect(result.warnings.some((text) => text.includes('chance'))).toBe(false);
    expect(Math.max(...result.columns.suspicion)).toBeGreaterThan(0.5);
  });

  it('never lists most of the rows because classes overlap', () => {
    const { result, listed } = auditOf({ rows: 240, features: 1, classes: 6, shift: 0.3, seed: 5 });
    expect(result.signal.found).toBe(true);
    expect(listed).toBeLessThan(0.4 * 240);
    if (result.excessErrors !== null) {
      expect(listed).toBeGreaterThan(0);
      expect(result.transitions).toBeNull();
      expect(result.warnings.join('\n')).toContain('By the noise model');
    }
  });
});

describe('rows about which the features say nothing, beside others that they tell', () => {
  it.each([1, 2, 3])('are not listed for being off the class frequencies without them: seed %i', (seed) => {
    // Two thirds are told by the second feature; the rest is one heap of both classes in turn.
    const rows = 300;
    const random = createRandom(seed);
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
    const data = new Float64Array(rows * 3);
    for (let row = 0; row < rows; row++) {
      data[3 * row] = random.normal() * 0.1 + (row % 3 === 0 ? 3 : -1.5);
      data[3 * row + 1] = random.normal() * 0.3 + (row % 3 === 0 ? 0 : 2 * labels[row] - 1);
      data[3 * row + 2] = 1;
    }
    const { columns, signal } = auditFeatures(
      {
        features: { rows, columns: 3, data },
        labels,
        classes: 2,
        split: new Uint8Array(rows),
        unpenalised: [2],
        l2: 'auto',
        neighbours: createExactNeighbourSearch(),
      },
      createTestContext(),
    );
    expect(signal.found).toBe(true);
    expect(columns.suspicion.filter((value) => value >= 0.5).length).toBeLessThanOrEqual(0.02 * rows);
  });
});

describe('measureLabelSignal', () => {
  it('finds a gain of nothing in the frequencies that a row meets without itself', () => {
    const labels = Int32Array.from({ length: 40 }, (_, row) => (row % 4 === 0 ? 1 : 0));
    const left = (row: number, c: number): number => ((c === 1 ? 10 : 30) - (labels[row] === c ? 1 : 0) + 0.5) / 40;
    const mixture = Float32Array.from({ length: 80 }, (_, at) => left(at >> 1, at & 1));
    const signal = measureLabelSignal(mixture, labels, new Float64Array(40).fill(1), 2);
    // The strength that suits these rows best is a little off 1.
    expect(signal.gain).toBeLessThanOrEqual(0);
    expect(signal.gain).toBeGreaterThan(-0.002);
    expect(signal.found).toBe(false);
    expect(signal.rows).toBe(40);
  });

  it.each([
    [20, 20, 20, 20, 20, 20],
    [24, 22, 20, 20, 18, 16],
    [90, 10],
    [60, 1, 0, 5],
  ])('finds no gain in an even guess, or in any power of those frequencies: %i, %i, …', (...sizes) => {
    const classes = sizes.length;
    const labels = Int32Array.from(sizes.flatMap((size, c) => Array.from({ length: size }, () => c)));
    for (const power of [0, 0.3, 0.7, 1, 1.4]) {
      const mixture = new Float32Array(labels.length * classes);
      labels.forEach((label, i) => {
        const powers = sizes.map((size, c) => (size - (c === label ? 1 : 0) + 1 / classes) ** power);
        const sum = powers.reduce((a, b) => a + b, 0);
        powers.forEach((value, c) => (mixture[i * classes + c] = value / sum));
      });
      const { gain, found } = measureLabelSignal(mixture, labels, new Float64Array(labels.length).fill(1), classes);
      expect(gain).toBeLessThan(1e-6);
      expect(found).toBe(false);
    }
  });

  it('looks at rows of weight only, and at classes of one row', () => {
    const labels = Int32Array.of(0, 0, 0, 1, -1, 1);
    const mixture = Float32Array.from([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 1, 0]);
    const signal = measureLabelSignal(mixture, labels, Float64Array.of(1, 1, 1, 1, 0, 0), 2);
    expect(signal.rows).toBe(4);
    expect(Number.isFinite(signal.gain)).toBe(true);
    expect(signal.gain).toBeGreaterThan(0);
  });
});

describe('suspicions that cannot be trusted', () => {
  const sizesOf = (logOdds: number[]) => ({
    logOdds: Float64Array.from(logOdds),
    suspicion: Float64Array.from(logOdds, (z) => 1 / (1 + Math.exp(-z))),
    suggested: Int32Array.from(logOdds, () => 1),
  });

  it('keep their order when they are withdrawn', () => {
    const sizes = sizesOf([3, 5, -2, 4]);
    withdrawSuspicions(sizes, Int32Array.of(0, 0, 0, -1));
    expect(sizes.suspicion[1]).toBeCloseTo(0.1, 12);
    expect(sizes.logOdds[1]).toBeGreaterThan(sizes.logOdds[0]);
    expect([...sizes.suggested]).toEqual([0, 0, 0, 1]);
  });

  it('are lowered to a tenth of the rows where the noise model calls most labels wrong, and only there', () => {
    const many = sizesOf(Array.from({ length: 50 }, (_, row) => 4 - row * 0.05));
    const weights = new Float64Array(50).fill(1);
    expect(holdBackSuspicions(many, new Int32Array(50), weights)).toBe(1);
    expect(many.suspicion.filter((value) => value >= 0.5)).toHaveLength(5);
    const few = sizesOf(Array.from({ length: 50 }, (_, row) => (row < 10 ? 3 : -3)));
    const before = few.suspicion.slice();
    expect(holdBackSuspicions(few, new Int32Array(50), weights)).toBeNull();
    expect(few.suspicion).toEqual(before);
  });
});
