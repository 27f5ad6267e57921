import { BugError, InputError } from '../base/errors';
import type { FeatureRows } from '../base/featureRows';
import type { Matrix } from '../base/matrix';
import { norm } from '../base/vectors';
import type { LinearAlgebra, OnBlock, RowBlocks } from '../linalg/linearAlgebra';
import type { HeadKind, RowLabels } from './headKind';
import { outputsOf } from './headKind';

/** λ below this is refused: on separable data the minimum then runs off to infinity within rounding. */
export const smallestL2 = 1e-10;

/** p above this is refused. */
const largestParameterCount = 131_072;

/** More features are refused: a matrix of order d and its eigenvectors are needed of every head. */
const largestFeatureCount = 8192;

/**
 * H, its factor and its inverse are formed up to this p: they take 8p² bytes each. Beyond, everything is done by
 * products with H.
 */
export const largestExactParameterCount = 8192;

/**
 * Share of n by which unpenalised features are penalised when some class has no training row (otherwise its intercept
 * has no finite optimum). Holds the probability of such a class near 1e-6.
 */
const absentClassRidge = 1e-6;

/** Σ wᵢxᵢ of the rows of each class, d×C, exactly; and the weights and labels (the arrays) that these are sums over. */
interface ClassSums {
  readonly sums: Matrix;
  readonly weights: Float64Array;
  readonly labels: RowLabels;
}

/**
 * A regularised head over weighted rows:
 *
 *     L(θ) = Σᵢ wᵢ ℓᵢ(θ) + ½ Σⱼ ridgeⱼ Σ_c θ_{c,j}²          ridgeⱼ = ridgeRows·λ, or 0 for an unpenalised feature
 *
 * Rows of weight 0 (validation, unlabelled, removed) stay in `rows`, so that removing a set copies nothing.
 */
export interface HeadProblem {
  readonly kind: HeadKind;
  /** C; not read for the ridge head. */
  readonly classes: number;
  /** K: 1 (logistic, ridge) or C (softmax). */
  readonly outputs: number;
  /** Features of the dataset, where `features` are coordinates in the span of its rows (rowSpace.ts); else d. */
  readonly featureCount?: number | undefined;
  /** p = K·d. */
  readonly parameters: number;
  readonly features: FeatureRows;
  readonly rows: RowBlocks;
  /** n; only read where the weight is not 0. */
  readonly labels: RowLabels;
  /** n weights ≥ 0. */
  readonly weights: Float64Array;
  /** Σ weights = number of training rows. */
  readonly totalWeight: number;
  readonly l2: number;
  /** The n of nλ. Stays what it was when rows are removed (`fixed` convention). */
  readonly ridgeRows: number;
  readonly unpenalised: readonly number[];
  /** d: the coefficient of ½θ² for each feature. */
  readonly ridge: Float64Array;
  /** Classes without weight. */
  readonly absentClasses: readonly number[];
  /** max(1, ‖∇L(0)‖₂), what gradient norms are relative to; it does not depend on λ. */
  readonly gradientScale: number;
  /**
   * What the gradient scale of a softmax head was found from, unless it was given; of no use with other weights or
   * labels.
   */
  readonly classSums?: ClassSums | undefined;
}

interface HeadProblemOptions {
  readonly kind: HeadKind;
  readonly classes: number;
  readonly features: FeatureRows;
  readonly rows: RowBlocks;
  readonly labels: RowLabels;
  readonly weights: Float64Array;
  readonly l2: number;
  /** Default Σ weights. */
  readonly ridgeRows?: number;
  readonly unpenalised: readonly number[];
  readonly featureCount?: number | undefined;
  /**
   * What gradient norms are relative to, where it is known from a problem that differs in a few rows; measured
   * otherwise.
   */
  readonly gradientScale?: number;
}

/**
 * Checks the sizes and measures ∇L(0) unless its size is given. O(n·d·K).
 * @throws InputError when λ is too small or the head too large; BugError when arrays do not fit together.
 */
