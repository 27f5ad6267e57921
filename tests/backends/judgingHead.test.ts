import { describe, expect, it } from 'vitest';
import type { AuditInput } from '../../src/core/audit/auditTypes';
import { checkAuditInput } from '../../src/core/audit/checkInput';
import { headSource } from '../../src/core/audit/headSource';
import { measureHeads } from '../../src/core/audit/measureHeads';
import { splitCodes } from '../../src/core/base/splitCodes';
import { median } from '../../src/core/base/statistics';
import { createFittedModel } from '../../src/core/influence/fittedModel';
import { computeRowInfluence } from '../../src/core/influence/rows/rowInfluence';
import { StageProgress } from '../../src/core/job/stageProgress';
import { computeLogits } from '../../src/core/models/evaluateHead';
import { fitHead } from '../../src/core/models/fitting/fitHead';
import { reweighted } from '../../src/core/models/headProblem';
import { createExactNeighbourSearch } from '../../src/core/ranking/neighbours/exactNeighbours';
import { headExpert } from '../../src/core/ranking/suspicion/experts';
import { embeddingRows } from '../../src/core/testing/embeddingRows';
import { createTestContext } from '../../src/core/testing/testData';
import { createNativeLinearAlgebra } from '../../src/worker/compute/native/nativeLinearAlgebra';
import { loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { nativeSkipReason } from './installedTensorflow';

const reason = nativeSkipReason();

// The smallest head whose exact leverages cost enough: natively they take a second.
describe.skipIf(reason !== undefined)('the head that judges labels, of 1,310 parameters and 9,600 rows', () => {
  const classes = 10;
  const data = embeddingRows({ rows: 9600, features: 131, classes, seed: 8 });
  const n = data.labels.length;

  function measure(split: Uint8Array) {
    const input: AuditInput = {
      ...data,
      split,
      unpenalised: [130],
      l2: 3e-3,
      neighbours: createExactNeighbourSearch(),
    };
    const roles = checkAuditInput(input);
    const context = createTestContext({ linalg: createNativeLinearAlgebra(loadTensorflow()) });
    return { roles, context, heads: measureHeads(input, roles, new StageProgress('lambda', context), context) };
  }

  /** |log P − log P'| of the given labels of some rows, in the median. */
  function gap(rows: readonly number[], one: ArrayLike<number>, other: ArrayLike<number>): number {
    return median(
      rows.map((row) => {
        const at = row * classes + data.labels[row];
        return Math.abs(Math.log(one[at] / other[at]));
      }),
    );
  }

  it('is estimated where training rows have exact leverages of their own, and judges as exact ones do', () => {
    const split = Uint8Array.from({ length: n }, (_, i) => (i % 5 === 0 ? splitCodes.validation : splitCodes.train));
    const { context, heads } = measure(split);
    expect(heads.training.model.forms.method).toBe('exact');
    expect(heads.suspicion.estimated?.forms.method).toBe('ekfac');
    const { problem, theta, outOfSampleLogits } = heads.suspicion;
    const rows = context.linalg.loadRows(data.features);
    const exact = createFittedModel({ ...problem, rows }, theta, context.linalg, undefined, { method: 'exact' });
    const expected = headExpert(problem, computeRowInfluence(exact).outOfSampleLogits).probabilities;
    const fitted = headExpert(problem, exact.logits).probabilities;
    rows.dispose();
    const all = [...data.labels.keys()];
    const found = headExpert(problem, outOfSampleLogits).probabilities;
    expect(gap(all, found, expected)).toBeLessThan(0.03 * gap(all, fitted, expected));
  });

  it('is estimated in the second round where all rows train, and judges as an exact refit does', () => {
    const { roles, context, heads } = measure(new Uint8Array(n).fill(splitCodes.train));
    const { suspicion } = heads;
    expect(heads.training.model.forms.method).toBe('exact');
    expect(suspicion.estimated).toBeUndefined();
    const kept = roles.labelled.map((_, row) => (row % 10 === 3 ? 0 : 1));
    const progress = new StageProgress('ranking', context);
    const found = headSource(suspicion, roles.labelled, context).judge(kept, progress).probabilities;

    const rows = context.linalg.loadRows(data.features);
    const without = reweighted({ ...suspicion.problem, rows }, kept, context.linalg);
    const { state } = fitHead(without, context.linalg, { start: suspicion.theta });
    const exact = createFittedModel(without, state.theta, context.linalg, undefined, { method: 'exact' });
    const expected = headExpert(without, computeRowInfluence(exact).outOfSampleLogits).probabilities;
    const fitted = headExpert(without, computeLogits(without, state.theta, context.linalg)).probabilities;
    rows.dispose();
    const stay = [...kept.keys()].filter((row) => kept[row] === 1);
    const aside = [...kept.keys()].filter((row) => kept[row] === 0);
    expect(gap(stay, found, expected)).toBeLessThan(0.03 * gap(stay, fitted, expected));
    expect(gap(aside, found, expected)).toBeLessThan(1e-3);
  });
});
