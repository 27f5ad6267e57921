import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../base/errors';
import { createRandom } from '../../base/random';
import type { LeftOutResults } from './leftOutRows';
import { fillLeftOutRows } from './leftOutRows';
import { createRowSolver } from './rowSolver';

/** n rows with logits of a given spread and forms Σⱼ qᵢⱼvⱼvⱼᵀ without the gauge; every fifth row has no weight. */
function rowsOf(n: number, K: number, spread: number) {
  const random = createRandom(K);
  const logits = Float64Array.from({ length: n * K }, () => spread * random.normal());
  const labels = Int32Array.from({ length: n }, () => random.integer(K));
  const weights = Float64Array.from({ length: n }, (_, i) => (i % 5 === 2 ? 0 : 1));
  const v = Array.from({ length: K - 1 }, () => {
    const numbers = Float64Array.from({ length: K }, () => random.normal());
    const mean = numbers.reduce((a, b) => a + b, 0) / K;
    return numbers.map((value) => value - mean);
  });
  const forms = Array.from({ length: (K * (K + 1)) / 2 }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const q = v.map(() => random.uniform());
    for (let a = 0, form = 0; a < K; a++) {
      for (let b = 0; b <= a; b++) forms[form++][i] = v.reduce((sum, vj, j) => sum + q[j] * vj[a] * vj[b], 0);
    }
  }
  return { problem: { kind: 'softmax' as const, outputs: K, labels, weights }, logits, forms };
}

function emptyResults(n: number, K: number): LeftOutResults {
  const empty = (count: number): Float64Array => new Float64Array(count).fill(Number.NaN);
  return {
    leverage: empty(n),
    selfIf: empty(n),
    selfRif: empty(n),
    looLoss: empty(n),
    outOfSampleLogits: empty(n * K),
    rifCoefficients: empty(n * K),
  };
}

describe('rows side by side', () => {
  it.each([
    [11, 3, 1],
    [12, 3, 6],
    [1, 4, 2],
    [37, 10, 3],
    [9, 31, 2],
  ])('%i rows of %i classes are as the solver of single rows has them (logits of spread %i)', (n, K, spread) => {
    const { problem, logits, forms } = rowsOf(n, K, spread);
    const solver = createRowSolver(problem);
    const found = emptyResults(n, K);
    const largest = fillLeftOutRows(problem, logits, forms, 0, n, found);
    const expected = emptyResults(n, K);
    let amplification = 1;
    for (let i = 0; i < n; i++) {
      if (problem.weights[i] === 0) continue;
      solver.solveLeftOut(logits, i * K, problem.labels[i], forms, i);
      for (const name of ['leverage', 'selfIf', 'selfRif', 'looLoss'] as const) expected[name][i] = solver[name];
      expected.outOfSampleLogits.set(solver.looLogits, i * K);
      expected.rifCoefficients.set(solver.coefficients, i * K);
      amplification = Math.max(amplification, Math.hypot(...solver.coefficients) / Math.hypot(...solver.residual));
    }
    for (const name of Object.keys(expected) as (keyof LeftOutResults)[]) {
      found[name].forEach((value, at) => {
        const truth = expected[name][at];
        if (Number.isNaN(truth)) expect(value).toBeNaN();
        else expect(Math.abs(value - truth)).toBeLessThan(1e-12 * Math.max(1, Math.abs(truth)));
      });
    }
    expect(Math.abs(largest / amplification - 1)).toBeLessThan(1e-12);
  });

  it('keep their digits where the head is sure', () => {
    // One class at 40: the others have p = e⁻⁴⁰, and with W of size 1 the leverage is Σ p_c W̃_cc to first order.
    const K = 3;
    const logits = Float64Array.of(0, 40, 1);
    const forms = [0.5, -0.2, 0.4, -0.3, -0.2, 0.5].map((value) => Float64Array.of(value));
    const found = emptyResults(1, K);
    const problem = { outputs: K, labels: Int32Array.of(1), weights: Float64Array.of(1) };
    fillLeftOutRows(problem, logits, forms, 0, 1, found);
    const [p0, p2] = [Math.exp(-40), Math.exp(-39)];
    const moved = [0.5 * p0 + 0.2 * (p0 + p2) - 0.3 * p2, -0.2 * p0 - 0.4 * (p0 + p2) - 0.2 * p2];
    expect(found.outOfSampleLogits[0] / moved[0]).toBeCloseTo(1, 12);
    expect(found.looLoss[0] / (p0 + p2)).toBeCloseTo(1, 12);
    // rᵀWr, by hand.
    const r = [p0, -(p0 + p2), p2];
    const self = r[0] * moved[0] + r[1] * moved[1] + r[2] * (-0.3 * p0 + 0.2 * (p0 + p2) + 0.5 * p2);
    expect(found.selfRif[0] / self).toBeCloseTo(1, 12);
    expect(found.leverage[0]).toBeGreaterThanOrEqual(0);
    expect(found.leverage[0]).toBeLessThan(1e-14);
  });

  it('fill a range of rows whose forms start there, and can be cancelled', () => {
    const n = 30;
    const { problem, logits, forms } = rowsOf(n, 4, 2);
    const whole = emptyResults(n, 4);
    fillLeftOutRows(problem, logits, forms, 0, n, whole);
    const part = emptyResults(n, 4);
    fillLeftOutRows(
      problem,
      logits,
      forms.map((form) => form.subarray(10)),
      10,
      15,
      part,
    );
    expect(part.leverage.subarray(10, 25)).toEqual(whole.leverage.subarray(10, 25));
    expect(part.leverage.subarray(0, 10).every(Number.isNaN)).toBe(true);
    expect(part.leverage.subarray(25).every(Number.isNaN)).toBe(true);
    const many = rowsOf(20, 60, 1);
    const cancel = (): never => {
      throw new CancelledError();
    };
    expect(() => fillLeftOutRows(many.problem, many.logits, many.forms, 0, 20, emptyResults(20, 60), cancel)).toThrow(
      CancelledError,
    );
  });
});