export function createHeadProblem(options: HeadProblemOptions, linalg: LinearAlgebra, onBlock?: OnBlock): HeadProblem {
  const { kind, classes, features, labels, weights, unpenalised } = options;
  const n = features.rows;
  const d = features.columns;
  if (labels.length !== n || weights.length !== n || options.rows.rows !== n || options.rows.columns !== d) {
    throw new BugError('Features, labels and weights of a head differ in length.');
  }
  if (kind === 'logistic' && classes !== 2) throw new BugError(`A logistic head for ${classes} classes.`);
  const outputs = outputsOf(kind, classes);
  const parameters = outputs * d;
  if (parameters > largestParameterCount) {
    throw new InputError(
      `The head would have ${parameters} parameters (${outputs} classes × ${d} features); an audit handles up to ` +
        `${largestParameterCount}. Ignore some columns, or pool categories.`,
      { details: { parameters, classes, features: d } },
    );
  }
  if (d > largestFeatureCount) {
    throw new InputError(
      `There are ${d} features; an audit handles up to ${largestFeatureCount}. Ignore some columns, or pool categories.`,
      { details: { features: d } },
    );
  }
  const classWeights = new Float64Array(kind === 'ridge' ? 0 : classes);
  let totalWeight = 0;
  for (let i = 0; i < n; i++) {
    if (weights[i] === 0) continue;
    totalWeight += weights[i];
    const label = labels[i];
    if (kind === 'ridge') {
      if (!Number.isFinite(label)) throw new BugError(`Row ${i} has weight but no response.`);
      continue;
    }
    if (!(label >= 0 && label < classes)) throw new BugError(`Row ${i} has weight but no label.`);
    classWeights[label] += weights[i];
  }
  if (totalWeight === 0) throw new InputError('There are no labelled training rows to fit the head to.');
  const absentClasses = Array.from(classWeights.keys()).filter((c) => classWeights[c] === 0);
  const base = {
    kind,
    classes,
    outputs,
    parameters,
    features,
    rows: options.rows,
    labels,
    weights,
    totalWeight,
    ridgeRows: options.ridgeRows ?? totalWeight,
    unpenalised,
    featureCount: options.featureCount,
    absentClasses,
  };
  const whole = { ...base, l2: options.l2, ridge: new Float64Array(d) };
  if (options.gradientScale !== undefined) {
    return withL2({ ...whole, gradientScale: options.gradientScale }, options.l2);
  }
  const classSums = kind === 'softmax' ? sumClasses(base, linalg, onBlock) : undefined;
  const gradient = classSums ? gradientOfSums(classSums.sums) : gradientAtZero(base, linalg, onBlock);
  const gradientScale = Math.max(1, norm(gradient));
  return withL2({ ...whole, gradientScale, classSums }, options.l2);
}

/** The same head at the same λ, fitted to other rows of weight: n is theirs. O(n·d·K). */
export function reweighted(
  problem: HeadProblem,
  weights: Float64Array,
  linalg: LinearAlgebra,
  onBlock?: OnBlock,
): HeadProblem {
  const { kind, classes, features, rows, labels, l2, unpenalised, featureCount } = problem;
  const options = { kind, classes, features, rows, labels, weights, l2, unpenalised, featureCount };
  return createHeadProblem(options, linalg, onBlock);
}

/** ∇L(0) of a softmax head (p numbers, class-major) where the problem knows it. */
export function knownGradientAtZero({ classSums, weights, labels }: HeadProblem): Float64Array | undefined {
  if (classSums?.weights !== weights || classSums.labels !== labels) return undefined;
  return gradientOfSums(classSums.sums);
}

/** Σ wᵢxᵢ of each class, d×C: those that the problem knows, else *fast*. O(n·d·C) at most. */
export function classSumsOf(problem: HeadProblem, linalg: LinearAlgebra, onBlock?: OnBlock): Matrix {
  const { classSums, weights, labels } = problem;
  if (classSums?.weights === weights && classSums.labels === labels) return classSums.sums;
  return linalg.transposeMultiplyFast(problem.rows, membersOf(problem), onBlock);
}

type Rows = Pick<HeadProblem, 'classes' | 'kind' | 'labels' | 'weights' | 'rows'>;

function sumClasses(problem: Rows, linalg: LinearAlgebra, onBlock?: OnBlock): ClassSums {
  const { weights, labels } = problem;
  return { sums: linalg.transposeMultiply(problem.rows, membersOf(problem), onBlock), weights, labels };
}

/** wᵢe_yᵢ: n×C. */
function membersOf({ classes, weights, labels }: Rows): Matrix {
  const n = weights.length;
  const data = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) if (weights[i] !== 0) data[i * classes + labels[i]] = weights[i];
  return { rows: n, columns: classes, data };
}

/** Σ wᵢ(1/C − e_yᵢ) ⊗ xᵢ. */
function gradientOfSums({ rows: d, columns: classes, data }: Matrix): Float64Array {
  const gradient = new Float64Array(classes * d);
  for (let j = 0; j < d; j++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += data[j * classes + c];
    for (let c = 0; c < classes; c++) gradient[c * d + j] = sum / classes - data[j * classes + c];
  }
  return gradient;
}

/** The same problem with another λ. */
export function withL2(problem: HeadProblem, l2: number): HeadProblem {
  if (!(l2 >= smallestL2) || !Number.isFinite(l2)) {
    throw new InputError(`l2 must be a number of at least ${smallestL2}, not ${l2}.`, { details: { l2 } });
  }
  const ridge = new Float64Array(problem.features.columns).fill(problem.ridgeRows * l2);
  const exempt = problem.absentClasses.length === 0 ? 0 : absentClassRidge * problem.ridgeRows;
  for (const j of problem.unpenalised) ridge[j] = Math.min(exempt, problem.ridgeRows * l2);
  return { ...problem, l2, ridge };
}

/** ∇L(0) of a head with one output. */
function gradientAtZero({ kind, labels, weights, rows }: Rows, linalg: LinearAlgebra, onBlock?: OnBlock): Float64Array {
  const residuals = weights.map((w, i) => {
    if (w === 0) return 0;
    return kind === 'ridge' ? -w * labels[i] : w * (labels[i] === 1 ? -0.5 : 0.5);
  });
  return linalg.transposeMultiply(rows, { rows: rows.rows, columns: 1, data: residuals }, onBlock).data;
}
