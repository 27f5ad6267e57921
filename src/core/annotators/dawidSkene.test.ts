import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../base/errors';
import { createRandom } from '../base/random';
import { plantAnnotators, shareRight } from '../testing/plantedAnnotators';
import { type Annotations, countVotes, gatherAnnotations } from './annotations';
import { fitDawidSkene } from './dawidSkene';
import { takeMajority } from './majority';

const truthOf = (rows: number, classes: number): Int32Array =>
  Int32Array.from({ length: rows }, (_, i) => (i * 7 + (i >> 3)) % classes);

/** Dawid & Skene's EM as their paper has it, in plain loops over every (row, annotator, class), with the shrinkage. */
function reference(annotations: Annotations, passes: number) {
  const { rows, classes: C, annotators: m, starts, annotator, label } = annotations;
  const votes = countVotes(annotations);
  let q = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: C }, (_, c) => (votes[i * C + c] + 1 / C) / (starts[i + 1] - starts[i] + 1)),
  );
  let T: number[][][] = [];
  for (let pass = 0; pass < passes; pass++) {
    const share = Array.from({ length: C }, (_, c) => (1 + q.reduce((sum, row) => sum + row[c], 0)) / (rows + C));
    const N = Array.from({ length: m }, () => Array.from({ length: C }, () => new Array<number>(C).fill(0)));
    for (let i = 0; i < rows; i++) {
      for (let at = starts[i]; at < starts[i + 1]; at++) {
        for (let c = 0; c < C; c++) N[annotator[at]][c][label[at]] += q[i][c];
      }
    }
    const sum = (matrix: number[][]): number => matrix.flat().reduce((a, b) => a + b, 0);
    const off = (matrix: number[][]): number => sum(matrix) - matrix.reduce((a, row, c) => a + row[c], 0);
    const all = N[0].map((row, c) => row.map((_, l) => N.reduce((a, own) => a + own[c][l], 0)));
    const clamp = (x: number): number => Math.min(0.999, Math.max(0.001, x));
    const common = clamp(off(all) / sum(all));
    const pool = all.map((row, c) => {
      const total = row.reduce((a, b) => a + b, 0);
      return row.map((n, l) => (n + 5 * (l === c ? 1 - common : common / (C - 1))) / (total + 5));
    });
    T = N.map((own) => {
      const rate = clamp((off(own) + 3 * common) / (sum(own) + 3));
      return own.map((row, c) => {
        const total = row.reduce((a, b) => a + b, 0);
        return row.map((n, l) => (n + C * (l === c ? 1 - rate : (rate * pool[c][l]) / (1 - pool[c][c]))) / (total + C));
      });
    });
    q = q.map((_, i) => {
      const joint = share.map((p, c) => {
        let product = p;
        for (let at = starts[i]; at < starts[i + 1]; at++) product *= T[annotator[at]][c][label[at]];
        return product;
      });
      const total = joint.reduce((a, b) => a + b, 0);
      return joint.map((p) => p / total);
    });
  }
  return { q, T };
}

