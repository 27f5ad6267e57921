import { countBelow } from '../../../core/base/statistics';
import type { CancellationSignal } from '../../../core/job/jobContext';
import type { NeighbourRequest } from '../../../core/ranking/neighbours/neighbours';
import type { NeighbourTable } from '../../../core/ranking/neighbours/neighbourTable';
import type { Tensorflow } from '../native/tensorflowBinding';
import type { CellIndex } from './cellIndex';
import { loadReferences, queryOperand } from './cellOperands';
import type { SearchPlan, TriedWidth } from './chooseSearch';
import { chooseSearch } from './chooseSearch';
import type { ProjectedRows } from './projectedRows';
import type { ReferenceBlock } from './scoreKernel';
import { blocksTogether, createBestLists, scoreQueries } from './scoreKernel';
import { mostApproximateSeconds, mostCandidates, searchCosts } from './searchCosts';

/** Share of the sample's true neighbours that a plan has to find: the recall of all is then above 0.95. */
export const targetRecall = 0.97;
/** Widths of the projection that are tried besides the widest. */
const triedWidths = [16, 32, 64];

/** Rows to plan a search of: a sample of the queries, whose exact neighbours are known. */
interface PlannedRows {
  readonly projected: ProjectedRows;
  readonly index: CellIndex;
  /** Positions in the request's queries. */
  readonly sample: Int32Array;
  readonly known: NeighbourTable;
}

/** A true neighbour of row s of the sample. */
interface KnownPair {
  readonly s: number;
  readonly position: number;
}

/** Tries projections on the sample and chooses one, and how much to look at. O(sample·(references + cells)·width). */
export function planSearch(
  tensorflow: Tensorflow,
  { queries, features, k }: NeighbourRequest,
  { projected, index, sample, known }: PlannedRows,
  signal: CancellationSignal,
): SearchPlan {
  const { rowOf, duplicates, width } = projected;
  const { cells, starts, referenceEnds } = index;
  const positionOf = new Int32Array(features.rows).fill(-1);
  rowOf.forEach((row, position) => {
    positionOf[row] = position;
  });
  const positions = sample.map((q) => positionOf[queries[q]]);
  const placeOf = new Int32Array(cells);
  const pairs: KnownPair[] = [];
  const cellPlaces: number[] = [];
  // References in the nearest cells, in the mean over the sample.
  const looked = new Float64Array(cells + 1);
  sample.forEach((q, s) => {
    signal.throwIfCancelled();
    let references = 0;
    orderCells(projected, index, positions[s]).forEach((cell, place) => {
      placeOf[cell] = place;
      references += referenceEnds[cell] - starts[cell];
      looked[place + 1] += references / sample.length;
    });
    for (let at = s * k; at < (s + 1) * k && known.rows[at] >= 0; at++) {
      const position = positionOf[known.rows[at]];
      const cell = countBelow(starts, position + 1) - 1;
      const isSame = duplicates.first(known.rows[at]) === duplicates.first(queries[q]);
      // Duplicates are found without a search.
      if (isSame || cell >= cells || position >= referenceEnds[cell]) continue;
      pairs.push({ s, position });
      cellPlaces.push(placeOf[cell]);
    }
  });
  const most = mostCandidates(queries.length, k);
  const options = {
    cellPlaces: Int32Array.from(cellPlaces),
    cells,
    candidates: [k + 2, most] as const,
    target: targetRecall,
    mostSeconds: mostApproximateSeconds(queries.length),
    secondsOf: ({ columns, probes, candidates }: Omit<SearchPlan, 'recall' | 'seconds'>): number => {
      const score = (columns + 1) * searchCosts.nativeMultiplyAdd + searchCosts.nativeScore;
      const measuring = candidates * (features.columns * searchCosts.measuredColumn + searchCosts.candidate);
      const choosing = probes === cells ? 0 : searchCosts.query + cells * searchCosts.cell;
      return queries.length * (looked[probes] * score + measuring + choosing);
    },
  };
  const tryWidths = (columns: readonly number[]): TriedWidth[] => {
    const places = placesOf(tensorflow, { projected, index, positions, pairs }, columns, most, signal);
    return columns.map((tried, i) => ({ columns: tried, places: places[i] }));
  };
  const narrow = triedWidths.filter((columns) => columns < width);
  if (narrow.length === 0) return chooseSearch({ ...options, widths: tryWidths([width]) });
  const widths = tryWidths(narrow);
  const plan = chooseSearch({ ...options, widths });
  const probes = fewestProbes(options.cellPlaces, cells);
  const widest = { columns: width, probes, candidates: k + 2 };
  // The widest projection needs no fewer cells and no fewer candidates than that.
  if (plan.recall >= targetRecall && plan.seconds <= options.secondsOf(widest)) return plan;
  return chooseSearch({ ...options, widths: [...widths, ...tryWidths([width])] });
}

/** Cells that have to be looked into to find enough of the true neighbours in them. */
function fewestProbes(cellPlaces: Int32Array, cells: number): number {
  const sorted = cellPlaces.slice().sort();
  const wanted = Math.ceil(targetRecall * sorted.length);
  return wanted === 0 ? 1 : Math.min(cells, sorted[wanted - 1] + 1);
}

/** The cells by the distance of their centres from a row. */
function orderCells({ data, width }: ProjectedRows, { centres, cells }: CellIndex, position: number): Int32Array {
  const distances = new Float64Array(cells);
  for (let c = 0; c < cells; c++) {
    for (let j = 0; j < width; j++) {
      distances[c] += (data[position * (width + 1) + j] - centres[c * width + j]) ** 2;
    }
  }
  return Int32Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b] || a - b);
}

/**
 * For each width the place of each true neighbour among all references as that projection sees them; ∞ beyond `most`.
 */
function placesOf(
  tensorflow: Tensorflow,
  {
    projected,
    index,
    positions,
    pairs,
  }: {
    readonly projected: ProjectedRows;
    readonly index: CellIndex;
    readonly positions: Int32Array;
    readonly pairs: readonly KnownPair[];
  },
  widths: readonly number[],
  most: number,
  signal: CancellationSignal,
): Float64Array[] {
  const widest = Math.max(...widths);
  const tried = widths.map((used) => ({
    operand: queryOperand(projected, positions, widest, used),
    best: createBestLists(positions.length, most + 1),
  }));
  tensorflow.scope((ops) => {
    let blocks: ReferenceBlock[] = [];
    const score = (): void => {
      for (const { operand, best } of tried) {
        scoreQueries(ops, operand, positions.length, blocks, best, () => signal.throwIfCancelled());
      }
      ops.free(...blocks.map(({ tensor }) => tensor));
      blocks = [];
    };
    loadReferences(ops, projected, index, { first: 0, last: index.cells }, widest, (block) => {
      if (blocks.push(block) === blocksTogether) score();
    });
    if (blocks.length > 0) score();
  });
  return tried.map(({ best }) => {
    let held = -1;
    const placeOf = new Map<number, number>();
    return Float64Array.from(pairs, ({ s, position }) => {
      if (s !== held) {
        held = s;
        placeOf.clear();
        for (const other of best.best(s)) if (other !== positions[s]) placeOf.set(other, placeOf.size);
      }
      return placeOf.get(position) ?? Infinity;
    });
  });
}
