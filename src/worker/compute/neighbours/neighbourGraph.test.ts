import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/base/random';
import { DuplicateFinder } from '../../../core/ranking/duplicateRows';
import type { CellIndex } from './cellIndex';
import { NeighbourGraph } from './neighbourGraph';
import type { ProjectedRows } from './projectedRows';

const [rows, width, capacity] = [700, 6, 12];
const queriesOnly = 100;

/** Rows of one cell; the last hundred are only asked about. `outlier`: row 0 is so many times as long. */
function prepare(outlier: number): {
  projected: ProjectedRows;
  index: CellIndex;
  distance: (a: number, b: number) => number;
} {
  const random = createRandom(4);
  const data = new Float32Array(rows * (width + 1));
  for (let p = 0; p < rows; p++) {
    let norm = 0;
    for (let j = 0; j < width; j++) {
      const value = Math.fround(random.normal() * (p === 0 ? outlier : 1));
      data[p * (width + 1) + j] = value;
      norm += value * value;
    }
    data[p * (width + 1) + width] = -0.5 * norm;
  }
  const index: CellIndex = {
    cells: 1,
    starts: Int32Array.of(0, rows),
    referenceEnds: Int32Array.of(rows - queriesOnly),
    centres: new Float32Array(width),
  };
  const rowOf = Int32Array.from({ length: rows }, (_, p) => p);
  const distance = (a: number, b: number): number => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (data[a * (width + 1) + j] - data[b * (width + 1) + j]) ** 2;
    return sum;
  };
  return { projected: { rowOf, data, width, duplicates: new DuplicateFinder(1).finish() }, index, distance };
}

function listsAfter(rounds: number, outlier: number): { lists: Int32Array[]; recall: number } {
  const { projected, index, distance } = prepare(outlier);
  const graph = new NeighbourGraph(projected, index, width, capacity);
  const random = createRandom(5);
  for (let p = 0; p < rows; p++) {
    graph.add(
      p,
      Int32Array.from({ length: capacity }, () => random.integer(rows - queriesOnly)),
    );
  }
  const shares: number[] = [];
  for (let round = 0; round < rounds; round++) graph.refine((share) => shares.push(share));
  if (rounds > 0) expect(shares.at(-1)).toBe(1);
  let hits = 0;
  const lists = Array.from({ length: rows }, (_, p) => {
    const list = new Int32Array(capacity);
    graph.copyList(p, list);
    const others = Array.from({ length: rows - queriesOnly }, (_, o) => o).filter((o) => o !== p);
    const nearest = others.sort((a, b) => distance(p, a) - distance(p, b)).slice(0, capacity);
    hits += nearest.filter((o) => list.includes(o)).length;
    return list;
  });
  return { lists, recall: hits / rows / capacity };
}

describe('NeighbourGraph', () => {
  it('comes from any rows to the nearest ones within some rounds, the same every time', () => {
    const start = listsAfter(0, 1);
    expect(start.recall).toBeLessThan(0.1);
    const [one, five] = [listsAfter(1, 1), listsAfter(5, 1)];
    expect(one.recall).toBeGreaterThan(2 * start.recall);
    expect(five.recall).toBeGreaterThan(0.97);
    expect(listsAfter(5, 1).lists).toEqual(five.lists);
  });

  it('lists references only, none twice, never the row itself, nearest first', () => {
    const { distance } = prepare(1);
    listsAfter(5, 1).lists.forEach((list, p) => {
      const found = [...list];
      expect(new Set(found).size).toBe(capacity);
      expect(found.every((other) => other !== p && other >= 0 && other < rows - queriesOnly)).toBe(true);
      const distances = found.map((other) => distance(p, other));
      // To 15 bits of the longest row.
      distances.slice(1).forEach((value, at) => expect(value).toBeGreaterThan(distances[at] - 0.01));
    });
  });

  it('marks what is missing', () => {
    const { projected, index } = prepare(1);
    const graph = new NeighbourGraph(projected, index, width, capacity);
    graph.add(650, Int32Array.of(3, 650, 3, 9));
    const list = new Int32Array(capacity);
    graph.copyList(650, list);
    expect([...list].sort((a, b) => b - a).slice(0, 3)).toEqual([9, 3, -1]);
    graph.copyList(3, list);
    expect(list.every((position) => position === -1)).toBe(true);
  });

  it('is not spoilt by an outlier', () => {
    expect(listsAfter(6, 1e6).recall).toBeGreaterThan(0.97);
  });
});
