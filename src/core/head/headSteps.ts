import { NumericalError } from '../base/errors';
import type { FittedModel, ModelStage } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import type { JobContext } from '../job/jobContext';
import type { StageProgress } from '../job/stageProgress';
import type { L2Search } from '../l2/chooseL2';
import { chooseL2 } from '../l2/chooseL2';
import type { L2CurvePoint } from '../l2/l2Types';
import type { HessianFactor } from '../models/curvature/hessianFactor';
import type { HeadState } from '../models/evaluateHead';
import type { HeadFit } from '../models/fitting/fitHead';
import { fitHead, fitTolerance } from '../models/fitting/fitHead';
import type { HeadProblem } from '../models/headProblem';
import { withL2 } from '../models/headProblem';

/** A problem at the λ to fit it with. */
export interface ChosenProblem {
  readonly problem: HeadProblem;
  /** undefined when λ was given. */
  readonly search: L2Search | undefined;
}

interface AskedL2 {
  readonly l2: number | 'auto';
  /** Bounds of the λ grid for `auto`; default as `chooseL2`. */
  readonly l2Range?: readonly [number, number] | undefined;
}

/**
 * The problem at the λ that was given, or that leave-one-out losses choose. Ends the stage `lambda`, whose progress is
 * given.
 */
export function chooseProblemL2(
  problem: HeadProblem,
  { l2, l2Range }: AskedL2,
  lambda: StageProgress,
  { linalg, log }: JobContext,
): ChosenProblem {
  if (l2 !== 'auto') {
    lambda.finish();
    return { problem, search: undefined };
  }
  const opening = lambda.shown;
  const search = chooseL2(problem, linalg, {
    ...(l2Range === undefined ? {} : { range: l2Range }),
    onBlock: lambda.onBlock,
    onPoint: (value, done, total, share) => {
      const [from, to] = [share.from, share.to].map((at) => opening + (1 - opening) * at);
      lambda.begin(from, to, `λ ${formatL2(value)}, value ${done + 1} of at most ${total}`, 8);
    },
  });
  const { chosen, points, sampledRows } = search.choice;
  log(
    `λ = ${formatL2(chosen)} by leave-one-out loss, ${points.length} values, ${search.hessians} Hessians` +
      (sampledRows === undefined ? '' : `, on ${sampledRows} rows`),
  );
  lambda.finish();
  return { problem: withL2(problem, chosen), search };
}

/** What `fit` makes of a chosen problem, and the λ it was made at. */
interface FittedChoice<Fit> extends ChosenProblem {
  readonly fit: Fit;
}

/**
 * Fits at the chosen λ. Where that does not converge and the λ was searched, the next larger one that was tried takes
 * its place; those that failed are among the search's `failed` and no longer among its points.
 * @throws NumericalError of the last one where no larger one was tried, and of a λ that was given
 */
export function fitChosen<Fit>(
  { problem, search }: ChosenProblem,
  fit: (chosen: ChosenProblem) => Fit,
  log: JobContext['log'],
): FittedChoice<Fit> {
  try {
    return { problem, search, fit: fit({ problem, search }) };
  } catch (error) {
    const next = search && withoutChosen(search);
    if (!(error instanceof NumericalError) || next === undefined) throw error;
    log(`${error.message} λ = ${formatL2(next.choice.chosen)} is taken instead.`);
    return fitChosen({ problem: withL2(problem, next.choice.chosen), search: next }, fit, log);
  }
}

/** The search with the next larger λ as the chosen one; undefined where there is none. */
function withoutChosen({ choice, failed, ...rest }: L2Search): L2Search | undefined {
  const isLarger = ({ l2 }: L2CurvePoint): boolean => l2 > choice.chosen;
  const larger = [...choice.points, ...(choice.compared ?? [])].filter(isLarger).map(({ l2 }) => l2);
  if (larger.length === 0) return undefined;
  const isOther = ({ l2 }: L2CurvePoint): boolean => l2 !== choice.chosen;
  const points = choice.points.filter(isOther);
  const compared = choice.compared?.filter(isOther);
  return {
    ...rest,
    choice: {
      ...choice,
      points,
      ...(compared && { compared }),
      chosen: Math.min(...larger),
      onEdge: false,
    },
    failed: [...failed, choice.chosen],
  };
}

/** A part of a stage: shares from … to of its progress. */
export interface StagePart {
  readonly progress: StageProgress;
  readonly from: number;
  readonly to: number;
}

/** Where a fit begins; default 0. */
interface FitStart {
  readonly theta?: Float64Array | undefined;
  /** Of a Hessian near there. */
  readonly factor?: HessianFactor | undefined;
}

/** The optimum. Fills a part of the stage `fit`. */
export function fitProblem(
  problem: HeadProblem,
  { theta, factor }: FitStart,
  { progress, from, to }: StagePart,
  context: Pick<JobContext, 'linalg' | 'log'>,
): HeadFit {
  let reached = 0;
  const at = (share: number): number => from + (to - from) * Math.min(1, share);
  const fit = fitHead(problem, context.linalg, {
    ...(theta === undefined ? {} : { start: theta }),
    ...(factor === undefined ? {} : { factor }),
    onBlock: progress.onBlock,
    onStep: (relative) => {
      const share = Math.min(0.95, Math.max(reached, Math.log(relative) / Math.log(fitTolerance)));
      reached = Number.isFinite(share) ? share : reached;
      progress.begin(at(reached), at(reached + 0.2), `relative gradient ${relative.toExponential(1)}`, 8);
    },
  });
  const work = fit.passes === undefined ? `${fit.newtonSteps} Hessians` : `${fit.passes} passes over the rows`;
  context.log(`fit: relative gradient ${fit.relativeGradientNorm.toExponential(1)}, ${work}`);
  return fit;
}

/** What the parts of a model are expected to take: shares of its making, and passes over the rows. */
const modelParts: Readonly<
  Record<ModelStage, { readonly from: number; readonly to: number; readonly passes: number }>
> = {
  Hessian: { from: 0, to: 1, passes: 2 },
  'Kronecker factors': { from: 0, to: 1 / 3, passes: 3 },
  'error of the leverages': { from: 1 / 3, to: 1, passes: 3 },
};

/** The Hessian at θ̂, or what stands for it: `method` as `createFittedModel`. Fills a part of the stage `influence`. */
export function prepareModel(
  problem: HeadProblem,
  { theta, logits }: Pick<HeadState, 'theta'> & Partial<HeadState>,
  part: StagePart,
  { linalg, log }: Pick<JobContext, 'linalg' | 'log'>,
  method: 'auto' | 'iterative' = 'auto',
): FittedModel {
  const { progress } = part;
  const share = part.to - part.from;
  const model = createFittedModel(problem, theta, linalg, progress.onBlock, {
    method,
    ...(logits === undefined ? {} : { logits }),
    onStage: (name) => {
      const { from, to, passes } = modelParts[name];
      progress.begin(part.from + share * from, part.from + share * to, name, passes);
    },
  });
  log(`precision: ${model.precision.description}; leverages ${model.forms.description}`);
  return model;
}

/** λ as people read it: 0.001, 3.16e-5. */
function formatL2(l2: number): string {
  return l2 >= 1e-3 ? String(Number(l2.toPrecision(3))) : l2.toExponential(2).replace('.00', '');
}
