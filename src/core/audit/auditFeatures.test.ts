import { describe, expect, it } from 'vitest';
import { BugError, CancelledError, InputError } from '../base/errors';
import { createRandom } from '../base/random';
import { splitCodes } from '../base/splitCodes';
import { validationLabelWays } from '../influence/measurements/validationLabels';
import type { Progress } from '../job/jobContext';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { reasonFlags } from '../ranking/reasons';
import type { ExpertName } from '../ranking/suspicion/expertNames';
import { openAuditSession } from '../session/auditSession';
import { createCountingLinearAlgebra } from '../testing/countingLinearAlgebra';
import type { SyntheticRows } from '../testing/testData';
import { createRoundedLinearAlgebra, createTestContext, relativeDistance, syntheticRows } from '../testing/testData';
import { auditFeatures } from './auditFeatures';
import type { AuditInput, AuditResult } from './auditTypes';

function inputOf(data: SyntheticRows, changes: Partial<AuditInput> = {}): AuditInput {
  const n = data.labels.length;
  return {
    ...data,
    split: Uint8Array.from({ length: n }, (_, i) => (i % 5 === 0 ? splitCodes.validation : splitCodes.train)),
    unpenalised: [data.features.columns - 1],
    l2: 'auto',
    neighbours: createExactNeighbourSearch(),
    ...changes,
  };
}

function trainedOnly(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value));
}

