import { describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../base/errors';
import { createFloat32Rows, type FeatureRows } from '../../base/featureRows';
import { createRandom } from '../../base/random';
import { ClassTrees, createTreeSums, shareUnit } from './classTrees';
import { checkForestFeatures, forestHindrance, forestTrees } from './forestExpert';
import { ForestGrower, joinTrees } from './forestGrower';
import { growHere } from './forestGrowth';
import { quantiseFeatures } from './quantiseFeatures';
import { TreeGrower } from './treeGrower';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const quiet = { signal: never, log: () => undefined };
const kinds = ['forest', 'trees'] as const;

/** Classes around centres of their own in the first two of `d` features; every tenth row is unlabelled. */
function blobs(n: number, classes: number, d = 4, seed = 1) {
  const random = createRandom(seed);
  const data = new Float64Array(n * d);
  const truth = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    truth[i] = i % classes;
    for (let j = 0; j < d; j++) data[i * d + j] = random.normal();
    data[i * d] += 6 * (truth[i] % 6);
    data[i * d + 1] += 6 * Math.floor(truth[i] / 6);
  }
  const labels = truth.map((label, i) => (i % 10 === 9 ? -1 : label));
  return { matrix: { rows: n, columns: d, data } as FeatureRows, truth, labels, classes };
}

function grow(name: (typeof kinds)[number], { matrix, labels, classes }: Omit<ReturnType<typeof blobs>, 'truth'>) {
  const trainingRows = Int32Array.from([...labels.keys()].filter((row) => labels[row] >= 0));
  const features = quantiseFeatures(matrix, trainingRows);
  return growHere.begin(name, { features, labels, classes, trainingRows }, quiet).finish().probabilities;
}

function rowOf(probabilities: Float32Array, row: number, classes: number): number[] {
  return Array.from(probabilities.subarray(row * classes, (row + 1) * classes));
}

function accuracyOf(probabilities: Float32Array, truth: Int32Array, classes: number): number {
  let right = 0;
  truth.forEach((label, i) => {
    const row = rowOf(probabilities, i, classes);
    if (row.indexOf(Math.max(...row)) === label) right++;
  });
  return right / truth.length;
}

describe('a tree', () => {
  const values = [0, 1, 2, 10, 11, 12, 0.5, 11.5];
  const features = quantiseFeatures(
    { rows: 8, columns: 1, data: Float64Array.from(values) },
    Int32Array.of(0, 1, 2, 3, 4, 5),
  );
  const labels = Int32Array.of(0, 0, 1, 1, 1, 1, -1, -1);

  it('gives the rows that it does not hold the weighted class shares of their leaves', () => {
    const sums = createTreeSums(8, 2);
    const sharesOf = (from: number): number[] => Array.from(sums.shares.subarray(from), (sum) => sum / shareUnit);
    const grower = new TreeGrower(
      features,
      new ClassTrees(features, { labels, classes: 2 }, 6, { cuts: 'best', minLeaf: 3 }, sums),
      never,
    );
    grower.grow(Uint8Array.of(2, 1, 1, 1, 1, 1, 0, 0), createRandom(1));
    expect(Array.from(sums.trees)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    expect(sharesOf(12)).toEqual([0.75, 0.25, 0, 1]);
    expect(sharesOf(0).slice(0, 12)).toEqual(new Array(12).fill(0));
    // The next tree adds to that.
    grower.grow(Uint8Array.of(0, 1, 1, 1, 1, 1, 0, 0), createRandom(1));
    expect(Array.from(sums.trees)).toEqual([1, 0, 0, 0, 0, 0, 2, 2]);
    expect(sharesOf(12)[0]).toBeCloseTo(0.75 + 0.2, 6);
  });

  it('grows to single rows where it may', () => {
    const sums = createTreeSums(8, 2);
    const grower = new TreeGrower(
      features,
      new ClassTrees(features, { labels, classes: 2 }, 6, { cuts: 'random', minLeaf: 1 }, sums),
      never,
    );
    grower.grow(Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 0), createRandom(2));
    expect(Array.from(sums.shares.subarray(12))).toEqual([shareUnit, 0, 0, shareUnit]);
  });
});

