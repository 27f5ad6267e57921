import { describe, expect, it } from 'vitest';
import { InputError } from '../../base/errors';
import { createFloat64LinearAlgebra } from '../../linalg/float64LinearAlgebra';
import { fitHead } from '../../models/fitting/fitHead';
import type { HeadKind } from '../../models/headKind';
import { createHeadProblem } from '../../models/headProblem';
import { fittedHead } from '../../testing/fittedHeads';
import type { FittedModel } from '../fittedModel';
import { createFittedModel } from '../fittedModel';
import { estimateRemovalChange } from '../removal/removalChange';
import { retrain } from '../removal/retrain';
import { computeRowInfluence } from '../rows/rowInfluence';
import { modelTrust } from '../trust/trustReport';
import { explainPrediction } from './explainPrediction';
import { predictRow } from './rowPrediction';

/** n ≈ 2d, λ small: where one poisoned copy of a held-out row can turn its prediction. */
function poisoned(kind: HeadKind): { readonly model: FittedModel; readonly victim: number; readonly copy: number } {
  const n = 140;
  const d = 60;
  const linalg = createFloat64LinearAlgebra();
  const clean = fittedHead({
    kind,
    rows: n,
    features: d,
    seed: 12,
    l2: 1e-3,
    signal: 0.3,
    weights: Float64Array.from({ length: n }, (_, i) => (i < 120 ? 1 : 0)),
  });
  const { problem } = clean;
  // The least sure held-out row that is predicted right.
  const victim = Array.from({ length: 20 }, (_, at) => 120 + at)
    .filter((row) => predictRow(clean, row).predicted === problem.labels[row])
    .sort((a, b) => predictRow(clean, a).margin - predictRow(clean, b).margin)[0];
  const copy = 5;
  const features = clean.problem.features;
  if ('read' in features) throw new Error('in memory');
  const data = features.data.slice();
  data.copyWithin(copy * d, victim * d, (victim + 1) * d);
  const labels = Int32Array.from(problem.labels);
  labels[copy] = predictRow(clean, victim).runnerUp;
  const edited = { rows: n, columns: d, data };
  const spoilt = createHeadProblem(
    { ...problem, features: edited, rows: linalg.loadRows(edited), labels, unpenalised: [d - 1] },
    linalg,
  );
  return {
    model: createFittedModel(spoilt, fitHead(spoilt, linalg).state.theta, linalg),
    victim,
    copy,
  };
}

describe.each(['logistic', 'softmax'] as const)('a poisoned prediction of a %s head', (kind) => {
  const { model, victim, copy } = poisoned(kind);
  const { rifCoefficients, leverage } = computeRowInfluence(model);
  const common = { rifCoefficients, trust: modelTrust(model, leverage) };
  const explained = explainPrediction(model, { ...common, row: victim, count: 8, findSet: true, limit: 60 });

  it('is explained by the planted copy first, whose removal restores it by RIF and by retraining', () => {
    expect(explained.goal).toBe('restore');
    expect(explained.other).toBe(model.problem.labels[victim]);
    const [first] = explained.rows;
    expect(first.row).toBe(copy);
    expect(first.afterRif.achieved).toBe(true);
    expect(first.afterRetraining?.achieved).toBe(true);
    expect(first.afterRetraining?.predicted).toBe(explained.other);
    // IF sees which row it is, but not how much it does.
    const actual = (first.afterRetraining?.margin ?? Number.NaN) - explained.margin;
    expect(first.byIf / actual).toBeLessThan(0.6);
    expect(Math.abs(first.byRif / actual - 1)).toBeLessThan(0.5);
    expect(explained.smallestSet && Array.from(explained.smallestSet)).toEqual([copy]);
    expect(explained.summary).toContain(`row ${copy} alone`);
  });

  it('says of rows and sets what retraining without them shows', () => {
    explained.rows.slice(0, 3).forEach(({ row, afterRetraining, afterRif, byRif }) => {
      const truth = retrain(model, { removed: Int32Array.of(row) }).change;
      const margin = predictRow(model, victim).differenceAt(truth, explained.predicted, explained.other);
      expect(afterRetraining?.margin).toBeCloseTo(margin, 7);
      expect(afterRif.margin).toBeCloseTo(explained.margin + byRif, 9);
      expect(byRif).toBeLessThan(0);
    });
    expect(explained.rows[3].afterRetraining).toBeNull();
    expect(explained.sets.map((set) => set.size)).toEqual([1, 2, 5, 8]);
    explained.sets.slice(0, 3).forEach(({ size, afterRetraining, afterNewton }) => {
      const removed = Int32Array.from(explained.rows.slice(0, size), ({ row }) => row);
      const there = predictRow(model, victim);
      const truth = retrain(model, { removed }).change;
      const newton = estimateRemovalChange(model, removed, { method: 'newton' }).change;
      const [a, b] = [explained.predicted, explained.other];
      expect(afterRetraining?.margin).toBeCloseTo(there.differenceAt(truth, a, b), 7);
      expect(afterNewton?.margin).toBeCloseTo(there.differenceAt(newton, a, b), 9);
    });
    // RIF of one row is its Newton step.
    expect(explained.sets[0].afterNewton?.margin).toBeCloseTo(explained.rows[0].afterRif.margin, 8);
  });

  it('names the rows that speak against the prediction, by what retraining without them does to it', () => {
    expect(explained.opposing).toHaveLength(8);
    const effects = explained.opposing.map(({ byRif }) => byRif);
    expect(effects).toEqual([...effects].sort((a, b) => b - a));
    const [{ row, byIf, byRif }] = explained.opposing;
    const truth = retrain(model, { removed: Int32Array.of(row) }).change;
    const there = predictRow(model, victim).differenceAt(truth, explained.predicted, explained.other);
    expect(there - explained.margin).toBeGreaterThan(0);
    expect(Math.abs(byRif / (there - explained.margin) - 1)).toBeLessThan(0.5);
    expect(byIf).toBeGreaterThan(0);
  });

  it('warns of the gap and of the leverage', () => {
    const about = explained.trust.sentences.map((sentence) => sentence.about);
    expect(about).toContain('gap');
    expect(explained.trust.set?.rows).toBe(1);
  });

  it('says how far it looked for a set, and found none', () => {
    const few = explainPrediction(model, { ...common, row: 3, count: 2, retrainings: 0, findSet: true, limit: 1 });
    expect(few.smallestSet).toBeNull();
    expect(few.summary).toBe('No leading part of this order, of up to 1 row, flips the prediction by retraining.');
  });

  it('asks what would flip a prediction that is right, and leaves the row itself out', () => {
    const row = Array.from({ length: 120 }, (_, at) => at).find(
      (at) => predictRow(model, at).predicted === model.problem.labels[at],
    );
    const right = explainPrediction(model, { ...common, row: row ?? 0, count: 4, retrainings: 0 });
    expect(right.goal).toBe('flip');
    expect(right.rows.map((one) => one.row)).not.toContain(row);
    expect(right.smallestSet).toBeNull();
    expect(() => explainPrediction(model, { ...common, row: 3, rightClass: 9 })).toThrow(InputError);
    const told = explainPrediction(model, {
      ...common,
      row: row ?? 0,
      rightClass: right.other,
      count: 2,
      retrainings: 0,
    });
    expect(told.goal).toBe('restore');
  });
});
