import { InputError, NumericalError } from '../../base/errors';
import type { StageParts } from '../../job/stageParts';
import type { ExpertName } from './expertNames';
import type { Expert } from './experts';
import type { ExpertSource } from './expertSource';
import { findSuspects } from './findSuspects';
import { combineRounds, fitPoolWeights, poolExperts } from './poolExperts';
import { joinTwins } from './twinClasses';

/** How often the experts are asked at most. */
export type RoundCount = 1 | 2;

export interface JudgedRows {
  /** n labels, −1 = unlabelled. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** n: 1 for labelled rows. */
  readonly labelled: Float64Array;
  /** See `joinTwins`. */
  readonly twins: Int32Array | undefined;
  /** n: 1 for rows whose label a person vouches for; they are never set aside. */
  readonly vouched?: Uint8Array | undefined;
}

export interface ExpertStrength {
  readonly name: ExpertName;
  /** In the log-linear pool, ≥ 0. Strengths need not sum to 1. */
  readonly weight: number;
}

/** An expert that could not judge, and why. */
export interface ExpertLeftOut {
  readonly name: ExpertName;
  readonly reason: string;
}

/** What the experts say together. */
export interface Judgement {
  /** n×C, out of sample for every row: the pool, or the geometric mean of the pools of both rounds. */
  readonly probabilities: Float32Array;
  /**
   * n×C: the pool of the first round, in which every label was judged by all others; the same array where there was no
   * second.
   */
  readonly firstRound: Float32Array;
  /** Strengths in the pool of the last round. */
  readonly experts: readonly ExpertStrength[];
  readonly leftOut: readonly ExpertLeftOut[];
  /** How often they were asked: 1 where the second round was not wanted, or found nobody to set aside. */
  readonly rounds: RoundCount;
  /** Labelled rows that nobody learnt from in the second round. */
  readonly rowsSetAside: number;
}

/** Seconds that pooling takes, for a row, class and expert; finding suspects takes three times as long. */
const secondsPerCell = 1.5e-7;

/** What {@link judgeInRounds} is expected to take of so many rows × classes, seconds. */
export function judgingSeconds(sources: readonly ExpertSource[], cells: number, rounds: RoundCount): number {
  const first = sources.reduce((sum, { seconds }) => sum + seconds.first, poolingSeconds(sources, cells));
  return rounds === 1 ? first : first + secondRoundSeconds(sources, cells);
}

function poolingSeconds({ length }: readonly ExpertSource[], cells: number): number {
  return secondsPerCell * cells * length;
}

function secondRoundSeconds(sources: readonly ExpertSource[], cells: number): number {
  return sources.reduce((sum, { seconds }) => sum + seconds.again, 4 * poolingSeconds(sources, cells));
}

/**
 * Asks every expert, pools what they say and, with two `rounds`, sets aside the labelled rows that are suspicious by
 * that and asks again: nobody learns from these rows then, and they are judged plainly. The strengths of the second
 * pool come from the rows that were kept. Experts that fail are left out of the round; docs/mathematics.md,
 * "Suspicion", 1–3.
 * @throws InputError when no expert can judge; CancelledError
 */
export function judgeInRounds(
  sources: readonly ExpertSource[],
  rows: JudgedRows,
  rounds: RoundCount,
  parts: StageParts,
): Judgement {
  const { labels, classes, labelled } = rows;
  const leftOut: ExpertLeftOut[] = [];
  const first = ask(sources, labelled, 'first', '', leftOut, parts);
  if (first.length === 0) {
    throw new InputError(`There is no expert to make a suspicion of: ${leftOut[0].reason}. Add head to --experts.`);
  }
  const cells = labels.length * classes;
  const pooling = poolingSeconds(sources, cells);
  const { strengths, ...pool } = poolOf(first, rows, labelled, pooling, parts);
  const alone = { ...pool, firstRound: pool.probabilities, leftOut, rounds: 1, rowsSetAside: 0 } as const;
  if (rounds === 1) return alone;
  const toSetAside = parts.begin(3 * pooling, 'rows to set aside', 30);
  const suspects = suspectsOf(first, strengths, rows, toSetAside.onBlock).map((one, row) =>
    rows.vouched?.[row] === 1 ? 0 : one,
  );
  const kept = labelled.map((weight, row) => (suspects[row] === 0 ? weight : 0));
  const rowsSetAside = suspects.reduce((sum, one) => sum + one, 0);
  if (rowsSetAside === 0) {
    parts.skip(secondRoundSeconds(sources, cells) - 3 * pooling);
    return alone;
  }
  const able = sources.filter(({ name }) => first.some((expert) => expert.name === name));
  const second = ask(able, kept, 'again', 'second round: ', leftOut, parts);
  if (second.length === 0) return alone;
  const { probabilities, experts } = poolOf(second, rows, kept, pooling, parts);
  return {
    probabilities: combineRounds(pool.probabilities, probabilities, classes),
    firstRound: pool.probabilities,
    experts,
    leftOut,
    rounds: 2,
    rowsSetAside,
  };
}

/** Those who can judge; the others are added to `leftOut`. */
function ask(
  sources: readonly ExpertSource[],
  kept: Float64Array,
  time: keyof ExpertSource['seconds'],
  prefix: string,
  leftOut: ExpertLeftOut[],
  parts: StageParts,
): Expert[] {
  const experts: Expert[] = [];
  for (const source of sources) {
    const { name, seconds } = source;
    try {
      experts.push(source.judge(kept, parts.begin(seconds[time], `${prefix}${name}`)));
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const without = time === 'again' ? 'without the rows set aside, ' : '';
      leftOut.push({ name, reason: without + error.message });
    }
  }
  return experts;
}

function poolOf(
  experts: readonly Expert[],
  { labels, classes }: JudgedRows,
  kept: Float64Array,
  seconds: number,
  parts: StageParts,
): Pick<Judgement, 'probabilities' | 'experts'> & { readonly strengths: Float64Array } {
  const progress = parts.begin(seconds, 'expert strengths', 12);
  const step = (): void => progress.onBlock(1, 1);
  const strengths = fitPoolWeights(experts, labels, kept, classes, step);
  return {
    strengths,
    probabilities: poolExperts(experts, strengths, classes, step),
    experts: experts.map(({ name }, e) => ({ name, weight: strengths[e] })),
  };
}

/**
 * Which of two twins a row is called makes no suspect of it.
 *
 * @param strengths those of the experts for the classes as they are
 */
function suspectsOf(
  experts: readonly Expert[],
  strengths: Float64Array,
  { labels, classes, labelled, twins }: JudgedRows,
  onBlock: (done: number, total: number) => void,
): Uint8Array {
  const joined = experts.map(({ name, probabilities }) => ({
    name,
    ...joinTwins(probabilities, labels, classes, twins),
  }));
  return findSuspects(
    joined.map(({ name, mixture }) => ({ name, probabilities: mixture })),
    joined[0].labels,
    labelled,
    joined[0].classes,
    () => onBlock(1, 1),
    joined[0].classes === classes ? strengths : undefined,
  );
}
