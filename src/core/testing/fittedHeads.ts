import type { FittedModel } from '../influence/fittedModel';
import { createFittedModel } from '../influence/fittedModel';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import type { LinearAlgebra } from '../linalg/linearAlgebra';
import { fitHead } from '../models/fitting/fitHead';
import type { HeadKind } from '../models/headKind';
import { createHeadProblem } from '../models/headProblem';
import { syntheticRows } from './testData';

export interface FittedHeadOptions {
  readonly kind: HeadKind;
  readonly rows: number;
  readonly features: number;
  /** Of a softmax head; default 3. */
  readonly classes?: number;
  readonly seed: number;
  readonly l2: number;
  readonly signal?: number;
  /** Default: the last feature, the constant. */
  readonly unpenalised?: readonly number[];
  readonly weights?: Float64Array;
  readonly linalg?: LinearAlgebra;
}

/**
 * For unit tests only: a head of any kind at its optimum on synthetic rows; responses of a ridge head are the label
 * plus a wave.
 */
export function fittedHead(options: FittedHeadOptions): FittedModel {
  const { kind, rows, features: d } = options;
  const linalg = options.linalg ?? createFloat64LinearAlgebra();
  const data = syntheticRows({
    rows,
    features: d,
    classes: kind === 'softmax' ? (options.classes ?? 3) : 2,
    seed: options.seed,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const problem = createHeadProblem(
    {
      kind,
      classes: data.classes,
      features: data.features,
      rows: linalg.loadRows(data.features),
      labels: kind === 'ridge' ? Float64Array.from(data.labels, (label, i) => label + Math.sin(3 * i)) : data.labels,
      weights: options.weights ?? new Float64Array(rows).fill(1),
      l2: options.l2,
      unpenalised: options.unpenalised ?? [d - 1],
    },
    linalg,
  );
  return createFittedModel(problem, fitHead(problem, linalg).state.theta, linalg);
}
