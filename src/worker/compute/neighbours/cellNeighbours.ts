import { isStored } from '../../../core/base/featureRows';
import { CandidateRanker } from '../../../core/ranking/neighbours/candidateRanker';
import { measureRecall } from '../../../core/ranking/neighbours/measureRecall';
import type { NeighbourContext, NeighbourRequest, Neighbours } from '../../../core/ranking/neighbours/neighbours';
import type { NeighbourTable } from '../../../core/ranking/neighbours/neighbourTable';
import type { MeasureTogether } from '../beside/sharedMeasuring';
import { openKernelRoom } from '../kernels/distanceKernel';
import type { Tensorflow } from '../native/tensorflowBinding';
import type { CellIndex } from './cellIndex';
import { buildCells } from './cellIndex';
import { CellSearcher } from './cellSearcher';
import { nativeAssign, nativeProducts } from './nativeProducts';
import { planSearch, targetRecall } from './planSearch';
import type { ProjectedRows } from './projectedRows';
import { chooseCoordinates, projectRows } from './projectedRows';
import { markRows, rolesOf, unionOf } from './rowRoles';
import { drawSample, SampleTruth } from './sampleTruth';
import { exactSeconds } from './searchCosts';

/**
 * Approximate neighbours on native TensorFlow, for many or wide rows. Rows are projected to their principal axes and
 * divided into cells (an inverted file; Jégou, Douze & Schmid 2011). The references of a cell are scored against all
 * queries to which it is near, by one product: xᵀy of the projections less half the norm of y in all columns; the best
 * candidates are measured in all columns in float64. How many axes, cells and candidates is chosen so that a seeded
 * sample of queries, whose exact neighbours are found first, gets 97 % of them at the least cost; the recall of the
 * answers on that sample is measured and returned.
 *
 * Null where the plan finds too little or takes longer than exact search would, and that takes at most
 * `affordableExactSeconds`: the caller then searches exactly. Where neither is affordable, the plan that finds most in
 * the time there is. Memory: at most 384 MiB of projections, stored rows afterwards in the same place, 384 MiB of
 * candidates, 20 MB of scores, some 50 bytes a row, and the answer.
 */
export function findInCells(
  tensorflow: Tensorflow,
  request: NeighbourRequest,
  context: NeighbourContext,
  affordableExactSeconds: number,
  onBlock: (share: number) => void,
  measure?: MeasureTogether,
): Neighbours | null {
  const { features, queries, references, k } = request;
  const { signal } = context;
  const step =
    (from: number, to: number) =>
    (share: number): void => {
      signal.throwIfCancelled();
      onBlock(from + (to - from) * share);
    };
  const { projected, index, truth, known } = prepareCells(tensorflow, request, context, step);
  const plan = planSearch(tensorflow, request, { projected, index, sample: truth.sample, known }, signal);
  context.log(
    `Neighbours: ${plan.columns} axes, ${plan.probes} of ${index.cells} cells, ${plan.candidates} candidates; ` +
      `about ${plan.seconds.toFixed(1)} s for a recall of ${plan.recall.toFixed(3)}.`,
  );
  const exact = exactSeconds(queries.length, references.length, features.columns, true);
  const satisfactory = plan.recall >= targetRecall && plan.seconds < exact;
  if (!satisfactory && exact <= affordableExactSeconds) return null;
  const searched = isStored(features) ? 0.7 : 0.9;
  const ranker = new CandidateRanker(request, projected.duplicates, plan.candidates + 1, { openRoom: openKernelRoom });
  const searcher = new CellSearcher(tensorflow, request, projected, index, signal);
  searcher.search(plan, ranker, step(0.25, searched));
  measure?.(ranker, projected.duplicates, plan.candidates + 1);
  const table = ranker.finish(step(searched, 1));
  const answer = { k, rows: table.rows, squaredDistances: table.squaredDistances };
  return { ...answer, method: 'approximate', recall: measureRecall(answer, known, truth.sample) };
}

/** What a search in cells starts from. */
interface PreparedCells {
  readonly projected: ProjectedRows;
  readonly index: CellIndex;
  readonly truth: SampleTruth;
  /** The exact neighbours of the sample. */
  readonly known: NeighbourTable;
}

/** Projects the rows, finds the neighbours of the sample on the way, and divides the rows among cells. */
export function prepareCells(
  tensorflow: Tensorflow,
  request: NeighbourRequest,
  context: NeighbourContext,
  step: (from: number, to: number) => (share: number) => void,
  countCells?: (references: number) => number,
): PreparedCells {
  const { features, queries, references } = request;
  const { signal } = context;
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
  const assign = nativeAssign(tensorflow, signal);
  const index = buildCells(projected, role, assign, context.random, step(0.15, 0.2), countCells);
  return { projected, index, truth, known };
}
