import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../base/errors';
import { createRandom } from '../base/random';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { plantAnnotators, shareRight } from '../testing/plantedAnnotators';
import { createTestContext } from '../testing/testData';
import { gatherAnnotations } from './annotations';
import { consensusStages, findConsensus } from './findConsensus';

const rows = 240;
const truth = Int32Array.from({ length: rows }, (_, i) => i % 3);
const random = createRandom(4);
/** Three clouds of points and an intercept. */
const separate = Float64Array.from({ length: rows * 4 }, (_, at) => {
  const [row, column] = [Math.floor(at / 4), at % 4];
  return column === 3 ? 1 : 0.7 * random.normal() + (column === truth[row] ? 2 : 0);
});
const noise = separate.map((_, at) => (at % 4 === 3 ? 1 : random.normal()));
const experts = (data: Float64Array) => ({
  features: { rows, columns: 4, data },
  unpenalised: [3],
  neighbours: createExactNeighbourSearch(),
});
const annotations = plantAnnotators({ truth, classes: 3, accuracies: [0.8, 0.6, 0.5, -0.8], labels: [0, 2], seed: 6 });

describe('findConsensus', () => {
  const alone = findConsensus({ annotations, experts: null }, createTestContext());

  it('is nearer to the truth than the majority, and with features nearer still, also where nobody labelled', () => {
    const context = createTestContext();
    const found = findConsensus({ annotations, experts: experts(separate) }, context);
    const { consensus, majority, labels, probability, expertLabel } = found.columns;
    const labelled = truth.filter((_, i) => labels[i] > 0);
    const of = (codes: Int32Array): number =>
      shareRight(
        codes.filter((_, i) => labels[i] > 0),
        labelled,
      );
    expect(of(consensus)).toBeGreaterThan(of(alone.columns.consensus));
    expect(of(consensus)).toBeGreaterThan(of(majority) + 0.1);
    expect(shareRight(consensus, truth)).toBeGreaterThan(0.85);
    expect(found.expertStrength).toBeGreaterThan(0);
    expect(found.expertsLeftOut).toBe('');
    expect(shareRight(expertLabel, truth)).toBeGreaterThan(0.8);
    expect(labels.some((count) => count === 0)).toBe(true);
    expect(consensus.every((code) => code >= 0)).toBe(true);
    expect(probability.every((p) => p > 1 / 3 && p <= 1)).toBe(true);
    expect([...new Set(context.reports.map(({ stage }) => stage))]).toEqual([...consensusStages]);
    for (const stage of consensusStages) {
      const done = context.reports.filter((report) => report.stage === stage).map((report) => report.done);
      expect(done).toEqual([...done].sort((a, b) => a - b));
    }
  });

  it('says nothing of rows without labels where there are no features', () => {
    const { consensus, runnerUp, probability, labels, expertLabel } = alone.columns;
    labels.forEach((count, i) => {
      expect(consensus[i] < 0).toBe(count === 0);
      expect(runnerUp[i] < 0).toBe(count === 0);
      expect(Number.isNaN(probability[i])).toBe(count === 0);
    });
    expect(expertLabel.every((code) => code === -1)).toBe(true);
    expect(alone.expertStrength).toBeNull();
  });

  it('rates annotators by the consensus without them, the adversary last', () => {
    const { annotators } = findConsensus({ annotations, experts: experts(separate) }, createTestContext());
    const planted = [0.8, 0.6, 0.5, 0.2];
    annotators.forEach(({ accuracy, expectedAccuracy, labels, judged, agreement }, a) => {
      expect(Math.abs(accuracy - planted[a])).toBeLessThan(0.15);
      if (planted[a] > 0.5) expect(expectedAccuracy).toBeGreaterThan(accuracy);
      expect(judged).toBe(labels);
      expect(agreement).toBeGreaterThan(0);
    });
    expect(annotators[3].accuracy).toBeLessThan(annotators[2].accuracy);
    // Without features a row with one label tells nothing about who gave it.
    expect(alone.annotators.every(({ judged, labels }) => judged < labels)).toBe(true);
  });

  it('asks first for another label where it tells most', () => {
    const { columns, relabelOrder } = alone;
    expect([...relabelOrder].sort((a, b) => a - b)).toEqual([...truth.keys()]);
    const worth = Array.from(relabelOrder, (row) => columns.gain[row] / Math.sqrt(1 + columns.labels[row]));
    expect(worth).toEqual([...worth].sort((a, b) => b - a));
    expect(columns.labels[relabelOrder[0]]).toBe(0);
    const sure = (row: number): number => columns.probability[row];
    const one = [...relabelOrder].filter((row) => columns.labels[row] === 1);
    expect(sure(one[0])).toBeLessThan(sure(one[one.length - 1]));
  });

  it('goes by the labels alone where the features tell nothing, and says so', () => {
    const found = findConsensus({ annotations, experts: experts(noise) }, createTestContext());
    expect(found.expertsLeftOut).toMatch(/say nothing/);
    expect(found.columns.consensus).toEqual(alone.columns.consensus);
  });

  it('repeats to the last bit, can be cancelled, and needs two classes', () => {
    const input = { annotations, experts: experts(separate) };
    const first = findConsensus(input, createTestContext());
    expect(findConsensus(input, createTestContext()).columns).toEqual(first.columns);
    expect(() => findConsensus(input, createTestContext({ cancelAfter: 30 }))).toThrow(CancelledError);
    const { annotations: single } = gatherAnnotations(
      { rows: 2, classes: 1, annotators: 1 },
      { row: [0], annotator: [0], label: [0] },
    );
    expect(() => findConsensus({ annotations: single, experts: null }, createTestContext())).toThrow(InputError);
  });
});
