import type { FeatureRows } from '../base/featureRows';
import type { JobContext } from '../job/jobContext';
import type { OnBlock } from '../linalg/linearAlgebra';
import type { HeadKind, RowLabels } from '../models/headKind';
import type { HeadProblem } from '../models/headProblem';
import { createHeadProblem } from '../models/headProblem';
import type { RowSpace } from '../models/rowSpace';
import { findRowSpace } from '../models/rowSpace';

/** Any λ: that of a problem whose λ is still to be chosen. */
const provisionalL2 = 1;

/** What a head is fitted to. */
export interface ProblemInput {
  readonly features: FeatureRows;
  /** Class numbers; for the ridge head responses. */
  readonly labels: RowLabels;
  /** C; not read for the ridge head. */
  readonly classes: number;
  /** n weights; 0 = the row takes no part in the fit. */
  readonly weights: Float64Array;
  readonly unpenalised: readonly number[];
  readonly kind: HeadKind;
  /** `auto`: still to be chosen, see `chooseProblemL2`. */
  readonly l2: number | 'auto';
  /**
   * The head in the coordinates of the rows where there are fewer rows than features (models/rowSpace.ts). Default
   * true.
   */
  readonly rowSpace?: boolean | undefined;
  /** Only the span of all rows may take the place of the features, not that of the training rows. Default false. */
  readonly wholeSpan?: boolean | undefined;
}

/** A head's problem on rows that a backend has loaded. Free them with `dispose()`. */
export interface OpenProblem {
  readonly problem: HeadProblem;
  /** Set where the problem's features are coordinates in the span of the rows. */
  readonly space: RowSpace | undefined;
  /** θ of the features as they were given, for θ of the problem. */
  expand(theta: Float64Array): Float64Array;
  /** The inverse, for a θ fitted to these rows. */
  reduce(theta: Float64Array): Float64Array;
  dispose(): void;
}

/**
 * Chooses the rows' space, loads the rows and makes the problem. O(n·d·K) for the gradient at zero, that of
 * `findRowSpace` where rows are fewer than features.
 * @throws InputError when λ is too small, the head too large, or no row has weight; CancelledError.
 */
export function openProblem(
  input: ProblemInput,
  { linalg, log }: Pick<JobContext, 'linalg' | 'log'>,
  onBlock: OnBlock,
): OpenProblem {
  const featureCount = input.features.columns;
  const space = (input.rowSpace ?? true) ? findRowSpace(input, linalg, onBlock) : null;
  if (space !== null) {
    log(`n×n form: ${space.features.columns} coordinates in the span of the rows in place of ${featureCount} features`);
  }
  const { features, unpenalised } = space ?? input;
  const rows = linalg.loadRows(features);
  try {
    const { kind, classes, labels, weights } = input;
    const l2 = input.l2 === 'auto' ? provisionalL2 : input.l2;
    return {
      problem: createHeadProblem(
        { kind, classes, features, rows, labels, weights, l2, unpenalised, featureCount },
        linalg,
        onBlock,
      ),
      space: space ?? undefined,
      expand: (theta) => space?.expand(theta) ?? theta,
      reduce: (theta) => space?.reduce(theta) ?? theta,
      dispose: () => rows.dispose(),
    };
  } catch (error) {
    rows.dispose();
    throw error;
  }
}
