import type { StopPoint } from './stopFigures';

/** Stop when fewer than one in so many inspected rows is wrong. */
export const stopLimits = [2, 5, 10, 20, 50] as const;
export type StopLimit = (typeof stopLimits)[number];

/** Decisions from which an estimate is more than a guess. */
export const enoughDecisions = 20;

/** What follows from stopping somewhere. */
export interface StopAdvice {
  /**
   * - `go-on`: up to `point`.
   * - `stop`: nothing that is left is worth it.
   * - `done`: every row that was ranked so far down is decided.
   */
  readonly kind: 'go-on' | 'stop' | 'done';
  /** Where to stop; null: nowhere is worth it, or there are no rows. */
  readonly point: StopPoint | null;
  /** Of all that is left up to there, at the pace so far; null: not known. */
  readonly seconds: number | null;
  /** The share of wrong labels expected right after it; null: there is no row after it. */
  readonly after: number | null;
}

interface Asked {
  readonly points: readonly StopPoint[];
  /** Seconds a decision; null: not known. */
  readonly pace: number | null;
}

/** Where fewer than one in `limit` of the rows that come next are expected to be wrong. */
export function adviseLimit({ points, pace }: Asked, limit: StopLimit): StopAdvice {
  // Suspicion falls with the rank, and the rate never rises where it falls.
  const first = points.findIndex(({ rate }) => rate.value < 1 / limit);
  const place = (first < 0 ? points.length : first) - 1;
  return advisePlace({ points, pace }, place);
}

/** Stopping after the point of this index; −1: before the first. */
export function advisePlace({ points, pace }: Asked, index: number): StopAdvice {
  const point = points[index] ?? null;
  const last = points[points.length - 1];
  const rows = point?.rows ?? 0;
  const kind = rows > 0 ? 'go-on' : (last?.rows ?? 0) > 0 ? 'stop' : 'done';
  return {
    kind,
    point,
    seconds: pace === null ? null : pace * rows,
    after: points[index + 1]?.rate.value ?? null,
  };
}
