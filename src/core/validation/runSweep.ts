import { InputError, NumericalError } from '../base/errors';
import { createRandom } from '../base/random';
import { rowsOfWeight } from '../base/weights';
import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import type { MeasuredSplits } from '../influence/measurements/prepareMeasurements';
import { type JobContext, studyStages } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadProblem } from '../models/headProblem';
import { createHeadProblem, withL2 } from '../models/headProblem';
import type { FidelitySummary, RemovalRequest } from './measureRemovals';
import { measureRemovals, planRemovals, requireValidation, summarizeFidelity } from './measureRemovals';

/** What is varied: λ on all training rows, or the share of the training rows at the λ of the head. */
export const sweptQuantities = ['l2', 'rows'] as const;
export type SweptQuantity = (typeof sweptQuantities)[number];

/** More values are no better seen, and each is a fit and the retrainings of all sets. */
const mostPoints = 200;

export interface SweepRequest extends RemovalRequest {
  readonly of: SweptQuantity;
  /** First and last value, 0 < from < to; shares of the training rows end at 1 or before. */
  readonly from: number;
  readonly to: number;
  /** Values in equal steps of their logarithm, both ends among them; 2 to `mostPoints`. */
  readonly points: number;
}

/** What the methods are worth at one value. */
export interface SweepPoint {
  /** λ, or the share of the training rows. */
  readonly value: number;
  readonly l2: number;
  readonly trainRows: number;
  /** Why there are no figures; null where there are. */
  readonly failure: string | null;
  readonly figures: FidelitySummary | null;
  /** Largest estimated relative error of a retrained parameter change; NaN without figures. */
  readonly retrainError: number;
}

export interface SweepResult {
  readonly of: SweptQuantity;
  /** Ascending. */
  readonly points: readonly SweepPoint[];
  /** Rows of the removal sets, ascending; the same sets at every point. */
  readonly sizes: readonly number[];
  readonly removals: number;
  readonly validationRows: number;
  /** d. */
  readonly features: number;
}

/**
 * The error of IF, RIF and the Newton step against retraining over λ, or over n/d with the features as they are (the
 * RIF paper's figures over both, arXiv 2506.06656). The removal sets are the same at every point: chosen with the head
 * that was opened, where rows are varied among the fewest rows (nested samples, stratified by class). Each point is a
 * fit, a Hessian and the retrainings of all sets. Reports the stage `sweep`.
 * @throws InputError without validation rows, or where too few rows are left to remove some; CancelledError. A point
 *   whose head cannot be fitted or retrained tells so in `failure`.
 */
export function runSweep(
  model: FittedModel,
  sets: MeasuredSplits,
  request: SweepRequest,
  context: Pick<JobContext, 'signal' | 'progress' | 'linalg'>,
): SweepResult {
  requireValidation(sets);
  const values = sweepValues(request);
  const progress = new StageProgress(studyStages.sweep, context, 'removal sets');
  const onBlock = (): void => context.signal.throwIfCancelled();
  const order = request.of === 'rows' ? nestedOrder(model.problem, sets.train, request.seed) : sets.train;
  const fewest = request.of === 'rows' ? firstRows(order, values[0]) : sets.train;
  const removals = planRemovals(model, { ...sets, train: fewest }, request, onBlock);
  const points: SweepPoint[] = [];
  let start = model.theta;
  // From the largest value down: each fit starts near its optimum, and the first is the best conditioned one.
  values.reverse().forEach((value, done) => {
    const [from, to] = [done / values.length, (done + 1) / values.length];
    const said = `${request.of === 'l2' ? 'λ' : 'share of the rows'} ${Number(value.toPrecision(3))}, ${done + 1} of ${values.length}`;
    progress.begin(from, from + 0.1 * (to - from), said);
    const train = request.of === 'rows' ? firstRows(order, value) : sets.train;
    const known = { value, l2: request.of === 'l2' ? value : model.problem.l2, trainRows: train.length };
    try {
      const problem =
        request.of === 'l2' ? withL2(model.problem, value) : problemOf(model.problem, train, context.linalg, onBlock);
      const { state } = fitHead(problem, context.linalg, { start, onBlock: progress.onBlock });
      start = state.theta;
      const fitted = createFittedModel(problem, state.theta, context.linalg, onBlock, { logits: state.logits });
      progress.begin(from + 0.1 * (to - from), to, said);
      const calls = { onBlock, onShare: (share: number) => progress.onShare(share, said) };
      const { rows, retrainError } = measureRemovals(fitted, { ...sets, train }, removals, request, calls);
      points.push({ ...known, failure: null, figures: summarizeFidelity(rows), retrainError });
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      points.push({ ...known, failure: error.message, figures: null, retrainError: Number.NaN });
    }
  });
  progress.finish();
  const { features = model.problem.features } = request;
  return {
    of: request.of,
    points: points.reverse(),
    sizes: [...new Set(removals.map(({ size }) => size))].sort((a, b) => a - b),
    removals: removals.length,
    validationRows: sets.validation.length,
    features: features.columns,
  };
}

