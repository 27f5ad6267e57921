import { auditFeatures } from '../audit/auditFeatures';
import type { AuditInput } from '../audit/auditTypes';
import { InputError, NumericalError } from '../base/errors';
import { splitCodes } from '../base/splitCodes';
import { auditStages, type JobContext, type Progress } from '../job/jobContext';
import { StageProgress } from '../job/stageProgress';
import { type Agreement, comparePairs, measureAgreement, type PairAgreement } from './agreement';
import type { Annotations } from './annotations';
import { countLabels } from './annotations';
import { type AnnotatorQuality, rateAnnotators } from './annotatorQuality';
import type { DawidSkene } from './dawidSkene';
import { fitDawidSkene } from './dawidSkene';
import { differFromMajority, takeMajority } from './majority';
import { orderForRelabelling } from './relabelOrder';

/** What the experts look at; everything of an audit but its labels. */
type ExpertInput = Pick<AuditInput, 'features' | 'unpenalised' | 'neighbours'>;

interface ConsensusInput {
  readonly annotations: Annotations;
  /** null: nothing is known of the rows but their labels. */
  readonly experts: ExpertInput | null;
  /** How often the experts learn from a consensus and take part in the next. Default 2; 0: not at all. */
  readonly rounds?: number;
}

/** One entry a row. */
interface ConsensusColumns {
  /** The most probable true class; −1 where neither a label nor an expert says anything. */
  readonly consensus: Int32Array;
  /** Of the consensus, 0 … 1; NaN without one. */
  readonly probability: Float64Array;
  /** The next probable class; −1 without a consensus. */
  readonly runnerUp: Int32Array;
  /** −1 without labels. */
  readonly majority: Int32Array;
  /** 1: another class has as many votes as the majority. */
  readonly tied: Uint8Array;
  /** 1: fewer annotators gave the row its consensus than another class; 0 where they are as many. */
  readonly differs: Uint8Array;
  readonly labels: Int32Array;
  /** The experts' class and its probability by them, without the row's labels; −1 and NaN without experts. */
  readonly expertLabel: Int32Array;
  readonly expertProbability: Float64Array;
  /** Bits that another label would tell, see `orderForRelabelling`. */
  readonly gain: Float64Array;
}

export interface ConsensusResult {
  readonly columns: ConsensusColumns;
  /** Rows, those to label again first. */
  readonly relabelOrder: Int32Array;
  /** In the order of the annotators. */
  readonly annotators: readonly AnnotatorQuality[];
  /** P(given | true), see `Confusions`. */
  readonly confusions: Float64Array;
  readonly agreement: Agreement;
  readonly pairs: readonly PairAgreement[];
  /** Exponent of the experts' probabilities in the consensus; null where none took part. */
  readonly expertStrength: number | null;
  /** Why the experts did not take part although there are features; '' where they did, or there are none. */
  readonly expertsLeftOut: string;
  readonly passes: number;
}

/** The stages of a consensus after `features`. */
export const consensusStages = ['experts', 'consensus'] as const;

/** The stages of the experts' audit that show, and their number. */
const shownStages = auditStages.filter((stage) => stage !== 'features' && stage !== 'saving');

/**
 * The true class of each row from what several annotators said of it, what each annotator is worth, and which rows to
 * label again. The experts of an audit (docs/mathematics.md, "Several annotators") learn from the consensus of the
 * round before, first that of the labels alone, and take part as one more annotator, each row judged out of sample.
 * Reports the stages `experts` (where there are any) and `consensus`. Deterministic. Cost: `rounds` audits and as many
 * EMs.
 * @throws InputError where no class or no label is there; CancelledError.
 */
export function findConsensus(input: ConsensusInput, context: JobContext): ConsensusResult {
  const { annotations, experts, rounds = 2 } = input;
  if (annotations.classes < 2)
    throw new InputError('All annotators gave one and the same class: there is nothing to weigh.');
  const majority = takeMajority(annotations);
  // Not from the majority: experts who learn an adversary's errors go on believing them.
  let labels = experts === null ? majority.label : labelledOnly(annotations, fit(annotations, noExperts, context));
  let asked = noExperts;
  for (let round = 0; experts !== null && round < rounds; round++) {
    asked = askExperts(annotations, labels, experts, { round, rounds }, context);
    if (asked.probabilities === undefined) break;
    if (round < rounds - 1) labels = labelledOnly(annotations, fit(annotations, asked, context));
  }
  const progress = new StageProgress('consensus', context);
  const consensus = fit(annotations, asked, context, progress);
  progress.begin(0.9, 1, 'quality');
  const { order, gain } = orderForRelabelling(annotations, consensus);
  progress.onShare(0.5);
  const posterior = readPosterior(annotations, consensus);
  const result: ConsensusResult = {
    columns: {
      ...posterior,
      ...readExperts(annotations, asked.probabilities),
      majority: majority.label,
      tied: majority.tied,
      differs: differFromMajority(annotations, posterior.consensus, majority.label),
      labels: countLabels(annotations),
      gain,
    },
    relabelOrder: order,
    annotators: rateAnnotators(annotations, consensus),
    confusions: consensus.confusions,
    agreement: measureAgreement(annotations),
    pairs: comparePairs(annotations),
    expertStrength: consensus.strength,
    expertsLeftOut: asked.reason,
    passes: consensus.passes,
  };
  progress.finish();
  return result;
}

