import { describe, expect, it } from 'vitest';
import { createFloat32Rows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { openAuditSession } from '../session/auditSession';
import { createTestContext, syntheticRows } from '../testing/testData';
import { auditFeatures } from './auditFeatures';
import type { AuditInput, AuditResult } from './auditTypes';

/** Largest |a − b| relative to the largest |a|, where both are numbers; NaN must meet NaN. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, size] = [0, 1e-300];
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    expect(Number.isNaN(a[i])).toBe(Number.isNaN(b[i]));
    if (Number.isNaN(a[i])) continue;
    most = Math.max(most, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(a[i]));
  }
  return most / size;
}

function wideInput(kind: string, classes: number): AuditInput {
  const n = 36;
  const d = 48;
  const data = syntheticRows({ rows: n, features: d, classes, seed: 17, signal: 0.3 });
  const x = data.features.data;
  const random = createRandom(4);
  if (kind === 'copies')
    for (const [from, to] of [
      [1, 6],
      [2, 7],
      [2, 8],
    ])
      x.copyWithin(to * d, from * d, (from + 1) * d);
  if (kind === 'nearly alike') {
    for (let i = 6; i < 12; i++)
      for (let j = 0; j < d - 1; j++) x[i * d + j] = x[(i - 6) * d + j] * (1 + 1e-5 * random.normal());
  }
  if (kind === 'other scales') for (let i = 0; i < n; i++) for (let j = 0; j < d - 1; j++) x[i * d + j] *= 4 ** (j % 4);
  const labels = data.labels.slice();
  labels[9] = -1;
  const intercept = kind !== 'no intercept';
  const features: Matrix = intercept
    ? data.features
    : { ...data.features, data: x.map((v, at) => (at % d === d - 1 ? 0.3 : v)) };
  return {
    features,
    labels,
    classes,
    split: Uint8Array.from({ length: n }, (_, i) => [0, 0, 1, 0, 0, 2][i % 6]),
    unpenalised: intercept ? [d - 1] : [],
    l2: 3e-2,
    neighbours: createExactNeighbourSearch(),
  };
}

function compare(asked: AuditResult, found: AuditResult): void {
  for (const [name, values] of Object.entries(asked.columns)) {
    // Copies tie, and rounding decides between them; ranks follow from the log-odds.
    if (name === 'rank') continue;
    const own = found.columns[name as keyof AuditResult['columns']]; // keys of one and the same type
    expect(distance(values as Float64Array, own), name).toBeLessThan(1e-8);
  }
  expect(distance(asked.head.theta, found.head.theta)).toBeLessThan(1e-8);
  expect(distance(asked.classProbabilities, found.classProbabilities)).toBeLessThan(1e-6);
  expect(found.effectiveDof).toBeCloseTo(asked.effectiveDof, 8);
}

describe.each([2, 3])('an audit of more features than rows, %i classes', (classes) => {
  it.each(['plain', 'copies', 'nearly alike', 'other scales', 'no intercept'])(
    'gives the numbers of the direct form: %s',
    (kind) => {
      const input = wideInput(kind, classes);
      const context = createTestContext();
      const found = auditFeatures(input, context);
      expect(context.messages.join()).toContain('n×n form');
      const direct = createTestContext();
      const asked = auditFeatures({ ...input, options: { rowSpace: false } }, direct);
      expect(direct.messages.join()).not.toContain('n×n form');
      compare(asked, found);
    },
  );

  it('chooses the same λ', () => {
    const input = { ...wideInput('plain', classes), l2: 'auto' as const };
    const found = auditFeatures(input, createTestContext());
    const asked = auditFeatures({ ...input, options: { rowSpace: false } }, createTestContext());
    expect(found.l2Choice?.points.map(({ l2 }) => l2)).toEqual(asked.l2Choice?.points.map(({ l2 }) => l2));
    compare(asked, found);
  });

  it('uses the labelled rows alone where the others are many', () => {
    const input = wideInput('plain', classes);
    const labels = input.labels.map((label, i) => (i < 20 ? label : -1));
    const features = { rows: 36, columns: 26, data: new Float64Array(36 * 26) };
    for (let i = 0; i < 36; i++)
      features.data.set((input.features as Matrix).data.subarray(i * 48 + 22, (i + 1) * 48), i * 26);
    const few = { ...input, features, labels, unpenalised: [25] };
    const context = createTestContext();
    compare(auditFeatures({ ...few, options: { rowSpace: false } }, createTestContext()), auditFeatures(few, context));
    expect(context.messages.join()).toContain('20 coordinates');
  });

  it('reads rows in single precision, and opens a session that answers alike', () => {
    const input = wideInput('copies', classes);
    const matrix = input.features as Matrix; // wideInput makes one
    const stored = createFloat32Rows(Float32Array.from(matrix.data), matrix.rows, matrix.columns);
    const audit = auditFeatures({ ...input, features: stored }, createTestContext());
    const { kind, theta, l2 } = audit.head;
    const [session, direct] = [true, false].map((rowSpace) =>
      openAuditSession({ ...input, features: stored, kind, theta, l2, rowSpace }, createTestContext()),
    );
    expect(session.parameters).toBe(direct.parameters);
    const rows = Int32Array.of(0, 4, 6);
    for (const method of ['if', 'rif', 'newton'] as const) {
      const [found, asked] = [session, direct].map((one) => one.estimateRemovalEffect({ rows, method }));
      expect(found.parameterChangeNorm).toBeCloseTo(asked.parameterChangeNorm, 8);
      expect(found.validation?.lossChange).toBeCloseTo(asked.validation?.lossChange ?? Number.NaN, 9);
    }
    const [retrained, truth] = [session, direct].map((one) => one.retrainWithout({ rows }));
    expect(retrained.validation?.lossChange).toBeCloseTo(truth.validation?.lossChange ?? Number.NaN, 7);
    const relabel = { rows, labels: Int32Array.of(0, 1, 0) };
    expect(session.estimateRelabelEffect(relabel).validation?.lossChange).toBeCloseTo(
      direct.estimateRelabelEffect(relabel).validation?.lossChange ?? Number.NaN,
      8,
    );
    for (const row of [0, 2, 6]) {
      const [found, asked] = [session, direct].map((one) => one.explainRow({ row, suggestedLabel: 0 }));
      expect(found.nearestGiven).toEqual(asked.nearestGiven);
      expect(distance(asked.looProbabilities, found.looProbabilities)).toBeLessThan(1e-8);
      expect(found.valLossRif ?? 0).toBeCloseTo(asked.valLossRif ?? 0, 9);
    }
    session.dispose();
    direct.dispose();
  });
});
