import type { CancellationSignal } from '../../../core/base/jobContext';
import { isStored } from '../../../core/base/featureRows';
import { CandidateRanker } from '../../../core/ranking/candidateRanker';
import { measureRecall } from '../../../core/ranking/measureRecall';
import type { NeighbourContext, NeighbourRequest, Neighbours } from '../../../core/ranking/neighbours';
import type { NeighbourTable } from '../../../core/ranking/neighbourTable';
import type { Tensorflow, TensorOps } from '../tensorflowBinding';
import { BestScores } from './bestScores';
import type { AssignRows, CellIndex } from './cellIndex';
import { buildCells } from './cellIndex';
import type { SearchPlan, TriedWidth } from './chooseSearch';
import { chooseSearch } from './chooseSearch';
import type { BlockProducts, Coordinates, ProjectedRows } from './projectedRows';
import { chooseCoordinates, projectRows } from './projectedRows';
import { markRows, rolesOf, unionOf } from './rowRoles';
import { drawSample, SampleTruth } from './sampleTruth';
import type { ReferenceBlock } from './scoreKernel';
import { createReferenceBlock, keepScoreRoom, mostReferences, paddedCount, scoreQueries } from './scoreKernel';
import { exactSeconds, mostApproximateSeconds, searchCosts } from './searchCosts';

/** Share of the sample's true neighbours that a plan has to find: the recall of all is then above 0.95. */
const targetRecall = 0.97;
/** Widths of the projection that are tried, as far as there are so many axes. */
const triedWidths = [16, 32, 64];
/** Rows assigned to cells in one product. */
const assignBlock = 4096;

/**
 * Approximate neighbours on native TensorFlow, for many or wide rows. Rows are projected to their principal axes and divided into cells
 * (an inverted file; Jégou, Douze & Schmid 2011). The queries of a cell are scored against the references of the nearest cells by one
 * product, xᵀy of the projections less half the norm of y in all columns; the best candidates are measured in all columns in
 * float64. How many axes, cells and candidates is chosen so that a seeded sample of queries, whose exact neighbours
 * are found first, gets 97 % of them at the least cost; the recall of the answers on that sample is measured and returned.
 *
 * Null where the plan is expected to take longer than `mostSeconds` or to find too little and exact search is affordable: the caller
 * then searches exactly. Memory: at most 512 MiB of projections, 512 MiB of stored rows afterwards in the same place, 20 MB of scores,
 * 4·queries·candidates bytes for stored rows.
 */
export function findInCells(
  tensorflow: Tensorflow,
  request: NeighbourRequest,
  context: NeighbourContext,
  affordableExactSeconds: number,
  onBlock: (share: number) => void,
): Neighbours | null {
  const { features, queries, references, k } = request;
  const { signal } = context;
  const step =
    (from: number, to: number) =>
    (share: number): void => {
      signal.throwIfCancelled();
      onBlock(from + (to - from) * share);
    };
  const isReference = markRows(features.rows, references);
  const truth = new SampleTruth(request, drawSample(queries.length, context.random));
  const rowOf = unionOf(references, queries);
  const coordinates = chooseCoordinates(features, rowOf.length, context, () => signal.throwIfCancelled());
  const projected = tensorflow.scope((ops) =>
    projectRows(
      request,
      rowOf,
      coordinates,
      { multiply: nativeProducts(ops, coordinates, truth), truth, isReference },
      step(0, 0.15),
    ),
  );
  const known = truth.finish(signal);
  const role = rolesOf(request, projected, isReference);
  const index = tensorflow.scope((ops) =>
    buildCells(projected, role, nativeAssign(ops, signal), context.random, step(0.15, 0.2)),
  );
  const searcher = new CellSearcher(tensorflow, request, projected, index, signal);
  const plan = searcher.plan(truth.sample, known);
  context.log(
    `Neighbours: ${plan.columns} axes, ${plan.probes} of ${index.cells} cells, ${plan.candidates} candidates; ` +
      `about ${plan.seconds.toFixed(1)} s for a recall of ${plan.recall.toFixed(3)}.`,
  );
  const exact = exactSeconds(queries.length, references.length, features.columns, true);
  const satisfactory = plan.recall >= targetRecall && plan.seconds < exact;
  if (!satisfactory && exact <= affordableExactSeconds) return null;
  const searched = isStored(features) ? 0.7 : 1;
  const ranker = searcher.search(plan, step(0.25, searched));
  const table = ranker.finish(step(searched, 1), projected.data.buffer);
  const answer = { k, rows: table.rows, squaredDistances: table.squaredDistances };
  return { ...answer, method: 'approximate', recall: measureRecall(answer, known, truth.sample) };
}

