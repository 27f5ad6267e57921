import { median } from '../base/statistics';
import type { LogEntry } from './decisions';

/** How fast an analyst decides. */
export interface DecisionPace {
  /** Median seconds from one decision to the next. */
  readonly seconds: number;
  /** Decisions it is the median of. */
  readonly decisions: number;
}

/** Longer ones were interrupted by something else. */
const longestGapSeconds = 180;
/** The latest decisions tell how fast one is now, … */
const latestGaps = 200;
/** … and fewer say nothing. */
const fewestGaps = 5;

/**
 * The pace of whoever decided last: the median time between decisions about one row each that followed what the same
 * person did before within three minutes. null: too few of them. O(entries).
 */
export function measurePace(entries: readonly LogEntry[]): DecisionPace | null {
  const gaps: number[] = [];
  let reviewer: string | null = null;
  for (let at = entries.length - 1; at > 0 && gaps.length < latestGaps; at--) {
    const { [at - 1]: before, [at]: entry } = entries;
    if (entry.kind !== 'decide' || entry.rows.length !== 1 || entry.reviewer !== before.reviewer) continue;
    reviewer ??= entry.reviewer;
    const seconds = (Date.parse(entry.time) - Date.parse(before.time)) / 1_000;
    if (entry.reviewer === reviewer && seconds >= 0 && seconds <= longestGapSeconds) gaps.push(seconds);
  }
  return gaps.length < fewestGaps ? null : { seconds: median(gaps), decisions: gaps.length };
}
