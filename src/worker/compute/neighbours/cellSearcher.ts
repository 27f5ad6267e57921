import type { CancellationSignal } from '../../../core/base/jobContext';
import type { CandidateRanker } from '../../../core/ranking/candidateRanker';
import type { NeighbourRequest } from '../../../core/ranking/neighbours';
import type { NeighbourTable } from '../../../core/ranking/neighbourTable';
import type { Tensorflow, TensorOps } from '../tensorflowBinding';
import type { BestLists } from './bestLists';
import type { CellIndex } from './cellIndex';
import type { SearchPlan, TriedWidth } from './chooseSearch';
import { chooseSearch } from './chooseSearch';
import { createCentreScores } from './nativeProducts';
import type { ProjectedRows } from './projectedRows';
import type { ReferenceBlock } from './scoreKernel';
import {
  createBestLists,
  createReferenceBlock,
  keepScoreRoom,
  mostReferences,
  mostScores,
  paddedCount,
  scoreQueries,
  scoreSomeQueries,
} from './scoreKernel';
import { mostApproximateSeconds, mostCandidates, searchCosts } from './searchCosts';

/** Share of the sample's true neighbours that a plan has to find: the recall of all is then above 0.95. */
export const targetRecall = 0.97;
/** Widths of the projection that are tried besides the widest. */
const triedWidths = [16, 32, 64];
/** Queries scored together where all cells are looked into, and at most where one is. */
const queryBatch = 2048;
const mostCellQueries = 4096;
/** Rows whose nearest cells are found together, and cells whose queries are. */
const rankedRows = 2048;
const comparedRows = 16_384;
const cellGroup = 16;

/** Searches cells over native TensorFlow: chooses how, and does it. */
export class CellSearcher {
  readonly #tensorflow: Tensorflow;
  readonly #request: NeighbourRequest;
  readonly #projected: ProjectedRows;
  readonly #index: CellIndex;
  readonly #signal: CancellationSignal;
  /** Position in the request's queries of each row, −1 = not asked about. */
  readonly #queryOf: Int32Array;

  constructor(
    tensorflow: Tensorflow,
    request: NeighbourRequest,
    projected: ProjectedRows,
    index: CellIndex,
    signal: CancellationSignal,
  ) {
    this.#tensorflow = tensorflow;
    this.#request = request;
    this.#projected = projected;
    this.#index = index;
    this.#signal = signal;
    this.#queryOf = new Int32Array(request.features.rows).fill(-1);
    request.queries.forEach((row, q) => {
      this.#queryOf[row] = q;
    });
  }