/** The products of {@link projectRows} with the axes, if any, and with the sampled rows. */
function nativeProducts(ops: TensorOps, { mean, axes, width }: Coordinates, truth: SampleTruth): BlockProducts {
  const d = mean.length;
  const directions = axes === null ? null : ops.float32(appendRow(axes.data, width), [d + 1, width]);
  const sampled = truth.sample.length;
  const sample = new Float32Array(sampled * (d + 1));
  for (let s = 0; s < sampled; s++) {
    for (let j = 0; j < d; j++) sample[s * (d + 1) + j] = truth.rows.data[s * d + j] - mean[j];
    sample[s * (d + 1) + d] = 1;
  }
  const left = ops.float32(sample, [sampled, d + 1]);
  return (block, count) => {
    const rows = ops.float32(block, [count, d + 1]);
    const scores = ops.matMul(left, rows, { b: true });
    const projected = directions === null ? null : ops.matMul(rows, directions);
    const products = { scores: ops.readFloat32(scores), coordinates: projected && ops.readFloat32(projected) };
    ops.free(rows, scores);
    if (projected !== null) ops.free(projected);
    return products;
  };
}

/** With a row of zeros: the norms of rows do not belong to their coordinates. */
function appendRow(data: Float64Array, width: number): Float32Array {
  const out = new Float32Array(data.length + width);
  out.set(data);
  return out;
}

function nativeAssign(ops: TensorOps, signal: CancellationSignal): AssignRows {
  return (rows, count, centres, width) => {
    const cells = centres.length / width;
    const out = new Int32Array(count);
    if (cells === 1) return out;
    const stride = width + 1;
    const right = new Float32Array(cells * stride);
    const norms = new Float32Array(cells);
    for (let c = 0; c < cells; c++) {
      let norm = 0;
      for (let j = 0; j < width; j++) {
        const value = centres[c * width + j];
        right[c * stride + j] = value;
        norm += value * value;
      }
      norms[c] = -0.5 * norm;
    }
    // The last number of a row is its own norm: times 0.
    const [matrix, bias] = [ops.float32(right, [cells, stride]), ops.float32(norms, [1, cells])];
    for (let from = 0; from < count; from += assignBlock) {
      const height = Math.min(assignBlock, count - from);
      const block = ops.float32(rows.subarray(from * stride, (from + height) * stride), [height, stride]);
      const products = ops.matMul(block, matrix, { b: true });
      const scores = ops.add(products, bias);
      const best = ops.argMax(scores);
      out.set(ops.readInt32(best), from);
      ops.free(block, products, scores, best);
      signal.throwIfCancelled();
    }
    ops.free(matrix, bias);
    return out;
  };
}

/** Searches cells; knows where each row lies. */
class CellSearcher {
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

