import { InputError } from '../base/errors';
import type { Annotations } from './annotations';
import { countVotes } from './annotations';
import { type ClassPrior, createExpertPrior, createSharePrior } from './classPrior';
import { type Confusions, countConfusions, estimateConfusions, type Shrinkage } from './confusions';

interface DawidSkeneOptions {
  /** n×C out-of-sample probabilities of the experts on the features, one more annotator. Default: there are none. */
  readonly experts?: Float32Array | undefined;
  readonly shrinkage?: Shrinkage | undefined;
  /** EM ends after so many passes, default 100, */
  readonly passes?: number | undefined;
  /** or where no posterior moves by more than this, default 1e-4. */
  readonly tolerance?: number | undefined;
  /** Called before each pass; may throw to cancel. */
  readonly onPass?: ((pass: number, change: number) => void) | undefined;
}

export interface DawidSkene {
  /** n×C: P(true class | all labels, experts). */
  readonly posterior: Float64Array;
  /** n×C: the logarithm of what was believed of each row before its labels. */
  readonly logPrior: Float64Array;
  readonly confusions: Confusions;
  /** Exponent of the experts' probabilities; null without experts. */
  readonly strength: number | null;
  readonly passes: number;
}

const defaultPasses = 100;
const defaultTolerance = 1e-4;
/** Numbers that the posteriors, or the confusions, may have. */
const largestTable = 2e8;

/**
 * Dawid & Skene's EM (1979): the true class of each row, and how each annotator confuses classes, from each other.
 * Labels of a row are taken as independent given its true class. Shrunk confusions (confusions.ts), and the experts'
 * probabilities of the row in place of the classes' shares (classPrior.ts), as Raykar et al. (2010) do with a logistic
 * regression. Starts from the votes. O(L·C + n·C + m·C²) a pass; 3n·C + 2m·C² numbers.
 * @throws InputError where the tables would be too large.
 */
export function fitDawidSkene(annotations: Annotations, options: DawidSkeneOptions = {}): DawidSkene {
  const { rows, classes, annotators } = annotations;
  const { experts, shrinkage = {}, passes = defaultPasses, tolerance = defaultTolerance, onPass } = options;
  if (rows * classes > largestTable || annotators * classes * classes > largestTable) {
    throw new InputError(
      `${annotators} annotators, ${classes} classes and ${rows} rows are more than a consensus can be computed for.`,
    );
  }
  const prior = experts === undefined ? createSharePrior(rows, classes) : createExpertPrior(experts, classes);
  const posterior = startFromVotes(annotations, experts);
  const logPrior = new Float64Array(rows * classes);
  const counts = new Float64Array(annotators * classes * classes);
  const confusions = new Float64Array(counts.length);
  let pass = 0;
  for (let change = Infinity; pass < passes && change > tolerance; pass++) {
    onPass?.(pass, change);
    prior.learn(posterior);
    countConfusions(annotations, posterior, counts);
    estimateConfusions(annotations, counts, shrinkage, confusions);
    change = updatePosterior(annotations, confusions, prior, logPrior, posterior);
  }
  return { posterior, logPrior, confusions, strength: prior.strength, passes: pass };
}

/** Shares of the votes, with one more vote spread as the experts say (evenly without them). */
function startFromVotes(annotations: Annotations, experts: Float32Array | undefined): Float64Array {
  const { rows, classes, starts } = annotations;
  const votes = countVotes(annotations);
  const posterior = new Float64Array(rows * classes);
  for (let i = 0; i < rows; i++) {
    const total = starts[i + 1] - starts[i] + 1;
    for (let c = 0; c < classes; c++) {
      const at = i * classes + c;
      posterior[at] = (votes[at] + (experts?.[at] ?? 1 / classes)) / total;
    }
  }
  return posterior;
}

/** The E step; returns the largest change of a probability. */
function updatePosterior(
  annotations: Annotations,
  confusions: Confusions,
  prior: ClassPrior,
  logPrior: Float64Array,
  posterior: Float64Array,
): number {
  const { rows, classes, starts, annotator, label } = annotations;
  prior.fill(logPrior);
  const logs = confusions.map(Math.log);
  const row = new Float64Array(classes);
  let change = 0;
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < classes; c++) row[c] = logPrior[i * classes + c];
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      addLogs(row, logs, (annotator[at] * classes + label[at]) * classes);
    }
    change = Math.max(change, normaliseInto(row, posterior, i * classes));
  }
  return change;
}

function addLogs(row: Float64Array, logs: Float64Array, from: number): void {
  for (let c = 0; c < row.length; c++) row[c] += logs[from + c];
}

/** exp of the logs over their sum; returns the largest change. */
function normaliseInto(logs: Float64Array, to: Float64Array, at: number): number {
  let most = -Infinity;
  for (let c = 0; c < logs.length; c++) most = Math.max(most, logs[c]);
  let sum = 0;
  for (let c = 0; c < logs.length; c++) sum += logs[c] = Math.exp(logs[c] - most);
  let change = 0;
  for (let c = 0; c < logs.length; c++) {
    const value = logs[c] / sum;
    change = Math.max(change, Math.abs(value - to[at + c]));
    to[at + c] = value;
  }
  return change;
}