describe('auditFeatures', () => {
  const data = syntheticRows({ rows: 260, features: 6, classes: 3, seed: 41 });

  it('fills the cells that a row of each split has', () => {
    const labels = data.labels.slice();
    for (const row of [7, 8]) labels[row] = -1;
    const split = Uint8Array.from(
      { length: 260 },
      (_, i) => [splitCodes.train, splitCodes.validation, splitCodes.train, splitCodes.test][i % 4],
    );
    const { columns, ...result } = auditFeatures(inputOf(data, { labels, split }), createTestContext());
    expect(result.unlabelledRows).toBe(2);
    expect([result.train.rows, result.validation?.rows, result.test?.rows]).toEqual([129, 65, 64]);
    const ranks: number[] = [];
    for (let i = 0; i < 260; i++) {
      const trained = labels[i] >= 0 && split[i] === splitCodes.train;
      for (const values of [
        columns.looLoss,
        columns.leverage,
        columns.selfInfluenceIf,
        columns.selfInfluenceRif,
        columns.valLossIf,
        columns.valLossRif,
        columns.looProbability,
      ]) {
        expect(Number.isNaN(values[i])).toBe(!trained);
      }
      for (const values of [columns.loss, columns.probability, columns.suspicion, columns.suspicionLogOdds]) {
        expect(Number.isNaN(values[i])).toBe(labels[i] < 0);
      }
      expect(columns.suggestedLabel[i]).toBeGreaterThanOrEqual(0);
      const row = result.classProbabilities.slice(3 * i, 3 * i + 3);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      if (labels[i] >= 0) ranks.push(columns.rank[i]);
      else expect(columns.rank[i]).toBe(0);
    }
    expect(ranks.sort((a, b) => a - b)).toEqual(Array.from({ length: 258 }, (_, i) => i + 1));
    expect(result.effectiveDof).toBeCloseTo(
      columns.leverage.filter((h) => !Number.isNaN(h)).reduce((a, b) => a + b, 0),
      9,
    );
    expect(result.experts.every(({ weight }) => weight >= 0)).toBe(true);
    expect(Math.max(...result.experts.map(({ weight }) => weight))).toBeGreaterThan(0.2);
    const t = result.transitions;
    expect(t).not.toBeNull();
    for (let j = 0; j < 3; j++) expect(t?.data.slice(3 * j, 3 * j + 3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(result.head.relativeGradientNorm).toBeLessThan(1e-8);
  });

  it('measures on the labels as it is told to, by what it thinks of them', () => {
    const audits = validationLabelWays.map((validationLabels) =>
      auditFeatures(inputOf(data, { l2: 0.02, options: { validationLabels } }), createTestContext()),
    );
    const [given, weighted, expected] = audits;
    const { suspicion, suggestedLabel } = given.columns;
    expect(given.beliefs.suspicion).toEqual(suspicion);
    given.beliefs.others.forEach((other, i) => {
      expect(other).not.toBe(data.labels[i]);
      if (suggestedLabel[i] !== data.labels[i]) expect(other).toBe(suggestedLabel[i]);
    });
    expect(given.validation?.given).toBeUndefined();
    for (const { validation, columns, beliefs } of [weighted, expected]) {
      expect(validation?.given).toEqual({ meanLoss: given.validation?.meanLoss, accuracy: given.validation?.accuracy });
      expect(beliefs).toEqual(given.beliefs);
      expect(columns.suspicion).toEqual(suspicion);
      expect(columns.rank).toEqual(given.columns.rank);
    }
    // Rows that are doubted are those with large losses.
    expect(weighted.validation?.meanLoss).toBeLessThan(given.validation?.meanLoss ?? 0);
    for (const { columns, beliefs, validationLabels, head } of audits) {
      const session = openAuditSession(
        { ...inputOf(data), kind: head.kind, theta: head.theta, l2: head.l2, beliefs, validationLabels },
        createTestContext(),
      );
      const largest = Math.max(...trainedOnly(columns.valLossRif).map(Math.abs));
      for (const row of [1, 42, 257]) {
        const effect = session.estimateRemovalEffect({ rows: Int32Array.of(row), method: 'rif' }).validation;
        expect(columns.valLossRif[row]).toBeCloseTo(effect?.lossChangeLinear ?? Number.NaN, 12);
        const truth = session.retrainWithout({ rows: Int32Array.of(row) }).validation?.lossChange ?? Number.NaN;
        expect(Math.abs(columns.valLossRif[row] - truth)).toBeLessThan(0.2 * Math.abs(truth) + 0.01 * largest);
      }
      session.dispose();
    }
  });

  it.each([1, 2] as const)('judges the label of a validation row by what has not seen it, in %i rounds', (rounds) => {
    const row = 45;
    const other = data.labels.slice();
    other[row] = (other[row] + 1) % 3;
    const run = (labels: Int32Array, experts: ExpertName[]) =>
      auditFeatures({ ...inputOf(data, { l2: 0.02 }), labels, options: { rounds, experts } }, createTestContext());
    for (const expert of ['head', 'neighbours10', 'neighbours30', 'forest', 'trees'] as const) {
      const [before, after] = [run(data.labels, [expert]), run(other, [expert])];
      const own = (at: number, from: Float32Array): number => from[3 * at + data.labels[row]];
      const moved = (at: number): number =>
        Math.abs(own(at, before.classProbabilities) - own(at, after.classProbabilities));
      // The label moves what all rows choose together: the power of the expert, and who is set aside.
      expect(moved(row)).toBeLessThan(0.015);
      // Where it may count it does so more: for the other rows.
      expect(Math.max(...Array.from(data.labels, (_, i) => (i === row ? 0 : moved(i))))).toBeGreaterThan(0.015);
      expect(relativeDistance(after.head.theta, before.head.theta)).toBeLessThan(1e-9);
      const losses = (from: AuditResult): Float64Array => trainedOnly(from.columns.looLoss);
      expect(relativeDistance(losses(after), losses(before))).toBeLessThan(1e-9);
    }
  });

  it('takes labels that a person vouches for at their word', () => {
    const labels = data.labels.slice();
    for (let i = 0; i < 260; i += 10) labels[i] = (labels[i] + 1) % 3;
    const vouched = Uint8Array.from({ length: 260 }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const input = inputOf({ ...data, labels }, { l2: 0.02 });
    const plain = auditFeatures({ ...input, options: { validationLabels: 'given' } }, createTestContext());
    const found = auditFeatures({ ...input, vouched, options: { rounds: 1 } }, createTestContext());
    const once = auditFeatures({ ...input, options: { rounds: 1 } }, createTestContext());
    const { columns } = found;
    for (let i = 0; i < 260; i++) {
      const judged = vouched[i] === 0;
      expect(columns.rank[i] > 0).toBe(judged);
      expect(Number.isNaN(columns.suspicion[i])).toBe(!judged);
      if (judged) expect(columns.suspicion[i]).toBe(once.columns.suspicion[i]);
      else expect([columns.suggestedLabel[i], found.beliefs.suspicion[i]]).toEqual([labels[i], 0]);
      if (!judged) expect(columns.reasons[i] & (reasonFlags.headDisagrees | reasonFlags.neighboursDisagree)).toBe(0);
    }
    expect([...columns.rank].filter((rank) => rank > 0).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 208 }, (_, i) => i + 1),
    );
    expect(found.validation?.meanLoss).toBeCloseTo(plain.validation?.meanLoss ?? Number.NaN, 12);
    expect(relativeDistance(trainedOnly(columns.valLossRif), trainedOnly(plain.columns.valLossRif))).toBeLessThan(
      1e-12,
    );
    const [aside, all] = [{ vouched }, {}].map((one) =>
      auditFeatures({ ...input, ...one, options: { experts: ['head'] } }, createTestContext()),
    );
    expect(aside.rowsSetAside).toBeLessThan(all.rowsSetAside);
  });

  it('says where the labels that it measures on are doubted more than believed', () => {
    const clear = syntheticRows({ rows: 260, features: 6, classes: 3, seed: 41, signal: 8 });
    const validates = (row: number): boolean => row % 13 === 0;
    const split = clear.labels.map((_, i) => (validates(i) ? splitCodes.validation : splitCodes.train));
    const doubtsOf = (labels: Int32Array) => {
      const input = inputOf(clear, { labels, split: Uint8Array.from(split), l2: 0.02 });
      const { warnings, beliefs } = auditFeatures(input, createTestContext());
      const believed = beliefs.suspicion.reduce((sum, s, i) => (validates(i) ? sum + 1 - s : sum), 0);
      return { believed, told: warnings.filter((text) => text.includes('doubted more than they are believed')) };
    };
    const { told, believed } = doubtsOf(clear.labels.map((label, i) => (validates(i) ? (label + 1) % 3 : label)));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(
      `labels of the validation rows are doubted more than they are believed: 20 rows count ${Number(believed.toPrecision(2))} in all`,
    );
    const asGiven = doubtsOf(clear.labels);
    expect(asGiven.told).toEqual([]);
    expect(asGiven.believed).toBeGreaterThan(10);
  });

  it('leaves validation columns empty without validation rows, and says so; both heads are one', () => {
    const context = createTestContext();
    const result = auditFeatures(inputOf(data, { split: new Uint8Array(260) }), context);
    expect(result.leaveOneOut.meanLoss).toBeCloseTo(
      result.l2Choice?.points.find(({ l2 }) => l2 === result.head.l2)?.meanLooLoss ?? Number.NaN,
      3,
    );
    expect(context.messages.filter((message) => message.startsWith('fit:'))).toHaveLength(1);
    expect(result.validation).toBeNull();
    expect(result.columns.valLossRif.every(Number.isNaN)).toBe(true);
    expect(result.warnings.join(' ')).toMatch(/no validation rows/);
  });

  it('judges labels by all labelled rows, the same for every split', () => {
    const judged = (split: Uint8Array, l2: AuditInput['l2']): unknown => {
      const { columns, classProbabilities, head, experts, signal, transitions } = auditFeatures(
        inputOf(data, { split, l2 }),
        createTestContext(),
      );
      const { suspicion, suspicionLogOdds, rank, suggestedLabel, nearestDistance } = columns;
      const shown = { suspicion, suspicionLogOdds, rank, suggestedLabel, nearestDistance };
      return { ...shown, classProbabilities, l2: head.l2, experts, signal, transitions };
    };
    for (const l2 of ['auto', 0.01] as const) {
      const whole = judged(new Uint8Array(260), l2);
      for (let seed = 1; seed <= 10; seed++) {
        const random = createRandom(seed);
        const codes = [splitCodes.train, splitCodes.train, splitCodes.validation, splitCodes.test];
        const split = Uint8Array.from({ length: 260 }, () => codes[random.integer(4)]);
        expect(judged(split, l2)).toEqual(whole);
      }
    }
  });

  it('fits the head of the training rows as if there were no others', () => {
    const input = inputOf(data, { l2: 0.01 });
    const { columns, head } = auditFeatures(input, createTestContext());
    const labels = data.labels.map((label, i) => (input.split[i] === splitCodes.train ? label : -1));
    const alone = auditFeatures({ ...input, labels }, createTestContext());
    head.theta.forEach((value, at) => expect(value).toBeCloseTo(alone.head.theta[at], 9));
    for (const name of ['looProbability', 'leverage', 'selfInfluenceRif'] as const) {
      alone.columns[name].forEach((value, row) => {
        if (Number.isNaN(value)) expect(columns[name][row]).toBeNaN();
        else expect(columns[name][row]).toBeCloseTo(value, 9);
      });
    }
  });

  it('gives the same numbers every time, and does not touch its input', () => {
    const input = inputOf(data);
    const before = data.features.data.slice();
    const first = auditFeatures(input, createTestContext());
    const second = auditFeatures(input, createTestContext());
    expect(second.columns).toEqual(first.columns);
    expect(second.head.theta).toEqual(first.head.theta);
    expect(data.features.data).toEqual(before);
  });

  it('switches experts and the noise model off', () => {
    const headOnly = auditFeatures(
      inputOf(data, { split: new Uint8Array(260), options: { experts: ['head'], noiseModel: false, rounds: 1 } }),
      createTestContext(),
    );
    expect(headOnly.experts).toEqual([{ name: 'head', weight: 1 }]);
    expect(headOnly.neighbours).toBeNull();
    expect(headOnly.transitions).toBeNull();
    for (let i = 1; i < 5; i++) {
      expect(headOnly.columns.suspicion[i]).toBeCloseTo(1 - headOnly.columns.looProbability[i], 5);
    }
    const neighboursOnly = auditFeatures(
      inputOf(data, { options: { experts: ['neighbours30', 'neighbours10'] } }),
      createTestContext(),
    );
    expect(neighboursOnly.experts.map(({ name }) => name)).toEqual(['neighbours10', 'neighbours30']);
    expect(() => auditFeatures(inputOf(data, { options: { experts: [] } }), createTestContext())).toThrow(InputError);
  });

  it('asks forests where it is told to, and leaves them out where there cannot be any', () => {
    const options = { experts: ['trees', 'forest', 'head'] } as const;
    const context = createTestContext();
    const result = auditFeatures(inputOf(data, { options }), context);
    expect(result.experts.map(({ name }) => name)).toEqual(['head', 'forest', 'trees']);
    expect(result.experts.every(({ weight }) => weight >= 0)).toBe(true);
    expect(result.neighbours).toBeNull();
    expect(result.expertsLeftOut).toEqual([]);
    expect(context.reports.map(({ detail }) => detail)).toContain('trees, tree 150 of 150');
    const single = data.labels.findIndex((label) => label === 2);
    const rare = data.labels.map((label, i) => (label === 2 && i !== single ? 0 : label));
    const beside = auditFeatures(inputOf({ ...data, labels: rare }, { options }), createTestContext());
    expect(beside.experts.map(({ name }) => name)).toEqual(['head', 'forest', 'trees']);
    expect(beside.expertsLeftOut).toEqual([]);
    // Nothing but single rows beside one class.
    const labels = data.labels.map((_, i) => (i < 2 ? i + 1 : 0));
    const few = auditFeatures(inputOf({ ...data, labels }, { options }), createTestContext());
    expect(few.experts).toEqual([{ name: 'head', weight: 1 }]);
    expect(few.warnings.join(' ')).toMatch(
      /experts forest, trees were left out of the suspicion: fewer than two classes/,
    );
    const forestAlone = { options: { experts: ['forest'] } } as const;
    expect(() => auditFeatures(inputOf({ ...data, labels }, forestAlone), createTestContext())).toThrow(/no expert/);
  });

  it('reports its stages in order, moving forward only', () => {
    const context = createTestContext();
    auditFeatures(inputOf(data), context);
    const stages = context.reports.map(({ stage }) => stage).filter((stage, at, all) => stage !== all[at - 1]);
    expect(stages).toEqual(['lambda', 'fit', 'influence', 'neighbours', 'ranking']);
    for (const stage of stages) {
      const own = context.reports.filter((report) => report.stage === stage);
      own.forEach((report, at) => {
        expect(report.done).toBeLessThanOrEqual(report.total);
        if (at > 0) expect(report.done).toBeGreaterThanOrEqual(own[at - 1].done);
      });
      expect(own[own.length - 1].done).toBe(own[own.length - 1].total);
    }
  });

  it('stops in the middle of every stage, and frees its rows', () => {
    // In which stage each question was asked whether to stop.
    const asked: string[] = [];
    const whole = createTestContext();
    const ask = (): void => void asked.push(whole.reports[whole.reports.length - 1]?.stage ?? 'none');
    auditFeatures(inputOf(data), { ...whole, signal: { cancelled: false, throwIfCancelled: ask } });
    for (const stage of ['lambda', 'fit', 'influence', 'neighbours', 'ranking']) {
      const middle = (asked.indexOf(stage) + asked.lastIndexOf(stage)) >> 1;
      expect(middle).toBeGreaterThanOrEqual(0);
      const { linalg, held } = createCountingLinearAlgebra();
      const context = createTestContext({ linalg, cancelAfter: middle + 1 });
      expect(() => auditFeatures(inputOf(data), context)).toThrow(CancelledError);
      expect(context.reports[context.reports.length - 1].stage).toBe(stage);
      expect(held()).toBe(0);
    }
  });

  it('frees its rows before neighbours and ranking', () => {
    const { linalg, held } = createCountingLinearAlgebra();
    const heldIn = new Map<string, number>();
    const progress = ({ stage }: Progress): void => void heldIn.set(stage, held());
    auditFeatures(inputOf(data), { ...createTestContext({ linalg }), progress });
    expect(Object.fromEntries(heldIn)).toEqual({ lambda: 1, fit: 1, influence: 1, neighbours: 0, ranking: 0 });
  });

  it('manages few rows, rare classes and classes without training rows', () => {
    const small = syntheticRows({ rows: 14, features: 3, classes: 2, seed: 2 });
    const labels = small.labels.slice();
    labels[1] = 2; // the only one of its class
    labels[5] = 3; // a class seen in validation only
    const split = new Uint8Array(14);
    split[5] = splitCodes.validation;
    const result = auditFeatures(inputOf({ ...small, labels, classes: 4 }, { split, l2: 0.1 }), createTestContext());
    expect(result.columns.suspicion.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(result.columns.looLoss.filter((value) => !Number.isNaN(value)).every(Number.isFinite)).toBe(true);
    expect(result.warnings.join(' ')).toMatch(/1 of 4 classes have no labelled training row/);
    expect(result.warnings.join(' ')).toMatch(/at most 3 labelled rows/);
  });

  it('flags planted duplicates with another label, outliers and wrong labels', () => {
    const labels = data.labels.slice();
    const features = { ...data.features, data: data.features.data.slice() };
    features.data.copyWithin(6 * 11, 6 * 12, 6 * 13);
    labels[12] = 0;
    labels[11] = 1;
    for (let j = 0; j < 5; j++) features.data[6 * 21 + j] = 40;
    const { columns } = auditFeatures(inputOf({ ...data, labels, features }), createTestContext());
    expect(columns.reasons[11] & 4).toBe(4);
    expect(columns.reasons[12] & 4).toBe(4);
    expect(columns.nearestDistance[11]).toBe(0);
    expect(columns.reasons[21] & 16).toBe(16);
    const outliers = columns.reasons.filter((bits) => (bits & 16) !== 0).length;
    expect(outliers).toBeLessThan(0.02 * 260);
  });

  it('goes to float64 by itself where single precision is not enough, and says so', () => {
    const wild = syntheticRows({ rows: 200, features: 6, classes: 3, seed: 3 });
    for (let i = 0; i < 200; i++)
      wild.features.data[6 * i] = wild.features.data[6 * i + 1] + 1e-3 * wild.features.data[6 * i];
    const input = inputOf(wild, { l2: 1e-8 });
    const exact = auditFeatures(input, createTestContext({ linalg: createFloat64LinearAlgebra() }));
    const context = createTestContext({ linalg: createRoundedLinearAlgebra() });
    const single = auditFeatures(input, context);
    expect(single.head.precision).toBe('float64');
    expect(single.warnings.join(' ')).toMatch(/float64/);
    for (let i = 1; i < 5; i++) {
      expect(Math.abs(single.columns.selfInfluenceRif[i] / exact.columns.selfInfluenceRif[i] - 1)).toBeLessThan(1e-4);
    }
  });

  it('says what an ill-conditioned Hessian costs', () => {
    const wild = syntheticRows({ rows: 200, features: 6, classes: 2, seed: 3 });
    // The first feature repeats the second, which is large: only λ tells them apart.
    for (let i = 0; i < 200; i++) wild.features.data[6 * i] = wild.features.data[6 * i + 1] *= 100;
    const { head, warnings } = auditFeatures(inputOf(wild, { l2: 1e-9 }), createTestContext());
    expect(head.conditionEstimate).toBeGreaterThan(1e10);
    expect(warnings.join(' ')).toMatch(/ill-conditioned/);
    const usual = auditFeatures(inputOf(data, { l2: 1e-3 }), createTestContext());
    expect(usual.warnings.join(' ')).not.toMatch(/ill-conditioned/);
  });

  describe('given predictions', () => {
    const n = 260;
    const wrong = new Set(Array.from({ length: 26 }, (_, k) => 10 * k + 3));
    const labels = data.labels.map((label, i) => (wrong.has(i) ? (label + 1) % 3 : label));
    /** A model that puts `right` on the label that each row has in `from`. */
    const predict = (from: Int32Array, right: number): Float32Array =>
      Float32Array.from({ length: 3 * n }, (_, k) => (from[Math.floor(k / 3)] === k % 3 ? right : (1 - right) / 2));
    const found = (result: AuditResult): number => {
      const first = [...wrong].filter((row) => result.columns.rank[row] <= wrong.size).length;
      return first / wrong.size;
    };
    const strengthOf = ({ experts }: AuditResult): number =>
      experts.find(({ name }) => name === 'predictions')?.weight ?? Number.NaN;

    it('that know better find the errors that the features do not show', () => {
      const alone = auditFeatures(inputOf(data, { labels }), createTestContext());
      const helped = auditFeatures(
        inputOf(data, { labels, predictions: predict(data.labels, 0.9) }),
        createTestContext(),
      );
      expect(strengthOf(helped)).toBeGreaterThan(0.2);
      expect(found(helped)).toBeGreaterThan(Math.max(0.9, found(alone)));
      expect(helped.warnings.join(' ')).not.toMatch(/predicted probabilities/);
    });

    it('that say nothing change nothing', () => {
      const options = { experts: ['head', 'neighbours10', 'predictions'] } as const;
      const without = auditFeatures(
        inputOf(data, { labels, options: { experts: ['head', 'neighbours10'] } }),
        createTestContext(),
      );
      const blank = new Float32Array(3 * n).fill(1 / 3);
      const with_ = auditFeatures(inputOf(data, { labels, predictions: blank, options }), createTestContext());
      const differences = without.columns.suspicion.map((value, i) => Math.abs(value - with_.columns.suspicion[i]));
      // The strengths of the others are held at 1/3 each instead of 1/2, by a prior that many rows outweigh.
      expect(Math.max(...differences)).toBeLessThan(0.02);
    });

    it('that have seen the labels are told by how they agree with them, and heard only where they are asked for', () => {
      const alone = auditFeatures(inputOf(data, { labels }), createTestContext());
      const predictions = predict(labels, 0.99);
      const left = auditFeatures(inputOf(data, { labels, predictions }), createTestContext());
      expect(left.expertsLeftOut.map(({ name }) => name)).toEqual(['predictions']);
      expect(left.columns.suspicion).toEqual(alone.columns.suspicion);
      const options = { experts: ['head', 'neighbours10', 'neighbours30', 'predictions'] } as const;
      const heard = auditFeatures(inputOf(data, { labels, predictions, options }), createTestContext());
      expect(heard.warnings.join(' ')).toMatch(
        /heard although they agree with 100\.0 % of the labels, .* Use predictions from cross-validation/,
      );
    });

    it('that were asked for must be there', () => {
      const asked = inputOf(data, { options: { experts: ['predictions'] } });
      expect(() => auditFeatures(asked, createTestContext())).toThrow(/no column holds predicted probabilities/);
    });
  });

  it('refuses what cannot be audited, in words', () => {
    const context = createTestContext();
    const audit =
      (changes: Partial<AuditInput>): (() => unknown) =>
      () =>
        auditFeatures(inputOf(data, changes), context);
    expect(audit({ labels: new Int32Array(260) })).toThrow(/same label/);
    expect(audit({ labels: new Int32Array(260).fill(-1) })).toThrow(/no labelled training rows/);
    expect(audit({ split: new Uint8Array(260).fill(splitCodes.test) })).toThrow(InputError);
    expect(audit({ labels: new Int32Array(260).fill(9) })).toThrow(BugError);
    expect(audit({ l2: 0 })).toThrow(/l2 must be/);
    const infinite = data.features.data.slice();
    infinite[6 * 30 + 2] = Number.POSITIVE_INFINITY;
    expect(audit({ features: { ...data.features, data: infinite } })).toThrow(/Feature 3 of row 30/);
  });
});