const noExperts: ExpertOpinion = { probabilities: undefined, reason: '' };

interface ExpertOpinion {
  /** n×C, out of sample. */
  readonly probabilities: Float32Array | undefined;
  /** Why there are none. */
  readonly reason: string;
}

function fit(
  annotations: Annotations,
  { probabilities }: ExpertOpinion,
  { signal }: JobContext,
  progress?: StageProgress,
): DawidSkene {
  return fitDawidSkene(annotations, {
    experts: probabilities,
    onPass: (pass) => {
      signal.throwIfCancelled();
      progress?.begin((0.9 * pass) / (pass + 20), 0.9, `pass ${pass + 1}`);
    },
  });
}

/** The pooled probabilities of an audit of these labels, every row in training and judged without itself. */
function askExperts(
  { rows, classes }: Annotations,
  labels: Int32Array,
  experts: ExpertInput,
  { round, rounds }: { readonly round: number; readonly rounds: number },
  context: JobContext,
): ExpertOpinion {
  const present = new Set(labels.filter((label) => label >= 0));
  if (present.size < 2) return { probabilities: undefined, reason: 'the consensus of the labels is one class only' };
  const split = new Uint8Array(rows).fill(splitCodes.train);
  try {
    const { classProbabilities, signal } = auditFeatures(
      { ...experts, labels, classes, split, l2: 'auto' },
      { ...context, progress: within('experts', round, rounds, context.progress) },
    );
    if (signal.found) return { probabilities: classProbabilities, reason: '' };
    return { probabilities: undefined, reason: 'the features say nothing about the labels' };
  } catch (error) {
    if (error instanceof InputError || error instanceof NumericalError) {
      return { probabilities: undefined, reason: error.message };
    }
    throw error;
  }
}

/** An audit's stages as parts of one stage. */
function within(
  stage: string,
  round: number,
  rounds: number,
  report: (progress: Progress) => void,
): (progress: Progress) => void {
  return (progress) => {
    const at = Math.max(
      0,
      shownStages.findIndex((name) => name === progress.stage),
    );
    const share = (at + progress.done / progress.total) / shownStages.length;
    const detail = `round ${round + 1} of ${rounds}, ${progress.stage}`;
    report({ stage, done: Math.round((1000 * (round + share)) / rounds), total: 1000, detail });
  };
}

/** The consensus of rows that have labels: experts do not learn from their own guesses. */
function labelledOnly(annotations: Annotations, { posterior }: DawidSkene): Int32Array {
  const { rows, classes, starts } = annotations;
  return Int32Array.from({ length: rows }, (_, i) =>
    starts[i + 1] === starts[i] ? -1 : largestTwo(posterior, i * classes, classes)[0],
  );
}

function readPosterior(
  { rows, classes, starts }: Annotations,
  { posterior, strength }: DawidSkene,
): Pick<ConsensusColumns, 'consensus' | 'probability' | 'runnerUp'> {
  const consensus = new Int32Array(rows).fill(-1);
  const runnerUp = new Int32Array(rows).fill(-1);
  const probability = new Float64Array(rows).fill(Number.NaN);
  for (let i = 0; i < rows; i++) {
    if (starts[i + 1] === starts[i] && strength === null) continue;
    [consensus[i], runnerUp[i]] = largestTwo(posterior, i * classes, classes);
    probability[i] = posterior[i * classes + consensus[i]];
  }
  return { consensus, probability, runnerUp };
}

function readExperts(
  { rows, classes }: Annotations,
  probabilities: Float32Array | undefined,
): Pick<ConsensusColumns, 'expertLabel' | 'expertProbability'> {
  const expertLabel = new Int32Array(rows).fill(-1);
  const expertProbability = new Float64Array(rows).fill(Number.NaN);
  for (let i = 0; probabilities !== undefined && i < rows; i++) {
    [expertLabel[i]] = largestTwo(probabilities, i * classes, classes);
    expertProbability[i] = probabilities[i * classes + expertLabel[i]];
  }
  return { expertLabel, expertProbability };
}

/** The places of the largest and the next of two numbers or more; of equal ones the first. */
function largestTwo(values: ArrayLike<number>, from: number, count: number): [number, number] {
  let [first, second] = values[from + 1] > values[from] ? [1, 0] : [0, 1];
  for (let c = 2; c < count; c++) {
    if (values[from + c] > values[from + first]) [first, second] = [c, first];
    else if (values[from + c] > values[from + second]) second = c;
  }
  return [first, second];
}
