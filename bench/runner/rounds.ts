import { setTimeout } from 'node:timers/promises';
import type { TimedRun } from './messages';

/** One side as the rounds see it. */
export interface Runner {
  readonly name: string;
  run(): Promise<TimedRun>;
}

export interface Rounds {
  /** Seconds of each timed run, by side. A side that failed has the runs before that. */
  readonly seconds: Readonly<Record<string, readonly number[]>>;
  /** The same of the untimed rounds before: what a first call costs. */
  readonly warmUpSeconds: Readonly<Record<string, readonly number[]>>;
  /** What each side told of its last run. */
  readonly facts: Readonly<Record<string, TimedRun['facts']>>;
  /** Why a side dropped out. */
  readonly failures: Readonly<Record<string, unknown>>;
}

export interface RoundsOptions {
  /** Untimed rounds first. */
  readonly warmUps: number;
  readonly repeats: number;
  /**
   * Milliseconds of rest before each run: a library's threads go on spinning for a while when their work is done
   * (OpenBLAS: 0.1 s).
   */
  readonly rest: number;
  readonly onRun?: (side: string, round: number, seconds: number) => void;
}

/**
 * Runs the sides in turn, one after the other in every round, so that a change of the machine's pace meets all of them
 * alike. A side that fails drops out; when the first one does, the rounds end.
 */
export async function runRounds(sides: readonly Runner[], options: RoundsOptions): Promise<Rounds> {
  const noSeconds = (): Record<string, number[]> => Object.fromEntries(sides.map(({ name }) => [name, []]));
  const seconds = noSeconds();
  const warmUpSeconds = noSeconds();
  const facts: Record<string, TimedRun['facts']> = {};
  const failures: Record<string, unknown> = {};
  for (let round = -options.warmUps; round < options.repeats; round++) {
    for (const side of sides) {
      if (side.name in failures || sides[0].name in failures) continue;
      try {
        await setTimeout(options.rest);
        const timed = await side.run();
        facts[side.name] = timed.facts;
        (round < 0 ? warmUpSeconds : seconds)[side.name].push(timed.seconds);
        options.onRun?.(side.name, round, timed.seconds);
      } catch (error) {
        failures[side.name] = error;
      }
    }
  }
  return { seconds, warmUpSeconds, facts, failures };
}
