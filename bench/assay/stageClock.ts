import type { Progress } from '../../src/core/job/jobContext';

export interface StageClock {
  /** To be told of every progress report. */
  readonly progress: (progress: Progress) => void;
  /**
   * Seconds by stage, in the order in which they began. The first one counts from when the clock was made, the last one
   * until now.
   */
  seconds(): Record<string, number>;
}

/** Measures the stages of a job by its progress reports: a stage lasts until the first report of another. */
export function createStageClock(now: () => number = () => performance.now()): StageClock {
  const spent = new Map<string, number>();
  let current: string | undefined;
  let since = now();
  const close = (): void => {
    const at = now();
    if (current !== undefined) spent.set(current, (spent.get(current) ?? 0) + (at - since) / 1000);
    since = at;
  };
  return {
    progress({ stage }) {
      if (stage === current) return;
      if (current !== undefined) close();
      current = stage;
    },
    seconds() {
      close();
      return Object.fromEntries(spent);
    },
  };
}
