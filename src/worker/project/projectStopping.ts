import type { StopFigures } from '../../contract/stop';
import { computeStopFigures } from '../../core/review/stopFigures';
import { drawSpotCheck, readSpotChecks } from '../review/spotChecks';
import type { ProjectStore } from '../store/projectStore';

/** When to stop reviewing: what was found so far, and what may be left. */
export class ProjectStopping {
  readonly #store: ProjectStore;
  /** Samples are drawn one after the other: one is never drawn twice. */
  #drawing: Promise<unknown> = Promise.resolve();

  constructor(store: ProjectStore) {
    this.#store = store;
  }

  /** @throws InputError before the first audit. */
  async figures(threshold: number): Promise<StopFigures> {
    const { review, decisions } = this.#store;
    const totals = await review.totals(threshold);
    const [{ blocks, next }, { open, ...spotCheck }] = await Promise.all([
      review.readRanked(threshold, totals.suspects),
      readSpotChecks(this.#store, threshold),
    ]);
    const { points, bars, ...figures } = computeStopFigures({ bins: totals.bins, blocks, seeded: [], spotCheck });
    return {
      threshold,
      ...figures,
      spotCheck: { ...spotCheck, open: open.length },
      points: [...points],
      bars: [...bars],
      next,
      pace: decisions.pace(),
    };
  }

  /**
   * Rows below the threshold to look at: those of the samples drawn so far that are undecided, else a new sample.
   * @throws InputError before the first audit.
   */
  async spotCheck(threshold: number, count: number): Promise<number[]> {
    const drawn = this.#drawing.then(async () => {
      const { open } = await readSpotChecks(this.#store, threshold);
      return open.length > 0 ? open.slice(0, count) : drawSpotCheck(this.#store, threshold, count);
    });
    this.#drawing = drawn.catch(() => undefined);
    return [...(await drawn)];
  }
}
