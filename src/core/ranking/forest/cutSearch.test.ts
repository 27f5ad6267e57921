import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random';
import { CutSearch } from './cutSearch';
import { quantiseFeatures } from './quantiseFeatures';

const classes = 3;
/** Rows of which a node counts its bins, and of which it sorts the rows. */
const [many, few] = [40, 15];

/** A feature of few values, labels that follow it a little, and rows drawn up to three times. */
function draw(seed: number, n = many) {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: n }, () => random.integer(12));
  const labels = Int32Array.from(values, (value) =>
    random.uniform() < 0.5 ? value % classes : random.integer(classes),
  );
  const weights = Uint8Array.from(values, () => 1 + random.integer(3));
  const rows = Int32Array.from(values.keys());
  return {
    random,
    values,
    labels,
    weights,
    rows,
    features: quantiseFeatures({ rows: n, columns: 1, data: values }, rows),
  };
}

/** Σ l²/l + Σ r²/r of the cut below `limit`, straight from its definition; −∞ where a side has too few rows. */
function gainOf({ values, labels, weights }: ReturnType<typeof draw>, limit: number, minLeaf: number): number {
  let gain = 0;
  for (const isLeft of [true, false]) {
    const side = [...values.keys()].filter((i) => values[i] < limit === isLeft);
    if (side.length < minLeaf) return Number.NEGATIVE_INFINITY;
    const counts = new Float64Array(classes);
    for (const i of side) counts[labels[i]] += weights[i];
    const total = counts.reduce((a, b) => a + b);
    for (const count of counts) gain += count ** 2 / total;
  }
  return gain;
}

/** The gain of the cut that is found, and of every cut that there is. */
function compareGains(seed: number, cuts: 'best' | 'random', minLeaf: number, n = many) {
  const drawn = draw(seed, n);
  const search = new CutSearch(drawn.features, drawn.labels, classes, n, { cuts, minLeaf });
  search.beginTree();
  expect(search.beginNode(drawn.rows, drawn.weights, 0, n)).toBe(true);
  const found = search.search(drawn.rows, 0, drawn.random);
  const right = drawn.values.filter((_, i) => drawn.features.bins[i] > search.cut);
  const all = [...new Set(drawn.values)].map((limit) => gainOf(drawn, limit, minLeaf));
  return { found, own: gainOf(drawn, Math.min(...right), minLeaf), all };
}

describe('the cut of a node', () => {
  it.each([
    [1, many],
    [3, many],
    [12, many],
    [1, few],
    [3, few],
    [7, few],
  ])('is the best by Gini of all that leave %d rows on each side, of %d rows', (minLeaf, n) => {
    for (let seed = 0; seed < 30; seed++) {
      const { found, own, all } = compareGains(seed, 'best', minLeaf, n);
      const best = Math.max(...all);
      expect(found).toBe(best > Number.NEGATIVE_INFINITY);
      if (found) expect(own).toBeCloseTo(best, 9);
    }
  });

  it('is now this one, now that one where it is drawn', () => {
    const gains = Array.from({ length: 30 }, (_, seed) => compareGains(seed, 'random', 1));
    for (const { found, own, all } of gains) {
      expect(found).toBe(true);
      expect(all.some((gain) => Math.abs(gain - own) < 1e-9)).toBe(true);
    }
    expect(gains.some(({ own, all }) => own < Math.max(...all) - 1e-9)).toBe(true);
  });

  it('is uniform between the least and the largest value, not among bins', () => {
    const values = Float64Array.of(0, 1, 2, 100);
    const rows = Int32Array.from(values.keys());
    const features = quantiseFeatures({ rows: 4, columns: 1, data: values }, rows);
    const search = new CutSearch(features, Int32Array.of(0, 1, 0, 1), 2, 4, { cuts: 'random', minLeaf: 1 });
    const random = createRandom(1);
    const cuts = new Int32Array(3);
    search.beginTree();
    for (let draws = 0; draws < 1000; draws++) {
      search.beginNode(rows, Uint8Array.of(1, 1, 1, 1), 0, 4);
      search.search(rows, 0, random);
      cuts[search.cut]++;
    }
    expect(cuts[2]).toBeGreaterThan(950);
    expect(cuts[0]).toBeGreaterThan(0);
  });

  it('lies half way through values that the node has not', () => {
    const values = Float64Array.of(0, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    const rows = Int32Array.from(values.keys());
    const features = quantiseFeatures({ rows: 11, columns: 1, data: values }, rows);
    const search = new CutSearch(features, new Int32Array(11).fill(1, 1), 2, 11, { cuts: 'best', minLeaf: 1 });
    search.beginTree();
    search.beginNode(rows, new Uint8Array(11).fill(1), 0, 2);
    expect(search.search(rows, 0, createRandom(1))).toBe(true);
    expect(search.cut).toBe(4);
  });

  it('is not looked for in one class, nor in fewer rows than two leaves, nor found among equal rows', () => {
    const { features, weights, rows, random } = draw(1);
    const n = many;
    const one = new CutSearch(features, new Int32Array(n).fill(2), classes, n, { cuts: 'best', minLeaf: 1 });
    expect(one.beginNode(rows, weights, 0, n)).toBe(false);
    const short = new CutSearch(
      features,
      rows.map((row) => row % 2),
      classes,
      n,
      { cuts: 'best', minLeaf: 3 },
    );
    expect(short.beginNode(rows, weights, 0, 5)).toBe(false);
    expect(short.beginNode(rows, weights, 0, 6)).toBe(true);
    const equal = quantiseFeatures({ rows: n, columns: 1, data: new Float64Array(n).fill(1) }, rows);
    const none = new CutSearch(
      equal,
      rows.map((row) => row % 2),
      classes,
      n,
      { cuts: 'best', minLeaf: 1 },
    );
    none.beginTree();
    expect(none.beginNode(rows, weights, 0, n)).toBe(true);
    expect(none.search(rows, 0, random)).toBe(false);
  });
});