describe('fitDawidSkene', () => {
  it.each([2, 4])('is the EM of the paper, pass by pass, for %i classes', (classes) => {
    const annotations = plantAnnotators({
      truth: truthOf(60, classes),
      classes,
      accuracies: [0.9, 0.7, 0.5, 0.8],
      labels: [0, 4],
      seed: 3,
    });
    for (const passes of [1, 2, 15]) {
      const { posterior, confusions } = fitDawidSkene(annotations, { passes, tolerance: 0 });
      const { q, T } = reference(annotations, passes);
      q.flat().forEach((p, at) => expect(posterior[at]).toBeCloseTo(p, 10));
      T.forEach((own, a) =>
        own.forEach((row, c) =>
          row.forEach((p, l) => expect(confusions[(a * classes + l) * classes + c]).toBeCloseTo(p, 10)),
        ),
      );
    }
  });

  it('recovers planted confusions and beats the majority, an adversary among the annotators', () => {
    const truth = truthOf(4000, 3);
    const accuracies = [0.9, 0.75, 0.6, 0.8, -0.8];
    const annotations = plantAnnotators({ truth, classes: 3, accuracies, labels: [3, 4], seed: 5 });
    const { posterior, confusions } = fitDawidSkene(annotations);
    const found = truth.map((_, i) =>
      [0, 1, 2].reduce((a, b) => (posterior[3 * i + b] > posterior[3 * i + a] ? b : a)),
    );
    expect(shareRight(found, truth)).toBeGreaterThan(shareRight(takeMajority(annotations).label, truth) + 0.05);
    accuracies.forEach((accuracy, a) => {
      for (let c = 0; c < 3; c++) {
        const p = (given: number): number => confusions[(a * 3 + given) * 3 + c];
        expect(Math.abs(p(c) - (accuracy < 0 ? 1 + accuracy : accuracy))).toBeLessThan(0.05);
        if (accuracy < 0) expect(Math.abs(p((c + 1) % 3) + accuracy)).toBeLessThan(0.05);
        expect(p(0) + p(1) + p(2)).toBeCloseTo(1, 6);
      }
    });
  });

  it('is calibrated: the probabilities of the consensus are its accuracy', () => {
    const truth = truthOf(6000, 4);
    const annotations = plantAnnotators({
      truth,
      classes: 4,
      accuracies: [0.8, 0.7, 0.6, 0.9],
      labels: [1, 3],
      seed: 8,
    });
    const { posterior } = fitDawidSkene(annotations);
    let [expected, right] = [0, 0];
    for (let i = 0; i < truth.length; i++) {
      const own = [...posterior.subarray(4 * i, 4 * i + 4)];
      const best = own.indexOf(Math.max(...own));
      expected += own[best] / truth.length;
      right += Number(best === truth[i]) / truth.length;
    }
    expect(Math.abs(expected - right)).toBeLessThan(0.03);
  });

  it('takes experts as one more annotator, and learns what they are worth', () => {
    const random = createRandom(2);
    const truth = truthOf(1500, 3);
    const annotations = plantAnnotators({ truth, classes: 3, accuracies: [0.7, 0.6, 0.65], labels: [1, 2], seed: 9 });
    const timid = Float32Array.from({ length: 3 * truth.length }, (_, at) => {
      const right = truth[Math.floor(at / 3)] === at % 3;
      return right ? 0.5 : 0.25;
    });
    const noise = Float32Array.from({ length: 3 * truth.length }, () => 1 / 3 + 0.3 * (random.uniform() - 0.5));
    // They take the last class for the one before it.
    const blind = timid.map((_, at) => {
      const said = Math.min(1, truth[Math.floor(at / 3)]);
      return at % 3 === said ? 0.6 : 0.2;
    });
    const accuracyWith = (experts?: Float32Array) => {
      const fitted = fitDawidSkene(annotations, { experts });
      const found = truth.map((_, i) =>
        [0, 1, 2].reduce((a, b) => (fitted.posterior[3 * i + b] > fitted.posterior[3 * i + a] ? b : a)),
      );
      return { share: shareRight(found, truth), strength: fitted.strength };
    };
    const without = accuracyWith();
    expect(without.strength).toBeNull();
    const knowing = accuracyWith(timid);
    expect(knowing.share).toBeGreaterThan(0.95);
    expect(knowing.strength).toBeGreaterThan(2);
    expect(accuracyWith(blind).share).toBeGreaterThan(without.share + 0.05);
    expect(accuracyWith(noise).share).toBeGreaterThan(without.share - 0.02);
  });

  it('says nothing of rows that nobody labelled but the shares, and the experts where there are any', () => {
    const { annotations } = gatherAnnotations(
      { rows: 3, classes: 2, annotators: 1 },
      { row: [0, 1], annotator: [0, 0], label: [0, 0] },
    );
    const { posterior } = fitDawidSkene(annotations);
    expect(posterior[4]).toBeGreaterThan(0.5);
    const experts = Float32Array.from([0.9, 0.1, 0.8, 0.2, 0.1, 0.9]);
    expect(fitDawidSkene(annotations, { experts }).posterior[5]).toBeGreaterThan(0.5);
  });

  it('believes one annotator alone, with whom nobody can be compared', () => {
    const truth = truthOf(50, 3);
    const annotations = plantAnnotators({ truth, classes: 3, accuracies: [1], labels: [1, 1], seed: 1 });
    const { posterior } = fitDawidSkene(annotations);
    const found = truth.map((_, i) =>
      [0, 1, 2].reduce((a, b) => (posterior[3 * i + b] > posterior[3 * i + a] ? b : a)),
    );
    expect(shareRight(found, truth)).toBe(1);
  });

  it('keeps an annotator of one label near the others, and a class that only one annotator gives', () => {
    const rows = Array.from({ length: 40 }, (_, i) => i);
    // Two careful annotators; the third labels row 0 only, and wrongly; class 2 is known to the first alone.
    const given = {
      row: [...rows, ...rows.slice(0, 35), 0],
      annotator: [...rows.map(() => 0), ...rows.slice(0, 35).map(() => 1), 2],
      label: [...rows.map((i) => (i >= 35 ? 2 : i % 2)), ...rows.slice(0, 35).map((i) => i % 2), 1],
    };
    const { annotations } = gatherAnnotations({ rows: 40, classes: 3, annotators: 3 }, given);
    const { posterior, confusions } = fitDawidSkene(annotations);
    expect(posterior[0]).toBeGreaterThan(0.9);
    for (let i = 35; i < 40; i++) expect(posterior[3 * i + 2]).toBeGreaterThan(0.5);
    const trust = confusions[(2 * 3 + 0) * 3 + 0];
    expect(trust).toBeGreaterThan(0.3);
    expect(trust).toBeLessThan(confusions[0]);
    expect(confusions.every((p) => p > 0 && p <= 1)).toBe(true);
  });

  it('can be cancelled between passes, and refuses what is too large', () => {
    const annotations = plantAnnotators({
      truth: truthOf(50, 3),
      classes: 3,
      accuracies: [0.8, 0.7],
      labels: [2, 2],
      seed: 1,
    });
    const onPass = (pass: number): void => {
      if (pass === 2) throw new CancelledError();
    };
    expect(() => fitDawidSkene(annotations, { onPass, tolerance: 0 })).toThrow(CancelledError);
    expect(() => fitDawidSkene({ ...annotations, annotators: 3e7 })).toThrow(InputError);
  });
});
