import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../base/errors';
import { createRandom, drawNormals } from '../../../base/random';
import type { JobContext, Progress } from '../../../job/jobContext';
import { createFloat64LinearAlgebra } from '../../../linalg/float64LinearAlgebra';
import { findExactNeighbours } from '../exactNeighbours';
import type { NeighbourSearch } from '../neighbours';
import { buildFuzzyGraph } from './fuzzyGraph';
import { layOutNeighbours } from './layOutNeighbours';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const search: NeighbourSearch = {
  description: 'exact',
  search: (request, { signal }, onBlock) => findExactNeighbours(request, signal, onBlock),
};

function contextOf(seed: number, signal: JobContext['signal'] = never) {
  const said: Progress[] = [];
  const context: JobContext = {
    signal,
    progress: (progress) => void said.push(progress),
    random: createRandom(seed),
    linalg: createFloat64LinearAlgebra(),
    log: () => undefined,
  };
  return { context, said };
}

/** Groups of rows, each about a middle of its own in `columns` dimensions. */
function groups(count: number, each: number, columns: number) {
  const random = createRandom(5);
  const middles = drawNormals(random, count * columns).map((value) => 4 * value);
  const noise = drawNormals(random, count * each * columns);
  const data = noise.map((value, at) => {
    const row = Math.floor(at / columns);
    return value + middles[Math.floor(row / each) * columns + (at % columns)];
  });
  return { rows: count * each, columns, data };
}

describe('the graph of neighbours', () => {
  it("is umap-learn's", () => {
    // umap-learn 0.5.12: x = [0, 1, 3, 3.5, 7, 7.25]; fuzzy_simplicial_set(x, 4, …) by its exact neighbours, ties in
    // the order of the rows.
    const expected = [
      [0, 1, 0.7288399935, 0.6930829883, 0, 0],
      [1, 0, 0.822633028, 0.754873991, 0, 0],
      [0.7288399935, 0.822633028, 0, 1, 0.4752239883, 0.4768739939],
      [0.6930829883, 0.754873991, 1, 0, 0.5247809887, 0.523122012],
      [0, 0, 0.4752239883, 0.5247809887, 0, 1],
      [0, 0, 0.4768739939, 0.523122012, 1, 0],
    ];
    const x = { rows: 6, columns: 1, data: Float64Array.of(0, 1, 3, 3.5, 7, 7.25) };
    const all = Int32Array.of(0, 1, 2, 3, 4, 5);
    const found = findExactNeighbours({ features: x, references: all, queries: all, k: 3 }, never);
    const { heads, tails, weights } = buildFuzzyGraph(found);
    const matrix = expected.map((row) => row.map(() => 0));
    weights.forEach((weight, pair) => (matrix[heads[pair]][tails[pair]] += weight));
    matrix.forEach((row, one) => row.forEach((weight, other) => expect(weight).toBeCloseTo(expected[one][other], 4)));
  });

  it('has no pairs for rows without neighbours', () => {
    const none = { k: 1, rows: Int32Array.of(-1), squaredDistances: Float32Array.of(Infinity) };
    expect(buildFuzzyGraph(none).weights).toHaveLength(0);
  });
});

describe('rows among their neighbours', () => {
  const x = groups(4, 30, 8);
  const start = Float32Array.from({ length: 2 * x.rows }, (_, at) => x.data[Math.floor(at / 2) * 8 + (at % 2)]);
  const layOut = (seed: number) =>
    layOutNeighbours({ features: x, rows: x.rows, start, neighbours: search }, contextOf(seed).context);

  it('stand with their group, apart from others, and in the same place for the same seed', () => {
    const { xy, recall } = layOut(1);
    expect(recall).toBe(1);
    expect(xy.every(Number.isFinite)).toBe(true);
    const nearest = (row: number): number => {
      let best = -1;
      let least = Infinity;
      for (let other = 0; other < x.rows; other++) {
        const distance = (xy[2 * row] - xy[2 * other]) ** 2 + (xy[2 * row + 1] - xy[2 * other + 1]) ** 2;
        if (other !== row && distance < least) [least, best] = [distance, other];
      }
      return best;
    };
    const groupOf = (row: number): number => Math.floor(row / 30);
    const together = Array.from({ length: x.rows }, (_, row) => groupOf(nearest(row)) === groupOf(row));
    expect(together.filter(Boolean).length).toBe(x.rows);
    expect(layOut(1).xy).toEqual(xy);
    expect(layOut(2).xy).not.toEqual(xy);
  });

  it('tell how far they are, and stop when they are to', () => {
    const { context, said } = contextOf(1);
    layOutNeighbours({ features: x, rows: 100, start: start.slice(0, 200), neighbours: search }, context);
    expect(said[said.length - 1]).toEqual({ stage: 'layout', done: 500, total: 500 });
    let asked = 0;
    const signal = {
      get cancelled() {
        return asked > 40;
      },
      throwIfCancelled() {
        if (++asked > 40) throw new CancelledError();
      },
    };
    const stopped = contextOf(1, signal);
    expect(() =>
      layOutNeighbours({ features: x, rows: 100, start: start.slice(0, 200), neighbours: search }, stopped.context),
    ).toThrow(CancelledError);
    expect(stopped.said[stopped.said.length - 1]?.done).toBeLessThan(100);
  });

  it('stand somewhere where there is one of them, or all are the same', () => {
    const { context } = contextOf(1);
    const same = { rows: 5, columns: 2, data: new Float64Array(10) };
    const request = { features: same, neighbours: search };
    expect(layOutNeighbours({ ...request, rows: 1, start: new Float32Array(2) }, context).xy).toHaveLength(2);
    const five = layOutNeighbours({ ...request, rows: 5, start: new Float32Array(10) }, context).xy;
    expect(five.every(Number.isFinite)).toBe(true);
  });
});