/**
 * Values in equal ratios, ascending; the ends are exactly as given.
 * @throws InputError where they are not values of what is swept.
 */
export function sweepValues({ of, from, to, points }: Pick<SweepRequest, 'of' | 'from' | 'to' | 'points'>): number[] {
  if (!(from > 0 && from < to && Number.isFinite(to))) {
    throw new InputError('A sweep goes from a number above 0 to a larger one.');
  }
  if (of === 'rows' && to > 1) throw new InputError('A sweep over the rows ends at 1 (all training rows) or before.');
  if (!(points >= 2)) throw new InputError('A sweep has at least two points.');
  if (points > mostPoints) throw new InputError(`A sweep has at most ${mostPoints} points.`);
  return Array.from({ length: points }, (_, i) => {
    if (i === 0) return from;
    return i === points - 1 ? to : from * (to / from) ** (i / (points - 1));
  });
}

/**
 * The training rows in an order whose every beginning holds the classes in about their shares: each class is shuffled
 * and spread evenly. Responses of a ridge head are one class.
 */
export function nestedOrder({ kind, labels }: HeadProblem, train: Int32Array, seed: number): Int32Array {
  const random = createRandom(seed);
  const byClass = new Map<number, number[]>();
  for (const row of train) {
    const label = kind === 'ridge' ? 0 : labels[row];
    const rows = byClass.get(label);
    if (rows === undefined) byClass.set(label, [row]);
    else rows.push(row);
  }
  const placed = [...byClass].flatMap(([label, own]) => {
    const rows = Int32Array.from(own);
    random.shuffle(rows);
    return Array.from(rows, (row, at) => ({ row, label, place: (at + 0.5) / rows.length }));
  });
  placed.sort((a, b) => a.place - b.place || a.label - b.label);
  return Int32Array.from(placed, ({ row }) => row);
}

/** That share of the rows in their order, two at least; ascending. */
function firstRows(order: Int32Array, share: number): Int32Array {
  return order.slice(0, Math.max(2, Math.round(share * order.length))).sort();
}

/** The same head on some of its training rows, at the same λ: the n of nλ is theirs. */
function problemOf(
  problem: HeadProblem,
  train: Int32Array,
  linalg: JobContext['linalg'],
  onBlock: () => void,
): HeadProblem {
  if (train.length === rowsOfWeight(problem.weights).length) return problem;
  const weights = new Float64Array(problem.weights.length);
  for (const row of train) weights[row] = problem.weights[row];
  const { kind, classes, features, rows, labels, l2, unpenalised, featureCount } = problem;
  return createHeadProblem(
    { kind, classes, features, rows, labels, weights, l2, unpenalised, featureCount },
    linalg,
    onBlock,
  );
}
