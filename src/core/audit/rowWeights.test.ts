import { describe, expect, it } from 'vitest';
import { BugError, InputError } from '../base/errors';
import { splitCodes } from '../base/splitCodes';
import { openHead } from '../head/openHead';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { openAuditSession } from '../session/auditSession';
import { createTestContext, relativeDistance, syntheticRows } from '../testing/testData';
import { auditFeatures } from './auditFeatures';
import type { AuditInput, AuditResult } from './auditTypes';
import { auditNumbers } from './numbers/auditNumbers';

const n = 160;
const d = 5;
const data = syntheticRows({ rows: n, features: d, classes: 3, seed: 17 });
const times = Int32Array.from({ length: n }, (_, i) => (i % 8 === 3 ? 0 : 1 + (i % 3)));
const split = Uint8Array.from({ length: n }, (_, i) => (i % 5 === 0 ? splitCodes.validation : splitCodes.train));

/** The rows as often as they weigh, but once those of weight 0, which have no label. */
const order = Array.from(times).flatMap((count, i) => Array.from({ length: Math.max(1, count) }, () => i));
const firstOf = Int32Array.from({ length: n }, (_, i) => order.indexOf(i));

function inputOf(changes: Partial<AuditInput> = {}): AuditInput {
  return {
    ...data,
    split,
    unpenalised: [d - 1],
    l2: 0.01,
    neighbours: createExactNeighbourSearch(),
    options: { experts: ['head'], rounds: 1, validationLabels: 'given' },
    ...changes,
  };
}

function repeated(changes: Partial<AuditInput> = {}): AuditInput {
  const features = Float64Array.from(order.flatMap((i) => [...data.features.data.subarray(i * d, (i + 1) * d)]));
  return inputOf({
    features: { rows: order.length, columns: d, data: features },
    labels: Int32Array.from(order, (i) => (times[i] === 0 ? -1 : data.labels[i])),
    split: Uint8Array.from(order, (i) => split[i]),
    ...changes,
  });
}

const rowWeights = Float64Array.from(times);
const audit = (input: AuditInput): AuditResult => auditFeatures(input, createTestContext());

