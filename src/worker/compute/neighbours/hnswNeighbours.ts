import type * as Usearch from 'usearch';
import { createFloat32Rows } from '../../../core/base/featureRows';
import { countBelow } from '../../../core/base/statistics';
import { CandidateRanker } from '../../../core/ranking/neighbours/candidateRanker';
import { findExactNeighbours } from '../../../core/ranking/neighbours/exactNeighbours';
import { measureRecall } from '../../../core/ranking/neighbours/measureRecall';
import type { NeighbourContext, NeighbourRequest, Neighbours } from '../../../core/ranking/neighbours/neighbours';
import { moduleRequire } from '../../moduleRequire';
import { openKernelRoom } from '../kernels/distanceKernel';
import { BestScores } from './bestScores';
import type { SearchPlan } from './chooseSearch';
import { chooseSearch } from './chooseSearch';
import type { BlockProducts, Coordinates, ProjectedRows } from './projectedRows';
import { chooseCoordinates, projectRows } from './projectedRows';
import { markRows, roles, rolesOf, unionOf } from './rowRoles';
import { drawSample } from './sampleTruth';
import { mostCandidates } from './searchCosts';

/** Rows handed to the index in one call: well below 100 ms, so that cancelling takes effect. */
const addBatch = 64;
const searchBatch = 128;
/** Edges of a node, and candidates kept while adding and searching: recall at k = 30 above 0.95 on 200,000 × 30. */
const connectivity = 24;
const expansionAdd = 100;
const expansionSearch = 100;
/** Asked for beyond k: the query itself, and what double precision may reorder. */
const spare = 10;
/** Share of the sample's true neighbours that have to be among the candidates; the graph misses some of them. */
const targetShare = 0.985;
const triedWidths = [32, 64];

/** Shares of the progress bar: adding takes about as long as searching. */
const prepareShare = 0.1;
const addShare = 0.5;

/**
 * Approximate neighbours by a hierarchical navigable small-world graph (usearch; Malkov & Yashunin 2018) in single
 * precision, for backends without native TensorFlow: over all columns where they are few, else over so many principal
 * axes as a sample of queries needs to have its true neighbours among a few times k candidates. The candidates are
 * measured in all columns in float64. Rows are added by one thread, so the same input gives the same graph. The recall
 * on the sample (128 queries, all of them if fewer) is measured and returned. O((references +
 * queries)·log(references)·axes), 1–2 ms a row; memory about 4·references·(axes + 2·connectivity) bytes besides the
 * projection.
 */
export function findInGraph(
  request: NeighbourRequest,
  context: NeighbourContext,
  onBlock: (share: number) => void,
): Neighbours {
  const { features, references, queries, k } = request;
  const { signal } = context;
  const report = (share: number): void => {
    signal.throwIfCancelled();
    onBlock(share);
  };
  const sample = drawSample(queries.length, context.random);
  const sampleRows = sample.map((q) => queries[q]);
  const known = findExactNeighbours({ features, references, queries: sampleRows, k }, signal);
  const rowOf = unionOf(references, queries);
  const isReference = markRows(features.rows, references);
  const coordinates = chooseCoordinates(features, rowOf.length, context, () => signal.throwIfCancelled());
  const projected = projectRows(
    request,
    rowOf,
    coordinates,
    { multiply: portProducts(coordinates, context), truth: null, isReference },
    (share) => report(prepareShare * share),
  );
  const role = rolesOf(request, projected, isReference);
  const indexed = Int32Array.from(rowOf.keys()).filter((position) => role[position] === roles.reference);
  const plan = choosePlan(request, projected, indexed, sampleRows, known, () => signal.throwIfCancelled());
  const index = buildIndex(projected, indexed, plan, k, (share) =>
    report(prepareShare + (addShare - prepareShare) * share),
  );
  const asked = Math.min(indexed.length, plan.candidates + 1);
  const ranker = new CandidateRanker(request, projected.duplicates, Math.max(1, asked), { openRoom: openKernelRoom });
  const waiting = Int32Array.from(rowOf.keys()).filter((position) => role[position] !== roles.none);
  let q = 0;
  for (let from = 0; from < waiting.length && asked > 0; from += searchBatch) {
    const part = waiting.subarray(from, from + searchBatch);
    const found = index.search(gather(projected, part, plan.columns), asked, 0);
    part.forEach((position, i) => {
      while (q < queries.length && queries[q] < rowOf[position]) q++;
      if (queries[q] !== rowOf[position] || ranker.isComplete(q)) return;
      const count = foundFor(found, i);
      ranker.offer(
        q,
        Int32Array.from({ length: count }, (_, at) => rowOf[Number(found.keys[i * asked + at])]),
      );
    });
    report(addShare + (0.98 - addShare) * ((from + part.length) / waiting.length));
  }
  const table = ranker.finish((share) => report(0.98 + 0.02 * share));
  const answer = { k, rows: table.rows, squaredDistances: table.squaredDistances };
  const recall = measureRecall(answer, known, sample);
  context.log(`Neighbours by HNSW over ${plan.columns} axes: recall ${recall.toFixed(3)} on a sample.`);
  return { ...answer, method: 'approximate', recall };
}

