import { describe, expect, it } from 'vitest';
import { BugError } from '../base/errors';
import { createFloat32Rows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { createRandom, drawNormals } from '../base/random';
import { createFloat64LinearAlgebra } from './float64LinearAlgebra';
import { findPrincipalAxes, projectOnAxes } from './principalAxes';

const linalg = createFloat64LinearAlgebra();

function matrixOf(rows: number, columns: number, value: (i: number, j: number) => number): Matrix {
  return {
    rows,
    columns,
    data: Float64Array.from({ length: rows * columns }, (_, at) => value(Math.floor(at / columns), at % columns)),
  };
}

describe('principal axes', () => {
  const x = matrixOf(12, 5, (i, j) => (((7 * i + 3 * j + i * j * j) % 11) * (1 + j)) / 4 + (i % 3));

  it("are scikit-learn's", () => {
    // numpy 2.4.6, scikit-learn 1.9.1:
    // x = np.array([[((7*i+3*j+i*j*j)%11)*(1+j)/4 + i%3 for j in range(5)] for i in range(12)]);
    // p = PCA(3, svd_solver='full').fit(x); p.components_.T, each column turned so that its largest entry is positive;
    // p.transform(x)[[0, 7, 11]], turned alike; p.explained_variance_ratio_.sum()
    const axes = [
      0.06931599952073701, -0.0454591228443272, 0.13346918676621275, 0.1198097461379799, 0.10737333318107148,
      0.9461005980680647, 0.021756355843130792, 0.04745184112205502, 0.24179167936297322, -0.22170522110467952,
      0.9692278413202293, -0.07757899885407499, 0.9649944936921386, 0.211542312211216, -0.15032603649019005,
    ];
    const places = [
      [-6.37923213097276, 1.2477933050589995, -1.709110748803234],
      [5.160537925334787, -4.337263066949553, -0.5929093670609383],
      [-4.470889382794146, 3.8280657150394886, 0.47780210890273705],
    ];
    const found = findPrincipalAxes(x, 3, { linalg });
    if (found === null) throw new Error('These rows differ.');
    expect([...found.means]).toEqual(
      [2.1458333333333335, 3.4166666666666665, 5.5, 6.333333333333333, 6.833333333333333].map((value) =>
        expect.closeTo(value, 12),
      ),
    );
    axes.forEach((value, at) => expect(found.axes.data[at]).toBeCloseTo(value, 9));
    expect(found.varianceShare).toBeCloseTo(0.9720495469259218, 12);
    const lies = projectOnAxes(x, found, { linalg });
    [0, 7, 11].forEach((row, k) => places[k].forEach((value, j) => expect(lies[3 * row + j]).toBeCloseTo(value, 5)));
  });

  it('hold what they can where the spectrum is long, whatever the place of the rows', () => {
    // Deviations 1, 0.9, 0.81 … along 60 axes that are turned by a reflection, far from 0.
    const random = createRandom(3);
    const [n, d] = [400, 60];
    const drawn = drawNormals(random, n * d);
    const turn = drawNormals(random, d);
    const length = turn.reduce((sum, value) => sum + value * value, 0);
    const rows = matrixOf(n, d, () => 0);
    for (let i = 0; i < n; i++) {
      const row = Float64Array.from({ length: d }, (_, j) => drawn[i * d + j] * 0.9 ** j);
      const along = (2 * row.reduce((sum, value, j) => sum + value * turn[j], 0)) / length;
      for (let j = 0; j < d; j++) rows.data[i * d + j] = 1_000 + row[j] - along * turn[j];
    }
    const kept = createFloat32Rows(Float32Array.from(rows.data), n, d);
    const all = findPrincipalAxes(kept, d, { linalg });
    const few = findPrincipalAxes(kept, 20, { linalg });
    if (all === null || few === null) throw new Error('These rows differ.');
    expect(all.varianceShare).toBeCloseTo(1, 9);
    const held = (k: number): number => {
      const lies = projectOnAxes(kept, all, { linalg });
      const squares = (to: number): number =>
        lies.reduce((sum, value, at) => sum + (at % d < to ? value * value : 0), 0);
      return squares(k) / squares(d);
    };
    expect(few.varianceShare).toBeCloseTo(held(20), 5);
    // Orthonormal.
    for (let a = 0; a < 20; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let j = 0; j < d; j++) product += few.axes.data[20 * j + a] * few.axes.data[20 * j + b];
        expect(product).toBeCloseTo(a === b ? 1 : 0, 9);
      }
    }
  });

  it('are as many as the rows have, and none where all are the same', () => {
    const line = matrixOf(9, 4, (i, j) => i * (j + 1));
    const found = findPrincipalAxes(line, 3, { linalg });
    expect(found?.axes.columns).toBe(1);
    expect(found?.varianceShare).toBeCloseTo(1, 12);
    expect(
      findPrincipalAxes(
        matrixOf(5, 3, (_, j) => j / 3),
        2,
        { linalg },
      ),
    ).toBeNull();
  });

  it('have no place for vectors of another length', () => {
    const found = findPrincipalAxes(x, 2, { linalg });
    if (found === null) throw new Error('These rows differ.');
    expect(() =>
      projectOnAxes(
        matrixOf(2, 4, () => 1),
        found,
        { linalg },
      ),
    ).toThrow(BugError);
  });
});