describe('an audit of rows with weights', () => {
  const weighed = audit(inputOf({ rowWeights }));
  const copies = audit(repeated());

  it('has the head and the means of the rows repeated as often as they weigh', () => {
    expect(relativeDistance(weighed.head.theta, copies.head.theta)).toBeLessThan(1e-9);
    expect(weighed.train.meanLoss).toBeCloseTo(copies.train.meanLoss, 9);
    expect(weighed.validation?.meanLoss).toBeCloseTo(copies.validation?.meanLoss ?? 0, 9);
    expect(weighed.validation?.accuracy).toBeCloseTo(copies.validation?.accuracy ?? 0, 9);
    expect(weighed.effectiveDof).toBeCloseTo(copies.effectiveDof, 7);
    for (let i = 0; i < n; i++) {
      if (times[i] === 0 || split[i] !== splitCodes.train) continue;
      expect(weighed.columns.valLossIf[i]).toBeCloseTo(times[i] * copies.columns.valLossIf[firstOf[i]], 9);
      if (times[i] === 1) expect(weighed.columns.looLoss[i]).toBeCloseTo(copies.columns.looLoss[firstOf[i]], 8);
      else expect(weighed.columns.looLoss[i]).toBeGreaterThan(copies.columns.looLoss[firstOf[i]]);
    }
  });

  it('learns nothing from rows of weight 0, and judges them', () => {
    const { columns } = weighed;
    for (let i = 0; i < n; i++) {
      if (times[i] > 0) continue;
      for (const cells of [columns.looLoss, columns.leverage, columns.valLossRif, columns.selfInfluenceIf]) {
        expect(cells[i]).toBeNaN();
      }
      expect(columns.loss[i]).toBeGreaterThan(0);
      expect(columns.suspicion[i]).toBeGreaterThan(0);
      expect(columns.rank[i]).toBeGreaterThan(0);
    }
    const ranked = [...columns.rank].filter((rank) => rank > 0);
    expect(ranked.length).toBe(n);
    expect(weighed.train.rows).toBe(times.filter((count, i) => count > 0 && split[i] === splitCodes.train).length);
  });

  it('is the audit that it was where all weigh 1, or all the same', () => {
    const options = { experts: 'auto', rounds: 2 } as const;
    const plain = audit(inputOf({ l2: 'auto', options }));
    const ones = audit(inputOf({ l2: 'auto', options, rowWeights: new Float64Array(n).fill(1) }));
    expect(ones.columns).toEqual(plain.columns);
    expect(ones.head).toEqual(plain.head);
    const twos = audit(inputOf({ l2: 'auto', options, rowWeights: new Float64Array(n).fill(2) }));
    expect(twos.l2Choice?.chosen).toBe(plain.l2Choice?.chosen);
    expect(relativeDistance(twos.columns.suspicion, plain.columns.suspicion)).toBeLessThan(1e-5);
    const trained = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));
    expect(relativeDistance(trained(twos.columns.valLossRif), trained(plain.columns.valLossRif))).toBeLessThan(1e-5);
  });

  it('weighs rows in the second round, and by beliefs', () => {
    const options = { experts: ['head'], rounds: 2, validationLabels: 'expected' } as const;
    const labels = data.labels.map((label, i) => (i % 9 === 0 ? (label + 1) % 3 : label));
    const one = audit(inputOf({ labels, rowWeights, options }));
    expect(one.rounds).toBe(2);
    expect(one.columns.suspicion.every((s) => s >= 0 && s <= 1)).toBe(true);
    const half = audit(inputOf({ labels, rowWeights: rowWeights.map((weight) => weight / 2), options }));
    expect(relativeDistance(half.columns.suspicion, one.columns.suspicion)).toBeLessThan(1e-4);
    expect(half.validation?.meanLoss).toBeCloseTo(one.validation?.meanLoss ?? 0, 6);
  });

  it('chooses λ by the rows as often as they weigh, as far as each is left out at once', () => {
    const chosen = audit(inputOf({ l2: 'auto', rowWeights })).l2Choice;
    const ofCopies = audit(repeated({ l2: 'auto' })).l2Choice;
    // Copies stay when one of them is left out: they ask for less.
    expect(chosen?.chosen).toBeGreaterThanOrEqual(ofCopies?.chosen ?? 0);
    for (const point of chosen?.points ?? []) {
      const other = ofCopies?.points.find(({ l2 }) => l2 === point.l2);
      if (other === undefined) continue;
      expect(point.meanLoss / other.meanLoss).toBeCloseTo(1, 2);
      expect(point.meanLooLoss).toBeGreaterThan(other.meanLooLoss);
    }
  });

  it('is opened again, and fitted, with the same weights', () => {
    const { theta, l2, kind } = weighed.head;
    const input = { ...inputOf({ rowWeights }), kind, theta, l2 };
    const session = openAuditSession(input, createTestContext());
    const { head: other } = copies;
    const twin = openAuditSession({ ...repeated(), kind, theta: other.theta, l2 }, createTestContext());
    const rows = Int32Array.of(1, 2, 7, 8);
    const gone = Int32Array.from([...rows].flatMap((row) => order.flatMap((i, at) => (i === row ? [at] : []))));
    const found = session.estimateRemovalEffect({ rows, method: 'newton' });
    const wanted = twin.estimateRemovalEffect({ rows: gone, method: 'newton' });
    expect(found.validation?.lossChange).toBeCloseTo(wanted.validation?.lossChange ?? 0, 9);
    const truth = session.retrainWithout({ rows });
    const twinTruth = twin.retrainWithout({ rows: gone });
    expect(truth.validation?.lossChange).toBeCloseTo(twinTruth.validation?.lossChange ?? 0, 9);
    expect(session.estimateRemovalEffect({ rows: Int32Array.of(3), method: 'rif' }).otherRows).toBe(1);
    const { theta: _, ...unfitted } = input;
    const head = openHead(unfitted, createTestContext());
    expect(relativeDistance(head.model.theta, theta)).toBeLessThan(1e-9);
    expect(head.splits.train.includes(3)).toBe(false);
    head.dispose();
  });

  it('holds for labels that are numbers', () => {
    const numbers = Float64Array.from(data.labels, (label, i) => label + Math.sin(5 * i));
    const { labels: _, classes: __, options: ___, ...shared } = inputOf();
    const options = { experts: ['head'], rounds: 1, validationLabels: 'given' } as const;
    const found = auditNumbers({ ...shared, labels: numbers, rowWeights, options }, createTestContext());
    const { labels: _1, classes: _2, options: _3, ...again } = repeated();
    const labels = Float64Array.from(order, (i) => (times[i] === 0 ? Number.NaN : numbers[i]));
    const wanted = auditNumbers({ ...again, labels, options }, createTestContext());
    expect(relativeDistance(found.head.theta, wanted.head.theta)).toBeLessThan(1e-9);
    expect(found.train.rSquared).toBeCloseTo(wanted.train.rSquared, 9);
    expect(found.validation?.rSquared).toBeCloseTo(wanted.validation?.rSquared ?? 0, 9);
    expect(found.columns.suspicion[3]).toBeGreaterThanOrEqual(0);
  });

  it('refuses weights that are none, and rows of which none weighs anything', () => {
    expect(() => audit(inputOf({ rowWeights: new Float64Array(n).fill(-1) }))).toThrow(BugError);
    expect(() => audit(inputOf({ rowWeights: new Float64Array(3) }))).toThrow(BugError);
    expect(() => audit(inputOf({ rowWeights: new Float64Array(n) }))).toThrow(InputError);
  });
});
