import { BugError } from '../../base/errors';
import type { Matrix } from '../../base/matrix';
import type { OnBlock } from '../../linalg/linearAlgebra';
import type { HeadProblem } from '../../models/headProblem';
import { computeEffects } from '../effects/computeEffects';
import type { FittedModel } from '../fittedModel';
import type { PreparedMeasurement } from '../measurements/measurement';
import type { RidgeConvention } from '../removal/removalTypes';
import type { RowInfluence } from '../rows/rowInfluence';
import type { BayesianOptions } from './bayesianInfluence';
import { computeBayesianInfluence } from './bayesianInfluence';
import type { Projection } from './projection';
import { projectedDimensions } from './projection';
import { computeRepresenterEffects } from './representerValues';
import type { TrakOptions } from './trak';
import { computeTrakEffects } from './trak';

/**
 * Ways to attribute a measurement to training rows. IF and RIF by another iHVP method: give the model another
 * `inverse`.
 */
export const attributionMethods = ['if', 'rif', 'representer', 'trak', 'bayesian'] as const;
export type AttributionMethod = (typeof attributionMethods)[number];

/** Dimensions of a random projection, unless others are asked for; heads with fewer parameters are not projected. */
const defaultDimensions = 512;

interface AttributionRequest {
  readonly method: AttributionMethod;
  /** Random projections and draws come from it. */
  readonly seed: number;
  /** For `rif`: what `computeRowInfluence` found, if it was asked. */
  readonly influence?: Pick<RowInfluence, 'leverage' | 'rifCoefficients'> | undefined;
  /** For `if` and `rif`; default `fixed`. */
  readonly ridgeConvention?: RidgeConvention | undefined;
  /** For `trak`; default: one projection to ±1 in 512 dimensions, or none for heads of fewer. */
  readonly trak?: Pick<TrakOptions, 'weighting' | 'ridge'> & { readonly projections?: readonly Projection[] };
  readonly bayesian?: Pick<BayesianOptions, 'sampler' | 'samples' | 'batches' | 'inverseTemperature' | 'localisation'>;
  readonly onBlock?: OnBlock | undefined;
}

interface Attribution {
  readonly method: AttributionMethod;
  readonly names: readonly string[];
  /**
   * n×M. **Positive = removal raises the measurement**, in the method's own understanding of removal. NaN off the
   * training rows.
   */
  readonly effects: Matrix;
  /** n×M Monte Carlo standard errors; undefined for methods without chance. */
  readonly standardErrors: Matrix | undefined;
  /** How far to trust the numbers, for people. */
  readonly remarks: readonly string[];
}

/**
 * The effects of all training rows on all measurements by one method; see there for its meaning, cost and source. n×M
 * numbers; for results larger than memory call the methods themselves with `visit`.
 */
export function computeAttribution(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  request: AttributionRequest,
): Attribution {
  const found = attribute(model, measurements, request);
  if (found.effects === undefined) throw new BugError(`The method ${request.method} gave no numbers.`);
  return {
    method: request.method,
    names: measurements.map(({ name }) => name),
    effects: found.effects,
    standardErrors: found.standardErrors,
    remarks: found.remarks,
  };
}

interface Found {
  readonly effects: Matrix | undefined;
  readonly standardErrors?: Matrix | undefined;
  readonly remarks: readonly string[];
}

function attribute(
  model: FittedModel,
  measurements: readonly PreparedMeasurement[],
  { method, seed, onBlock, ...request }: AttributionRequest,
): Found {
  switch (method) {
    case 'if':
    case 'rif': {
      const { influence, ridgeConvention } = request;
      const effects = computeEffects(model, measurements, { methods: [method], influence, ridgeConvention, onBlock });
      return {
        effects: method === 'if' ? effects.byIf : effects.byRif,
        remarks: [
          `Inverse Hessian: ${model.inverse.description}.`,
          ...(method === 'rif' ? [`Leverages: ${model.forms.description}.`] : []),
          ...residualRemarks(effects.residuals),
        ],
      };
    }
    case 'representer':
      return {
        effects: computeRepresenterEffects(model, measurements, { onBlock }).effects,
        remarks: ['A row is struck out of the sum that makes the weights; nothing is fitted again.'],
      };
    case 'trak': {
      const projections = request.trak?.projections ?? [defaultProjection(model.problem, seed)];
      const { effects, dimensions } = computeTrakEffects(model, measurements, {
        ...request.trak,
        projections,
        onBlock,
      });
      const size = Math.max(...dimensions);
      return {
        effects,
        remarks: [
          `${projections.length} projection(s) of ${model.problem.parameters} parameters to ${size} dimensions.`,
        ],
      };
    }
    case 'bayesian': {
      const found = computeBayesianInfluence(model, measurements, { ...request.bayesian, seed, onBlock });
      return { ...found, remarks: chainRemarks(found.acceptance, found.autocorrelation) };
    }
  }
}

function defaultProjection(problem: HeadProblem, seed: number): Projection {
  const all = projectedDimensions(problem, { kind: 'identity' });
  return all <= defaultDimensions ? { kind: 'identity' } : { kind: 'rademacher', dimensions: defaultDimensions, seed };
}

function residualRemarks(residuals: Float64Array | undefined): string[] {
  if (residuals === undefined) return [];
  const largest = residuals.reduce((worst, value) => (value > worst ? value : worst), 0);
  return [`Largest relative residual of a solve: ${largest.toExponential(1)}.`];
}

function chainRemarks(acceptance: number, autocorrelation: number): string[] {
  const remarks: string[] = [];
  if (acceptance < 1) remarks.push(`${Math.round(100 * acceptance)} % of the steps were taken.`);
  if (autocorrelation > 0.5) {
    remarks.push(
      `Draws depend on each other (correlation ${autocorrelation.toFixed(2)}): the standard errors are too small. Take more draws, further apart.`,
    );
  }
  return remarks;
}
