import type { StageProgress } from '../../job/stageProgress';
import type { ExpertName } from './expertNames';
import type { Expert } from './experts';

/** One who gives class probabilities for every row, and can be asked again to leave rows out of what it learns from. */
export interface ExpertSource {
  readonly name: ExpertName;
  /** About how many seconds a judgement takes, for the progress bar alone; `again`: not the first. */
  readonly seconds: { readonly first: number; readonly again: number };
  /**
   * Learns from the labelled rows with `kept` ≠ 0 (n) and judges all rows out of sample: those that it learns from as
   * if each were left out, others plainly. Tells the progress of a part of a stage that has begun.
   * @throws NumericalError where it cannot judge, the reason in words; CancelledError
   */
  judge(kept: Float64Array, progress: StageProgress): Expert;
}