  /** Tries projections on the sample, whose neighbours are known, and chooses. */
  plan(sample: Int32Array, known: NeighbourTable): SearchPlan {
    const { queries, features, k } = this.#request;
    const { rowOf, duplicates, width } = this.#projected;
    const { cells, starts, referenceEnds } = this.#index;
    const positionOf = new Int32Array(features.rows).fill(-1);
    rowOf.forEach((row, position) => {
      positionOf[row] = position;
    });
    const cellOf = (position: number): number => upperBound(starts, position) - 1;
    const placeOf = new Int32Array(cells);
    const pairs: { readonly s: number; readonly position: number }[] = [];
    const cellPlaces: number[] = [];
    // References in the nearest cells, in the mean over the sample.
    const looked = new Float64Array(cells + 1);
    sample.forEach((q, s) => {
      this.#signal.throwIfCancelled();
      const own = positionOf[queries[q]];
      let references = 0;
      this.#orderCells(own).forEach((cell, place) => {
        placeOf[cell] = place;
        references += referenceEnds[cell] - starts[cell];
        looked[place + 1] += references / sample.length;
      });
      for (let at = s * k; at < (s + 1) * k && known.rows[at] >= 0; at++) {
        const position = positionOf[known.rows[at]];
        const cell = cellOf(position);
        const isSame = duplicates.first(known.rows[at]) === duplicates.first(queries[q]);
        // Duplicates are found without a search.
        if (isSame || cell >= cells || position >= referenceEnds[cell]) continue;
        pairs.push({ s, position });
        cellPlaces.push(placeOf[cell]);
      }
    });
    const most = mostCandidates(queries.length, k);
    const positions = sample.map((q) => positionOf[queries[q]]);
    const tried: TriedWidth[] = [];
    for (const columns of [...triedWidths.filter((tryWidth) => tryWidth < width), width]) {
      tried.push({ columns, places: this.#placesOf(pairs, positions, columns, most) });
    }
    return chooseSearch({
      widths: tried,
      cellPlaces: Int32Array.from(cellPlaces),
      cells,
      candidates: [k + 2, most],
      target: targetRecall,
      mostSeconds: mostApproximateSeconds(queries.length),
      secondsOf: ({ columns, probes, candidates }) => {
        const score = (columns + 1) * searchCosts.nativeMultiplyAdd + searchCosts.nativeScore;
        const measuring = candidates * (features.columns * searchCosts.measuredColumn + searchCosts.candidate);
        const choosing = probes === cells ? 0 : searchCosts.query + cells * searchCosts.cell;
        return queries.length * (looked[probes] * score + measuring + choosing);
      },
    });
  }

  /** The cells by the distance of their centres from a row. */
  #orderCells(position: number): Int32Array {
    const { data, width } = this.#projected;
    const { centres, cells } = this.#index;
    const distances = new Float64Array(cells);
    for (let c = 0; c < cells; c++) {
      for (let j = 0; j < width; j++) {
        distances[c] += (data[position * (width + 1) + j] - centres[c * width + j]) ** 2;
      }
    }
    return Int32Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b] || a - b);
  }

  /** Place of each true neighbour among all references as a projection sees them; ∞ beyond `most`. */
  #placesOf(
    pairs: readonly { readonly s: number; readonly position: number }[],
    positions: Int32Array,
    columns: number,
    most: number,
  ): Float64Array {
    return this.#tensorflow.scope((ops) => {
      keepScoreRoom(ops);
      const best = createBestLists(positions.length, most + 1);
      const operand = this.#queryOperand(positions, columns);
      this.#loadReferences(ops, 0, this.#index.cells, columns, (block) => {
        scoreQueries(ops, operand, positions.length, [block], best, () => this.#signal.throwIfCancelled());
        ops.free(block.tensor);
      });
      return Float64Array.from(pairs, ({ s, position }) => {
        let place = 0;
        for (const other of best.best(s)) {
          if (other === position) return place;
          if (other !== positions[s]) place++;
        }
        return Infinity;
      });
    });
  }

  /** Offers the candidates of all queries that need any; `ranker` takes one more than the plan's: the query itself. */
  search(plan: SearchPlan, ranker: CandidateRanker, onBlock: (share: number) => void): void {
    const { rowOf } = this.#projected;
    const { starts, cells } = this.#index;
    const asked = Int32Array.from({ length: starts[cells] }, (_, position) => position).filter((position) => {
      const q = this.#queryOf[rowOf[position]];
      return q >= 0 && !ranker.isComplete(q);
    });
    if (plan.probes === cells) this.#searchAll(asked, plan, ranker, onBlock);
    else this.#searchNear(asked, plan, ranker, onBlock);
  }

  /** Every query against every reference. */
  #searchAll(asked: Int32Array, plan: SearchPlan, ranker: CandidateRanker, onBlock: (share: number) => void): void {
    const { rowOf } = this.#projected;
    const c = plan.candidates + 1;
    const best = createBestLists(queryBatch, c);
    const candidates = new Int32Array(this.#request.queries.length * c).fill(-1);
    this.#tensorflow.scope((ops) => {
      keepScoreRoom(ops);
      const blocks: ReferenceBlock[] = [];
      this.#loadReferences(ops, 0, this.#index.cells, plan.columns, (block) => blocks.push(block));
      for (let from = 0; from < asked.length; from += queryBatch) {
        const part = asked.subarray(from, from + queryBatch);
        best.clear(part.length);
        scoreQueries(ops, this.#queryOperand(part, plan.columns), part.length, blocks, best, () =>
          this.#signal.throwIfCancelled(),
        );
        part.forEach((position, i) => {
          const first = this.#queryOf[rowOf[position]] * c;
          best.best(i).forEach((other, at) => {
            candidates[first + at] = rowOf[other];
          });
        });
        onBlock((from + part.length) / asked.length);
      }
    });
    const order = asked.map((position) => this.#queryOf[rowOf[position]]);
    ranker.offerAll(candidates, order, ignore);
  }

  /** The references of each cell against the queries to which it is among the nearest cells. */
  #searchNear(asked: Int32Array, plan: SearchPlan, ranker: CandidateRanker, onBlock: (share: number) => void): void {
    const { rowOf } = this.#projected;
    const { cells } = this.#index;
    const { queries } = this.#request;
    const best = createBestLists(queries.length, plan.candidates + 1);
    const searchShare = 0.9;
    this.#tensorflow.scope((outer) => {
      keepScoreRoom(outer);
      const limits = this.#limitsOf(asked, plan.probes);
      for (let first = 0; first < cells; first += cellGroup) {
        const last = Math.min(cells, first + cellGroup);
        const lists = this.#nearTo(asked, limits, first, last);
        lists.forEach((positions, i) => {
          this.#searchCell(first + i, positions, plan.columns, best);
          onBlock((searchShare * (first + i + 1)) / cells);
        });
      }
    });
    const positions = best.takePositions();
    for (let at = 0; at < positions.length; at++) positions[at] = positions[at] < 0 ? -1 : rowOf[positions[at]];
    const order = asked.map((position) => this.#queryOf[rowOf[position]]);
    ranker.offerAll(positions, order, (share) => onBlock(searchShare + (1 - searchShare) * share));
  }

  /** For each row the score of the last of its nearest cells. */
  #limitsOf(asked: Int32Array, probes: number): Float32Array {
    const { width } = this.#projected;
    const limits = new Float32Array(asked.length);
    this.#tensorflow.scope((ops) => {
      const scoresOf = createCentreScores(ops, this.#index.centres, width);
      for (let from = 0; from < asked.length; from += rankedRows) {
        const part = asked.subarray(from, from + rankedRows);
        const scores = scoresOf(this.#queryOperand(part, width), part.length);
        const { values, columns } = ops.topK(scores, probes);
        const best = ops.readFloat32(values);
        part.forEach((_, i) => {
          limits[from + i] = best[(i + 1) * probes - 1];
        });
        ops.free(scores, values, columns);
        this.#signal.throwIfCancelled();
      }
    });
    return limits;
  }

  /** For each of the cells [first, last) the rows whose limit its centre reaches. */
  #nearTo(asked: Int32Array, limits: Float32Array, first: number, last: number): Int32Array[] {
    const { width } = this.#projected;
    const lists = Array.from({ length: last - first }, () => new Int32Array(1024));
    const counts = new Int32Array(last - first);
    this.#tensorflow.scope((ops) => {
      const scoresOf = createCentreScores(ops, this.#index.centres.subarray(first * width, last * width), width);
      for (let from = 0; from < asked.length; from += comparedRows) {
        const part = asked.subarray(from, from + comparedRows);
        const scores = scoresOf(this.#queryOperand(part, width), part.length);
        const data = ops.readFloat32(scores);
        ops.free(scores);
        for (let i = 0, at = 0; i < part.length; i++) {
          const limit = limits[from + i];
          for (let cell = 0; cell < counts.length; cell++, at++) {
            if (data[at] < limit) continue;
            if (counts[cell] === lists[cell].length) lists[cell] = grow(lists[cell]);
            lists[cell][counts[cell]++] = part[i];
          }
        }
        this.#signal.throwIfCancelled();
      }
    });
    return lists.map((list, cell) => list.subarray(0, counts[cell]));
  }

  /** `best` is by position in the request's queries. */
  #searchCell(cell: number, positions: Int32Array, columns: number, best: BestLists): void {
    const { rowOf } = this.#projected;
    if (positions.length === 0) return;
    this.#tensorflow.scope((ops) => {
      this.#loadReferences(ops, cell, cell + 1, columns, (block) => {
        const room = Math.floor(mostScores / block.tensor.shape[0]);
        const height = Math.max(16, Math.min(mostCellQueries, room));
        for (let from = 0; from < positions.length; from += height) {
          const part = positions.subarray(from, from + height);
          const places = part.map((position) => this.#queryOf[rowOf[position]]);
          scoreSomeQueries(ops, this.#queryOperand(part, columns), places, block, best);
          this.#signal.throwIfCancelled();
        }
        ops.free(block.tensor);
      });
    });
  }

  /** The references of the cells [first, last) along the first `columns` axes, in blocks. */
  #loadReferences(
    ops: TensorOps,
    first: number,
    last: number,
    columns: number,
    visit: (block: ReferenceBlock) => void,
  ): void {
    const { starts, referenceEnds } = this.#index;
    const { data, width } = this.#projected;
    let left = 0;
    for (let cell = first; cell < last; cell++) left += referenceEnds[cell] - starts[cell];
    const stride = columns + 1;
    let rows = new Float32Array(0);
    let positions = new Int32Array(0);
    let filled = 0;
    for (let cell = first; cell < last; cell++) {
      for (let position = starts[cell]; position < referenceEnds[cell]; position++) {
        if (filled === 0) {
          const size = Math.min(left, mostReferences);
          rows = new Float32Array(paddedCount(size) * stride);
          positions = new Int32Array(size);
        }
        const at = position * (width + 1);
        for (let j = 0, to = filled * stride; j < columns; j++) rows[to++] = data[at + j];
        rows[filled * stride + columns] = data[at + width];
        positions[filled++] = position;
        left--;
        if (filled === positions.length) {
          visit(createReferenceBlock(ops, rows, stride, positions));
          filled = 0;
        }
      }
    }
  }

  /** Rows [x, 1] along the first `columns` axes. */
  #queryOperand(positions: Int32Array, columns: number): Float32Array {
    const { data, width } = this.#projected;
    const stride = columns + 1;
    const out = new Float32Array(positions.length * stride);
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i] * (width + 1);
      for (let j = 0, to = i * stride; j < columns; j++) out[to++] = data[at + j];
      out[i * stride + columns] = 1;
    }
    return out;
  }
}

const ignore = (): void => undefined;

function grow(list: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * list.length);
  longer.set(list);
  return longer;
}

/** How many entries of an ascending array are at most `value`. */
function upperBound(ascending: Int32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
