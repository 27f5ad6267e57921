import type { Random } from '../base/random';
import type { LinearAlgebra } from '../linalg/linearAlgebra';

/** Asked between blocks of work; cheap (an atomic read at most). */
export interface CancellationSignal {
  readonly cancelled: boolean;
  /** @throws CancelledError when cancellation was asked for. */
  throwIfCancelled(): void;
}

/** The stages of an audit in the order in which they run. */
export const auditStages = ['features', 'lambda', 'fit', 'influence', 'neighbours', 'ranking', 'saving'] as const;
export type AuditStage = (typeof auditStages)[number];

/** The stage in which each kind of study answers, after those that open its head. */
export const studyStages = {
  verify: 'verifying',
  fidelity: 'fidelity',
  sweep: 'sweep',
  influence: 'effects',
  subset: 'subset',
  explain: 'explaining',
  groups: 'groups',
  unlearn: 'unlearning',
} as const;

/** `done` of `total` units of `stage`; `detail` is a short remark for people ("λ 1e-3 of 9", "gradient 3e-10"). */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly detail?: string;
}

/** What every long step takes. Progress may be reported at any rate: the host throttles it. */
export interface JobContext {
  readonly signal: CancellationSignal;
  readonly progress: (progress: Progress) => void;
  readonly random: Random;
  readonly linalg: LinearAlgebra;
  readonly log: (message: string) => void;
}
