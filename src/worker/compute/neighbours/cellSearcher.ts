import type { CancellationSignal } from '../../../core/job/jobContext';
import type { CandidateRanker } from '../../../core/ranking/neighbours/candidateRanker';
import type { NeighbourRequest } from '../../../core/ranking/neighbours/neighbours';
import type { Tensorflow } from '../native/tensorflowBinding';
import type { BestLists } from './bestLists';
import type { CellIndex } from './cellIndex';
import { loadReferences, queryOperand } from './cellOperands';
import type { SearchPlan } from './chooseSearch';
import { createCentreScores } from './nativeProducts';
import type { ProjectedRows } from './projectedRows';
import type { ReferenceBlock } from './scoreKernel';
import { createBestLists, mostScores, scoreQueries, scoreSomeQueries } from './scoreKernel';

/** Queries scored together where all cells are looked into, and at most where one is. */
const queryBatch = 2048;
const mostCellQueries = 4096;
/** Rows whose nearest cells are found together, and cells whose queries are. */
const rankedRows = 2048;
const comparedRows = 16_384;
const cellGroup = 16;

/** Searches cells over native TensorFlow as a plan says. */
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
      const blocks: ReferenceBlock[] = [];
      const all = { first: 0, last: this.#index.cells };
      loadReferences(ops, this.#projected, this.#index, all, plan.columns, (block) => blocks.push(block));
      for (let from = 0; from < asked.length; from += queryBatch) {
        const part = asked.subarray(from, from + queryBatch);
        best.clear(part.length);
        scoreQueries(ops, queryOperand(this.#projected, part, plan.columns), part.length, blocks, best, () =>
          this.#signal.throwIfCancelled(),
        );
        this.#copyBest(best, part, candidates);
        onBlock((from + part.length) / asked.length);
      }
    });
    // Rows of a cell are near each other; those of one that holds all are in no order.
    const order = this.#index.cells === 1 ? null : asked.map((position) => this.#queryOf[rowOf[position]]);
    ranker.offerAll(candidates, order, ignore);
  }

  /**
   * The rows in the first lists, which belong to the queries at these positions, to their places among the candidates
   * of all.
   */
  #copyBest(best: BestLists, positions: Int32Array, candidates: Int32Array): void {
    const { rowOf } = this.#projected;
    for (let i = 0; i < positions.length; i++) {
      const found = best.best(i);
      const to = this.#queryOf[rowOf[positions[i]]] * best.c;
      for (let at = 0; at < found.length; at++) candidates[to + at] = rowOf[found[at]];
    }
  }

  /** The references of each cell against the queries to which it is among the nearest cells. */
  #searchNear(asked: Int32Array, plan: SearchPlan, ranker: CandidateRanker, onBlock: (share: number) => void): void {
    const { rowOf } = this.#projected;
    const { cells } = this.#index;
    const { queries } = this.#request;
    const best = createBestLists(queries.length, plan.candidates + 1);
    const searchShare = 0.9;
    const limits = this.#limitsOf(asked, plan.probes);
    for (let first = 0; first < cells; first += cellGroup) {
      const last = Math.min(cells, first + cellGroup);
      const lists = this.#nearTo(asked, limits, first, last);
      lists.forEach((positions, i) => {
        this.#searchCell(first + i, positions, plan.columns, best);
        onBlock((searchShare * (first + i + 1)) / cells);
      });
    }
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
        const scores = scoresOf(queryOperand(this.#projected, part, width), part.length);
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
        const scores = scoresOf(queryOperand(this.#projected, part, width), part.length);
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
      loadReferences(ops, this.#projected, this.#index, { first: cell, last: cell + 1 }, columns, (block) => {
        const room = Math.floor(mostScores / block.tensor.shape[0]);
        const height = Math.max(16, Math.min(mostCellQueries, room));
        for (let from = 0; from < positions.length; from += height) {
          const part = positions.subarray(from, from + height);
          const places = part.map((position) => this.#queryOf[rowOf[position]]);
          scoreSomeQueries(ops, queryOperand(this.#projected, part, columns), places, block, best);
          this.#signal.throwIfCancelled();
        }
        ops.free(block.tensor);
      });
    });
  }
}

const ignore = (): void => undefined;

function grow(list: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * list.length);
  longer.set(list);
  return longer;
}
