import { describe, expect, it } from 'vitest';
import { plantAnnotators } from '../testing/plantedAnnotators';
import { comparePairs, measureAgreement } from './agreement';
import { gatherAnnotations } from './annotations';

/** A table of labels, one row an annotator; 0 = did not label. */
function fromTable(table: readonly (readonly number[])[], classes: number) {
  const given = { row: [] as number[], annotator: [] as number[], label: [] as number[] };
  table.forEach((labels, annotator) =>
    labels.forEach((label, row) => {
      if (label === 0) return;
      given.row.push(row);
      given.annotator.push(annotator);
      given.label.push(label - 1);
    }),
  );
  return gatherAnnotations({ rows: table[0].length, classes, annotators: table.length }, given).annotations;
}

describe('measureAgreement', () => {
  it("gives Krippendorff's α of his own example (2011, “Computing Krippendorff's Alpha-Reliability”, C)", () => {
    const annotations = fromTable(
      [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
      ],
      5,
    );
    const { krippendorffAlpha, rows } = measureAgreement(annotations);
    expect(krippendorffAlpha).toBeCloseTo(0.743, 3);
    expect(rows).toBe(11);
  });

  it("gives Fleiss' κ of the usual example of 14 raters and 10 rows", () => {
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    const columns = counts.map((row) => row.flatMap((count, c) => new Array<number>(count).fill(c + 1)));
    const annotations = fromTable(
      Array.from({ length: 14 }, (_, rater) => columns.map((column) => column[rater])),
      5,
    );
    const { fleissKappa, share } = measureAgreement(annotations);
    expect(fleissKappa).toBeCloseTo(0.21, 3);
    expect(share).toBeCloseTo(0.378, 3);
  });

  it('is 1 where all agree, near 0 by chance, and not there where nobody can be compared', () => {
    const truth = Int32Array.from({ length: 3000 }, (_, i) => i % 3);
    const options = { truth, classes: 3, labels: [2, 4] as const, seed: 1 };
    const certain = measureAgreement(plantAnnotators({ ...options, accuracies: [1, 1, 1, 1] }));
    expect([certain.fleissKappa, certain.krippendorffAlpha, certain.share]).toEqual([1, 1, 1]);
    const chance = measureAgreement(plantAnnotators({ ...options, accuracies: [1 / 3, 1 / 3, 1 / 3, 1 / 3] }));
    expect(Math.abs(chance.fleissKappa)).toBeLessThan(0.03);
    expect(Math.abs(chance.krippendorffAlpha)).toBeLessThan(0.03);
    const alone = measureAgreement(plantAnnotators({ ...options, labels: [1, 1], accuracies: [0.9, 0.8] }));
    expect(alone.rows).toBe(0);
    expect(alone.share).toBeNaN();
    expect(alone.krippendorffAlpha).toBeNaN();
    const oneClass = measureAgreement(
      fromTable(
        [
          [1, 1],
          [1, 1],
        ],
        2,
      ),
    );
    expect(oneClass.share).toBe(1);
    expect(oneClass.fleissKappa).toBeNaN();
  });
});

describe('comparePairs', () => {
  it("gives Cohen's κ of every pair with rows in common", () => {
    const pairs = comparePairs(
      fromTable(
        [
          [1, 1, 1, 2, 2, 2, 0],
          [1, 1, 2, 2, 2, 1, 0],
          [0, 0, 0, 0, 0, 0, 1],
        ],
        2,
      ),
    );
    // Agreement 4 of 6, by chance ½·½ + ½·½.
    expect(pairs).toEqual([{ first: 0, second: 1, rows: 6, share: 4 / 6, kappa: expect.closeTo(1 / 3, 12) }]);
  });
});
