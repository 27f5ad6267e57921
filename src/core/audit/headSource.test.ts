import { describe, expect, it } from 'vitest';
import { splitCodes } from '../base/splitCodes';
import { median } from '../base/statistics';
import { createFittedModel } from '../influence/fittedModel';
import { computeRowInfluence } from '../influence/rows/rowInfluence';
import { StageProgress } from '../job/stageProgress';
import { computeLogits } from '../models/evaluateHead';
import { fitHead } from '../models/fitting/fitHead';
import { reweighted } from '../models/headProblem';
import { createExactNeighbourSearch } from '../ranking/neighbours/exactNeighbours';
import { headExpert } from '../ranking/suspicion/experts';
import { createCountingLinearAlgebra } from '../testing/countingLinearAlgebra';
import { createTestContext, problemOf, syntheticRows } from '../testing/testData';
import { auditFeatures } from './auditFeatures';
import type { AuditInput } from './auditTypes';
import { checkAuditInput } from './checkInput';
import { headSource } from './headSource';
import { measureHeads } from './measureHeads';

describe.each([
  [2, 7],
  [3, 7],
  // More features than rows: in the coordinates of the rows.
  [3, 90],
])('the head as an expert, %i classes and %i features', (classes, columns) => {
  const data = syntheticRows({ rows: 80, features: columns, classes, seed: 23, signal: 0.5 });
  const labels = data.labels.map((label, row) => (row % 20 === 7 ? -1 : label));
  const input: AuditInput = {
    ...data,
    labels,
    split: Uint8Array.from({ length: 80 }, (_, row) => (row % 4 === 0 ? splitCodes.validation : splitCodes.train)),
    unpenalised: [columns - 1],
    l2: 0.02,
    neighbours: createExactNeighbourSearch(),
  };
  const roles = checkAuditInput(input);
  const { linalg, held } = createCountingLinearAlgebra();
  const context = createTestContext({ linalg });
  const { suspicion } = measureHeads(input, roles, new StageProgress('lambda', context), context);
  const source = headSource(suspicion, roles.labelled, context);
  const progress = new StageProgress('ranking', context);

  /** Out of sample by a head that is fitted from the start to the rows of these labels. */
  function alone(given: Int32Array): Float32Array {
    const options = { experts: ['head'], noiseModel: false, rounds: 1 } as const;
    return auditFeatures({ ...input, labels: given, options }, createTestContext()).classProbabilities;
  }

  it.each([
    ['all labelled rows', (): boolean => true],
    ['some of them, and judges the others plainly', (row: number): boolean => row % 9 !== 2],
  ])('learns from %s', (_, isKept) => {
    const kept = roles.labelled.map((weight, row) => (isKept(row) ? weight : 0));
    const { name, probabilities } = source.judge(
      kept.every((w, row) => w === roles.labelled[row]) ? roles.labelled : kept,
      progress,
    );
    expect(name).toBe('head');
    expect(held()).toBe(0);
    const expected = alone(labels.map((label, row) => (kept[row] === 0 ? -1 : label)));
    probabilities.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 3));
  });
});

describe('a head too large for its Hessian as an expert', () => {
  it('is fitted again without some rows, and left out by what was estimated with all', () => {
    const n = 1200;
    const classes = 6;
    const data = syntheticRows({ rows: n, features: 40, classes, seed: 3, signal: 0.5 });
    const input: AuditInput = {
      ...data,
      split: new Uint8Array(n),
      unpenalised: [39],
      l2: 1e-3,
      neighbours: createExactNeighbourSearch(),
    };
    const roles = checkAuditInput(input);
    const context = createTestContext();
    const { suspicion } = measureHeads(input, roles, new StageProgress('lambda', context), context);
    const { problem, theta } = suspicion;
    const rows = context.linalg.loadRows(data.features);
    const estimated = createFittedModel({ ...problem, rows }, theta, context.linalg, undefined, {
      method: 'iterative',
    });
    const kept = roles.labelled.map((_, row) => (row % 10 === 3 ? 0 : 1));
    const progress = new StageProgress('ranking', context);
    const [exact, found] = [undefined, estimated].map(
      (model) =>
        headSource({ ...suspicion, estimated: model }, roles.labelled, context).judge(kept, progress).probabilities,
    );
    const fitted = headExpert(problem, computeLogits({ ...problem, rows }, theta, context.linalg)).probabilities;
    rows.dispose();
    const gaps = (isKept: number, from: Float32Array, to: Float32Array): number[] =>
      [...kept.keys()]
        .filter((row) => kept[row] === isKept)
        .map((row) =>
          Math.abs(Math.log(from[row * classes + data.labels[row]] / to[row * classes + data.labels[row]])),
        );
    // Set aside: the second fit alone, to its tolerance.
    expect(Math.max(...gaps(0, found, exact))).toBeLessThan(2e-3);
    // Kept: off by a small share of what leaving a row out makes.
    expect(median(gaps(1, found, exact))).toBeLessThan(0.2 * median(gaps(1, fitted, exact)));
  });

  it('is fitted again to within a thousandth of the exact refit, by the metrics of the first fit', () => {
    const n = 700;
    const classes = 8;
    const data = syntheticRows({ rows: n, features: 190, classes, seed: 5, signal: 0.3 });
    const context = createTestContext();
    const { linalg } = context;
    const problem = problemOf(data, linalg, { kind: 'softmax', l2: 1e-3 });
    const first = fitHead(problem, linalg);
    expect(first.metrics).toBeDefined();
    const estimated = createFittedModel(problem, first.state.theta, linalg, undefined, { method: 'iterative' });
    const influence = computeRowInfluence(estimated);
    const { outOfSampleLogits } = influence;
    const { factor, metrics, state } = first;
    const { theta } = state;
    const loss = influence.looLoss;
    const head = { problem, theta, factor, metrics, estimated, outOfSampleLogits, loss, fellBackToFloat64: false };
    const kept = problem.weights.map((_, row) => (row % 8 === 3 ? 0 : 1));
    const progress = new StageProgress('ranking', context);
    const { probabilities } = headSource(head, problem.weights, context).judge(kept, progress);

    const without = reweighted(problem, kept, linalg);
    const exact = fitHead(without, linalg, { tolerance: 1e-10 }).state;
    const leftOut = computeRowInfluence({ ...estimated, problem: without, theta: exact.theta, logits: exact.logits });
    const expected = headExpert(without, leftOut.outOfSampleLogits).probabilities;
    const gaps = probabilities.map((value, at) => Math.abs(value - expected[at]));
    expect(Math.max(...gaps)).toBeLessThan(1e-3);
    // It is the second fit that is asked about: the first one is further off.
    const before = headExpert(problem, outOfSampleLogits).probabilities.map((p, at) => Math.abs(p - expected[at]));
    expect(median(Array.from(gaps))).toBeLessThan(0.02 * median(Array.from(before)));
  });
});
