import type { JobSnapshot } from '../../src/contract/jobs';

/** What was told of an audit at one moment. */
export interface Moment {
  /** Since it began. */
  readonly seconds: number;
  /** Seconds left; null: nothing was told. */
  readonly told: number | null;
  readonly stages: JobSnapshot['stages'];
}

/** How far what was told is from what came. */
export interface ToldErrors {
  /** Of the whole audit. */
  readonly seconds: number;
  /** |told − true| / true seconds left when a quarter, half and three quarters of the audit's time had passed. */
  readonly quarters: readonly [number, number, number];
  /** The same in the mean over the second to ninth tenth of the time. */
  readonly mean: number;
  /**
   * The most that what was told ever rose above the least told before, as a share of the audit's time.
   */
  readonly rise: number;
  /** The longest time in which nothing new was told, seconds. */
  readonly silence: number;
}

/** @throws Error when nothing was told. */
export function readMoments(moments: readonly Moment[]): ToldErrors {
  const last = moments[moments.length - 1];
  if (last === undefined) throw new Error('The audit told nothing.');
  const { seconds } = last;
  const told = moments.filter((moment): moment is Moment & { told: number } => moment.told !== null);
  const errorAt = (share: number): number => {
    const at = share * seconds;
    const heard = told.filter((moment) => moment.seconds <= at).pop();
    return heard === undefined ? Number.NaN : Math.abs(heard.told - (seconds - at)) / (seconds - at);
  };
  const shares = Array.from({ length: 81 }, (_, k) => 0.1 + k / 100);
  let least = Number.POSITIVE_INFINITY;
  let rise = 0;
  let silence = 0;
  let before = 0;
  for (const moment of told) {
    rise = Math.max(rise, moment.told - least);
    least = Math.min(least, moment.told);
    silence = Math.max(silence, moment.seconds - before);
    before = moment.seconds;
  }
  return {
    seconds,
    quarters: [errorAt(0.25), errorAt(0.5), errorAt(0.75)],
    mean: shares.reduce((sum, share) => sum + errorAt(share), 0) / shares.length,
    rise: rise / seconds,
    silence: Math.max(silence, seconds - before),
  };
}