/** Coordinates by the port: single precision where it is fast. */
function portProducts({ axes, mean, width }: Coordinates, { linalg }: NeighbourContext): BlockProducts {
  const d = mean.length;
  if (axes === null) return () => new Float32Array(0);
  const directions = { rows: d + 1, columns: width, data: new Float64Array((d + 1) * width) };
  directions.data.set(axes.data);
  return (block, count) => {
    const rows = linalg.loadRows(createFloat32Rows(block, count, d + 1));
    try {
      return Float32Array.from(linalg.multiplyFast(rows, directions).data);
    } finally {
      rows.dispose();
    }
  };
}

/** As few axes as will do, by where the sample's true neighbours stand among all references in the projection. */
function choosePlan(
  request: NeighbourRequest,
  projected: ProjectedRows,
  indexed: Int32Array,
  sampleRows: Int32Array,
  known: Neighbours,
  onBlock: () => void,
): SearchPlan {
  const { features, queries, k } = request;
  const { width, rowOf, duplicates } = projected;
  const most = mostCandidates(queries.length, k);
  const widths = width === features.columns ? [width] : [...triedWidths.filter((columns) => columns < width), width];
  const places = widths.map(() => [] as number[]);
  const best = new BestScores(1, most);
  if (width < features.columns) {
    sampleRows.forEach((row, s) => {
      const own = countBelow(rowOf, row);
      const truth = known.rows.subarray(s * k, (s + 1) * k).filter((other) => other >= 0);
      widths.forEach((columns, w) => {
        best.clear(1);
        for (const position of indexed) {
          if (position === own) continue;
          const score = -planDistance(projected, own, position, columns, -best.threshold(0));
          if (score >= best.threshold(0)) best.offer(0, position, score);
        }
        const order = Array.from(best.best(0), (position) => rowOf[position]);
        for (const other of truth) {
          if (duplicates.first(other) === duplicates.first(row)) continue;
          const place = order.indexOf(other);
          places[w].push(place < 0 ? Infinity : place);
        }
        onBlock();
      });
    });
  }
  return chooseSearch({
    widths: widths.map((columns, w) => ({ columns, places: Float64Array.from(places[w]) })),
    cellPlaces: new Int32Array(places[0].length),
    cells: 1,
    candidates: [k + spare, most],
    target: targetShare,
    mostSeconds: Infinity,
    // What a row of the graph costs grows with the axes and with the candidates.
    secondsOf: ({ columns, candidates }) => queries.length * (columns + 60) * (candidates + expansionAdd),
  });
}

/**
 * The graph knows the coordinates only: no norm of what they leave out. Any number above `limit` as soon as it is
 * exceeded.
 */
function planDistance({ data, width }: ProjectedRows, a: number, b: number, columns: number, limit: number): number {
  let i = a * (width + 1);
  const ahead = (b - a) * (width + 1);
  let sum = 0;
  for (const end = i + columns; i < end && sum <= limit; i++) {
    const difference = data[i] - data[i + ahead];
    sum += difference * difference;
  }
  return sum;
}

function buildIndex(
  projected: ProjectedRows,
  indexed: Int32Array,
  { columns, candidates }: SearchPlan,
  k: number,
  onBlock: (share: number) => void,
): Usearch.Index {
  const { Index, MetricKind, ScalarKind } = moduleRequire()('usearch') as typeof Usearch;
  const index = new Index({
    dimensions: columns,
    metric: MetricKind.L2sq,
    quantization: ScalarKind.F32,
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: Math.max(expansionSearch, 2 * k, candidates + 20),
    multi: false,
  });
  for (let from = 0; from < indexed.length;) {
    // The index grows when it is about to be full and then prepares for the threads of that call only: let it grow on
    // single rows, whose order no number of threads can change, so that several threads may search afterwards.
    const room = Number(index.capacity()) - Number(index.size()) - 1;
    const count = Math.max(1, Math.min(addBatch, room));
    const part = indexed.subarray(from, from + count);
    index.add(BigUint64Array.from(part, BigInt), gather(projected, part, columns), count === 1 ? 0 : 1);
    from += count;
    onBlock(from / indexed.length);
  }
  return index;
}

/** Neighbours found for query q of a batch; usearch gives a single query back in another shape than several. */
function foundFor(found: Usearch.Matches | Usearch.BatchMatches, q: number): number {
  return 'counts' in found ? Number(found.counts[q]) : found.keys.length;
}

function gather({ data, width }: ProjectedRows, positions: Int32Array, columns: number): Float32Array {
  const out = new Float32Array(positions.length * columns);
  positions.forEach((position, i) => {
    const at = position * (width + 1);
    out.set(data.subarray(at, at + columns), i * columns);
  });
  return out;
}