  /** Tries projections on the sample, and chooses. */
  plan(sample: Int32Array, known: NeighbourTable): SearchPlan {
    const { queries, features, k } = this.#request;
    const { rowOf, duplicates, width } = this.#projected;
    const { cells, nearest } = this.#index;
    const positionOf = new Int32Array(features.rows).fill(-1);
    rowOf.forEach((row, position) => {
      positionOf[row] = position;
    });
    const cellOf = (position: number): number => upperBound(this.#index.starts, position) - 1;
    const placeOf = new Int32Array(cells);
    const pairs: { readonly s: number; readonly position: number }[] = [];
    const cellPlaces: number[] = [];
    sample.forEach((q, s) => {
      const own = positionOf[queries[q]];
      const home = cellOf(own);
      if (home >= cells) return;
      for (let at = 0; at < cells; at++) placeOf[nearest[home * cells + at]] = at;
      for (let at = s * k; at < (s + 1) * k && known.rows[at] >= 0; at++) {
        const position = positionOf[known.rows[at]];
        const cell = cellOf(position);
        const isSame = duplicates.first(known.rows[at]) === duplicates.first(queries[q]);
        if (isSame || cell >= cells || position >= this.#index.referenceEnds[cell]) continue;
        pairs.push({ s, position });
        cellPlaces.push(placeOf[cell]);
      }
    });
    const most = Math.max(4 * k + 8, 64);
    const positions = sample.map((q) => positionOf[queries[q]]);
    const tried: TriedWidth[] = [];
    for (const columns of [...triedWidths.filter((tryWidth) => tryWidth < width), width]) {
      tried.push({ columns, places: this.#placesOf(pairs, positions, columns, most) });
    }
    const { pairs: pairsOf, loaded } = this.#countPairs();
    return chooseSearch({
      widths: tried,
      cellPlaces: Int32Array.from(cellPlaces),
      cells,
      candidates: [k + 2, most],
      target: targetRecall,
      mostSeconds: mostApproximateSeconds(queries.length),
      secondsOf: ({ columns, probes, candidates }) =>
        pairsOf[probes] * ((columns + 1) * searchCosts.nativeMultiplyAdd + searchCosts.nativeScore) +
        loaded[probes] * (columns + 1) * searchCosts.loadedNumber +
        queries.length * candidates * (features.columns * searchCosts.measuredColumn + searchCosts.candidate),
    });
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
      const best = new BestScores(positions.length, most + 1);
      const all = Int32Array.from({ length: this.#index.cells }, (_, c) => c);
      const operand = this.#queryOperand(positions, columns);
      this.#loadReferences(ops, all, columns, (block) => {
        scoreQueries(ops, operand, positions.length, [block], best, () => this.#signal.throwIfCancelled());
        ops.free(block.tensor);
      });
      return Float64Array.from(pairs, ({ s, position }) => {
        const found = best.best(s);
        let place = 0;
        for (const other of found) {
          if (other === position) return place;
          if (other !== positions[s]) place++;
        }
        return Infinity;
      });
    });
  }

  /** Pairs scored and references loaded when so many cells are looked into for each cell; entry 0 is 0. */
  #countPairs(): { readonly pairs: Float64Array; readonly loaded: Float64Array } {
    const { cells, starts, referenceEnds, nearest } = this.#index;
    const pairs = new Float64Array(cells + 1);
    const loaded = new Float64Array(cells + 1);
    for (let home = 0; home < cells; home++) {
      const asked = this.#askedIn(home).length;
      if (asked === 0) continue;
      for (let at = 0; at < cells; at++) {
        const cell = nearest[home * cells + at];
        const references = referenceEnds[cell] - starts[cell];
        pairs[at + 1] += asked * references;
        loaded[at + 1] += references;
      }
    }
    for (let probes = 1; probes <= cells; probes++) {
      pairs[probes] += pairs[probes - 1];
      loaded[probes] += loaded[probes - 1];
    }
    // All cells are loaded once for all.
    loaded[cells] = 0;
    return { pairs, loaded };
  }

  /** Positions in a cell that are asked about. */
  #askedIn(cell: number): Int32Array {
    const { starts } = this.#index;
    const { rowOf } = this.#projected;
    return Int32Array.from({ length: starts[cell + 1] - starts[cell] }, (_, i) => starts[cell] + i).filter(
      (position) => this.#queryOf[rowOf[position]] >= 0,
    );
  }

  search({ columns, probes, candidates }: SearchPlan, onBlock: (share: number) => void): CandidateRanker {
    const { cells, nearest, starts } = this.#index;
    const { rowOf, duplicates } = this.#projected;
    // One more: the query itself.
    const c = candidates + 1;
    const ranker = new CandidateRanker(this.#request, duplicates, c);
    const batch = 2048;
    const best = new BestScores(batch, c);
    const found = new Int32Array(c);
    this.#tensorflow.scope((outer) => {
      keepScoreRoom(outer);
      const all: ReferenceBlock[] = [];
      if (probes === cells) {
        const every = Int32Array.from({ length: cells }, (_, cell) => cell);
        this.#loadReferences(outer, every, columns, (block) => all.push(block));
      }
      for (let home = 0; home < cells; home++) {
        const asked = this.#askedIn(home).filter((position) => !ranker.isComplete(this.#queryOf[rowOf[position]]));
        if (asked.length === 0) continue;
        this.#tensorflow.scope((ops) => {
          const blocks = probes === cells ? all : [];
          const probed = nearest.subarray(home * cells, home * cells + probes);
          if (probes < cells) this.#loadReferences(ops, probed, columns, (block) => blocks.push(block));
          for (let from = 0; from < asked.length; from += batch) {
            const part = asked.subarray(from, from + batch);
            best.clear(part.length);
            scoreQueries(ops, this.#queryOperand(part, columns), part.length, blocks, best, () =>
              this.#signal.throwIfCancelled(),
            );
            part.forEach((position, i) => {
              const positions = best.best(i);
              positions.forEach((other, at) => {
                found[at] = rowOf[other];
              });
              ranker.offer(this.#queryOf[rowOf[position]], found.subarray(0, positions.length));
              if (i % 128 === 127) this.#signal.throwIfCancelled();
            });
          }
        });
        onBlock(starts[home + 1] / starts[cells]);
      }
    });
    return ranker;
  }

  /** The references of some cells along the first `columns` axes, in blocks. */
  #loadReferences(ops: TensorOps, cells: Int32Array, columns: number, visit: (block: ReferenceBlock) => void): void {
    const { starts, referenceEnds } = this.#index;
    const { data, width } = this.#projected;
    let total = 0;
    for (const cell of cells) total += referenceEnds[cell] - starts[cell];
    const stride = columns + 1;
    let rows = new Float32Array(0);
    let positions = new Int32Array(0);
    let filled = 0;
    let left = total;
    for (const cell of cells) {
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
      this.#signal.throwIfCancelled();
    }
  }

  #queryOperand(positions: Int32Array, columns: number): Float32Array {
    const { data, width } = this.#projected;
    const stride = columns + 1;
    const out = new Float32Array(positions.length * stride);
    positions.forEach((position, i) => {
      const at = position * (width + 1);
      for (let j = 0; j < columns; j++) out[i * stride + j] = data[at + j];
      out[i * stride + columns] = 1;
    });
    return out;
  }
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
