import { CancelledError } from '../base/errors';
import { type FeatureRows, isStored } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { createRandom } from '../base/random';
import type { JobContext, Progress } from '../job/jobContext';
import { createFloat64LinearAlgebra } from '../linalg/float64LinearAlgebra';
import type { LinearAlgebra, MapProducts } from '../linalg/linearAlgebra';
import type { HeadKind } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { createHeadProblem } from '../models/headProblem';

/** For unit tests only: Gaussian features with an intercept, labels from a softmax model with some overlap. */
export interface SyntheticRows {
  readonly features: Matrix;
  readonly labels: Int32Array;
  readonly classes: number;
}

export interface SyntheticOptions {
  readonly rows: number;
  /** Features, the intercept included. */
  readonly features: number;
  readonly classes: number;
  readonly seed: number;
  /** Size of the true weights; larger = more separable. */
  readonly signal?: number;
}

export function syntheticRows({ rows, features: d, classes, seed, signal = 1 }: SyntheticOptions): SyntheticRows {
  const random = createRandom(seed);
  const truth = Float64Array.from({ length: classes * d }, () => signal * random.normal());
  const data = new Float64Array(rows * d);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) data[i * d + j] = j === d - 1 ? 1 : random.normal();
    let best = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      let z = -Math.log(-Math.log(1 - random.uniform()) + 1e-300);
      for (let j = 0; j < d; j++) z += truth[c * d + j] * data[i * d + j];
      if (z > best) {
        best = z;
        labels[i] = c;
      }
    }
  }
  return { features: { rows, columns: d, data }, labels, classes };
}

export interface ProblemOptions {
  readonly kind: HeadKind;
  readonly l2: number;
  /** Default: the last feature. */
  readonly unpenalised?: readonly number[];
  readonly weights?: Float64Array;
}

export function problemOf(data: SyntheticRows, linalg: LinearAlgebra, options: ProblemOptions): HeadProblem {
  return createHeadProblem(
    {
      kind: options.kind,
      classes: data.classes,
      features: data.features,
      rows: linalg.loadRows(data.features),
      labels: data.labels,
      weights: options.weights ?? new Float64Array(data.labels.length).fill(1),
      l2: options.l2,
      unpenalised: options.unpenalised ?? [data.features.columns - 1],
    },
    linalg,
  );
}

export interface TestContext extends JobContext {
  readonly reports: Progress[];
  readonly messages: string[];
}

/** A context that records what it is told, and is cancelled by the signal's `cancelAfter`-th question. */
export function createTestContext(
  options: { readonly linalg?: LinearAlgebra; readonly cancelAfter?: number } = {},
): TestContext {
  const reports: Progress[] = [];
  const messages: string[] = [];
  let asked = 0;
  const isCancelled = (): boolean => options.cancelAfter !== undefined && asked >= options.cancelAfter;
  return {
    reports,
    messages,
    signal: {
      get cancelled() {
        return isCancelled();
      },
      throwIfCancelled() {
        asked++;
        if (isCancelled()) throw new CancelledError();
      },
    },
    progress: (progress) => reports.push(progress),
    random: createRandom(7),
    linalg: options.linalg ?? createFloat64LinearAlgebra(),
    log: (message) => messages.push(message),
  };
}

/** The float64 backend with its fast operations rounded to single precision, as a wasm backend computes them. */
export function createRoundedLinearAlgebra(): LinearAlgebra {
  const exact = createFloat64LinearAlgebra();
  const random = createRandom(5);
  const round = (value: number): number => Math.fround(value * (1 + 1e-7 * random.normal()));
  return {
    ...exact,
    name: 'wasm',
    precision: 'float32',
    weightedGrams: (x, weights, onBlock) =>
      exact.weightedGrams(x, weights, onBlock).map((gram) => {
        const { rows: d } = gram;
        for (let i = 0; i < d; i++) {
          for (let j = 0; j <= i; j++) {
            gram.data[i * d + j] = round(gram.data[i * d + j]);
            gram.data[j * d + i] = gram.data[i * d + j];
          }
        }
        return gram;
      }),
    quadraticForms: (x, matrices, onBlock) => exact.quadraticForms(x, matrices, onBlock).map((form) => form.map(round)),
    multiplyThroughFast: (x, b, k, map, onBlock) => {
      const rounded: MapProducts = (z, v, from, count) => {
        for (let at = 0; at < z.length; at++) z[at] = round(z[at]);
        map(z, v, from, count);
        for (let at = 0; at < v.length; at++) v[at] = round(v[at]);
      };
      return exact.multiplyThrough(x, b, k, rounded, onBlock);
    },
  };
}

/** ‖a − b‖ / ‖b‖. */
export function relativeDistance(a: Float64Array, b: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (let at = 0; at < b.length; at++) {
    difference += (a[at] - b[at]) ** 2;
    size += b[at] ** 2;
  }
  return Math.sqrt(difference / size);
}

/** All rows as a matrix; a copy where they are stored elsewhere. */
export function asMatrix(features: FeatureRows): Matrix {
  if (!isStored(features)) return features;
  const { rows, columns } = features;
  const data = new Float64Array(rows * columns);
  features.read(0, rows, data);
  return { rows, columns, data };
}