describe.each(kinds)('the expert %s', (name) => {
  const data = blobs(300, 3);
  const probabilities = grow(name, data);

  it('knows classes that stand apart, unlabelled rows too, and its rows sum to 1', () => {
    expect(accuracyOf(probabilities, data.truth, 3)).toBeGreaterThan(0.97);
    for (let i = 0; i < 300; i++) expect(rowOf(probabilities, i, 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  it('judges a row by trees that have never seen its label', () => {
    const flipped = data.labels.slice();
    flipped[7] = (flipped[7] + 1) % 3;
    const after = grow(name, { ...data, labels: flipped });
    expect(rowOf(after, 7, 3)).toEqual(rowOf(probabilities, 7, 3));
    expect(after).not.toEqual(probabilities);
  });

  it('asks all trees about a row that none of them holds', () => {
    const { truth, labels } = blobs(200, 2);
    const matrix = { rows: 200, columns: 1, data: Float64Array.from(truth) };
    const found = grow(name, { matrix, labels, classes: 2 });
    const surest = (wanted: (label: number) => boolean): number =>
      Math.max(...[...labels.keys()].filter((i) => wanted(labels[i])).flatMap((i) => rowOf(found, i, 2)));
    const unlabelled = surest((label) => label < 0);
    expect(unlabelled).toBeCloseTo((forestTrees + 0.5) / (forestTrees + 1), 6);
    expect(surest((label) => label >= 0)).toBeLessThan(unlabelled);
  });

  it('does not depend on rows that take no part', () => {
    const first = { matrix: { rows: 200, columns: 4, data: new Float64Array(800) }, labels: data.labels.slice(0, 200) };
    for (let i = 0; i < 200; i++) for (let j = 0; j < 4; j++) first.matrix.data[4 * i + j] = ((i * (7 + j)) % 31) / 7;
    const all = {
      matrix: { rows: 210, columns: 4, data: new Float64Array(840).fill(1) },
      labels: new Int32Array(210).fill(-1),
    };
    all.matrix.data.set(first.matrix.data);
    all.labels.set(first.labels);
    const without = grow(name, { ...first, classes: 3 });
    expect(grow(name, { ...all, classes: 3 }).subarray(0, 600)).toEqual(without);
  });

  it('gives the same bits every time, from memory or elsewhere', () => {
    expect(grow(name, data)).toEqual(probabilities);
    const values = Float32Array.from({ length: 1200 }, (_, at) => ((at * 37) % 101) / 8);
    const matrix = { rows: 300, columns: 4, data: Float64Array.from(values) };
    const stored = createFloat32Rows(values, 300, 4);
    expect(grow(name, { ...data, matrix: stored })).toEqual(grow(name, { ...data, matrix }));
  });

  it('finds what missing cells tell: a filled-in mean, and a column that says so', () => {
    const random = createRandom(5);
    const labels = Int32Array.from({ length: 200 }, (_, i) => i % 2);
    const cells = new Float64Array(400);
    labels.forEach((label, i) => {
      const isMissing = random.uniform() < (label === 1 ? 0.95 : 0.05);
      cells.set([isMissing ? 0 : random.normal(), isMissing ? 1.2 : -0.8], 2 * i);
    });
    const matrix = { rows: 200, columns: 2, data: cells };
    expect(accuracyOf(grow(name, { matrix, labels, classes: 2 }), labels, 2)).toBeGreaterThan(0.85);
  });

  it('tells 26 classes apart', () => {
    const many = blobs(1300, 26);
    expect(accuracyOf(grow(name, many), many.truth, 26)).toBeGreaterThan(0.8);
  });

  it('shares itself among the labels of equal rows, and gives class shares where nothing varies', () => {
    const labels = Int32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    for (const value of [0, 1]) {
      // Two groups of equal rows, or one.
      const matrix = {
        rows: 60,
        columns: 2,
        data: Float64Array.from({ length: 120 }, (_, at) => (at < 60 ? value : 0)),
      };
      const found = grow(name, { matrix, labels, classes: 2 });
      for (let i = 0; i < 60; i++) expect(Math.abs(found[2 * i + 1] - 1 / 3)).toBeLessThan(0.06);
    }
  });

  it('has an answer for two rows, and for one class', () => {
    const two = { rows: 2, columns: 1, data: Float64Array.of(0, 1) };
    const [a, b, c, d] = grow(name, { matrix: two, labels: Int32Array.of(0, 1), classes: 2 });
    // Each is judged by trees that hold the other one alone.
    expect(a).toBeLessThan(0.05);
    expect(d).toBeLessThan(0.05);
    expect(a + b).toBeCloseTo(1, 6);
    expect(c + d).toBeCloseTo(1, 6);
    const same = grow(name, { ...data, labels: new Int32Array(300) });
    for (let i = 0; i < 300; i++) expect(same[3 * i]).toBeGreaterThan(0.95);
  });

  it('grows trees of many rows from 5,000 each, none drawn twice', () => {
    const n = 20_500;
    const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
    const matrix = { rows: n, columns: 1, data: Float64Array.from(labels) };
    const found = grow(name, { matrix, labels, classes: 2 });
    // P = (N + ½)/(N + 1) where the classes stand apart.
    let trees = 0;
    for (let i = 0; i < n; i++) trees += 0.5 / (1 - found[2 * i + labels[i]]) - 1;
    expect(trees / n / forestTrees).toBeCloseTo(1 - 5000 / n, 2);
  });

  it('is the same bit by bit whoever grows its trees, in whatever order', () => {
    const { matrix, labels, classes } = data;
    const trainingRows = Int32Array.from([...labels.keys()].filter((row) => labels[row] >= 0));
    const input = { features: quantiseFeatures(matrix, trainingRows), labels, classes, trainingRows };
    const parts = [0, 1, 2].map(() => createTreeSums(300, classes));
    const growers = parts.map((sums) => new ForestGrower(name, input, sums, never));
    for (let tree = forestTrees - 1; tree >= 0; tree--) growers[(tree * tree) % 3].grow(tree);
    expect(joinTrees(parts, classes)).toEqual(probabilities);
  });

  it('stops when it is told to', () => {
    const { matrix, labels, classes } = blobs(2000, 3);
    const trainingRows = Int32Array.from([...labels.keys()].filter((row) => labels[row] >= 0));
    const features = quantiseFeatures(matrix, trainingRows);
    let asked = 0;
    const throwIfCancelled = (): void => {
      if (++asked === 2) throw new CancelledError();
    };
    const input = { features, labels, classes, trainingRows };
    const trees: number[] = [];
    const pending = growHere.begin(name, input, { ...quiet, signal: { cancelled: false, throwIfCancelled } });
    expect(() => pending.finish((done) => trees.push(done))).toThrow(CancelledError);
    expect(asked).toBe(2);
    expect(trees[0]).toBe(1);
    expect(trees.length).toBeLessThan(forestTrees);
  });
});

describe('forests', () => {
  it('are not for few rows, or where all classes but one are single rows', () => {
    const rowsOf = (labels: readonly number[], classes = 2) => ({
      labels: Int32Array.from(labels),
      classes,
      trainingRows: Int32Array.from(labels.keys()),
    });
    expect(forestHindrance(rowsOf(Array.from({ length: 20 }, (_, i) => i % 2)))).toBe('');
    expect(forestHindrance(rowsOf(Array.from({ length: 19 }, (_, i) => i % 2)))).toMatch(/fewer than 20/);
    expect(forestHindrance(rowsOf(Array.from({ length: 20 }, (_, i) => (i === 3 ? 1 : 0))))).toMatch(/fewer than two/);
    expect(
      forestHindrance(
        rowsOf(
          Array.from({ length: 20 }, (_, i) => (i === 3 ? 2 : i % 2)),
          3,
        ),
      ),
    ).toBe('');
    expect(
      forestHindrance(
        rowsOf(
          Array.from(new Array(20), () => 0),
          1,
        ),
      ),
    ).toBe('');
    expect(forestHindrance(rowsOf([...Array(20).keys()], 20))).toMatch(/fewer than two/);
  });

  it('have no more trees than sums of shares can hold', () => {
    const sums = createTreeSums(1, 1);
    sums.shares[0] = forestTrees * shareUnit;
    expect(sums.shares[0]).toBe(forestTrees * shareUnit);
  });

  it('are for 200 features, the intercept not counted', () => {
    const wide = (columns: number) => ({ rows: 0, columns, data: new Float64Array(0) });
    expect(() => checkForestFeatures(wide(201), [200])).not.toThrow();
    expect(() => checkForestFeatures(wide(201), [])).toThrow(InputError);
  });
});
