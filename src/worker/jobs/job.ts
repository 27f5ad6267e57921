import { performance } from 'node:perf_hooks';
import type { JobKind, JobSnapshot } from '../../contract/jobs';
import { CancelledError, serializeWithoutStacks } from '../../core/base/errors';
import type { CancellationSignal, Progress } from '../../core/job/jobContext';
import { closeAllAtOnce } from '../closeAll';
import { Countdown, estimateSecondsLeft } from './timeLeft';

/**
 * A stage as it is announced: its name and how long it may take, for the estimate of the time left; 0 where nobody
 * knows.
 */
export interface PlannedStage {
  readonly name: string;
  readonly expectedSeconds: number;
}

interface Stage {
  readonly name: string;
  readonly expectedSeconds: number;
  state: 'waiting' | 'running' | 'done';
  done: number;
  total: number;
  detail: string;
  startedAt: number;
  /** When the share of it that is done last grew. */
  grownAt: number;
  /** What was done of it when it began. */
  headStart: number;
  seconds: number;
}

const notifyEveryMs = 50;
/** What a stage reports so soon was done beside others before it began. */
const headStartMs = 60;
/** Time passes while a stage has nothing to say. */
const tellEveryMs = 1_000;

/**
 * One job's life as the window sees it. Progress may be reported at any rate: listeners hear of it at most 20 times a
 * second, but always of a change of state, and once a second of the time that passes.
 */
export class Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly #stages: Stage[];
  readonly #notify: (snapshot: JobSnapshot) => void;
  readonly #cancelListeners: (() => void)[] = [];
  #state: JobSnapshot['state'] = 'queued';
  #error: JobSnapshot['error'] = null;
  #startedAt = 0;
  #endedAt = 0;
  #notifiedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #clock: NodeJS.Timeout | undefined;
  readonly #countdown = new Countdown();
  #secondsLeft: number | null = null;

  constructor(options: {
    readonly id: string;
    readonly kind: JobKind;
    readonly stages: readonly PlannedStage[];
    readonly notify: (snapshot: JobSnapshot) => void;
  }) {
    this.id = options.id;
    this.kind = options.kind;
    this.#notify = options.notify;
    this.#stages = options.stages.map((stage) => ({
      ...stage,
      state: 'waiting',
      done: 0,
      total: 0,
      detail: '',
      startedAt: 0,
      grownAt: 0,
      headStart: 0,
      seconds: 0,
    }));
  }

  /** True from the moment cancellation is asked for. */
  get cancelled(): boolean {
    return this.#state === 'cancelling' || this.#state === 'cancelled';
  }

  get ended(): boolean {
    return this.#state === 'done' || this.#state === 'failed' || this.#state === 'cancelled';
  }

  readonly signal: CancellationSignal = (() => {
    const isCancelled = (): boolean => this.cancelled;
    return {
      get cancelled() {
        return isCancelled();
      },
      throwIfCancelled() {
        if (isCancelled()) throw new CancelledError();
      },
    };
  })();

  /** Calls the listener when cancellation is asked for (at once if it was already). */
  onCancel(listener: () => void): void {
    if (this.cancelled) listener();
    else this.#cancelListeners.push(listener);
  }

  cancel(): void {
    if (this.ended || this.#state === 'cancelling') return;
    if (this.#state === 'queued') {
      this.#end('cancelled');
      return;
    }
    this.#state = 'cancelling';
    closeAllAtOnce([() => this.#flush(), ...this.#cancelListeners.splice(0)]);
  }

  begin(): void {
    this.#state = 'running';
    this.#startedAt = performance.now();
    this.#clock = setInterval(() => this.#flush(), tellEveryMs).unref();
    this.#flush();
  }

  /** Replaces the estimates of the stages once more is known. */
  expect(stages: readonly PlannedStage[]): void {
    for (const { name, expectedSeconds } of stages) {
      const index = this.#stages.findIndex((stage) => stage.name === name);
      const stage = this.#stages[index];
      if (stage !== undefined) this.#stages[index] = { ...stage, expectedSeconds };
    }
  }

  /** Entering a stage finishes those before it. */
  readonly progress = (progress: Progress): void => {
    const index = this.#stages.findIndex((stage) => stage.name === progress.stage);
    const stage = this.#stages[index];
    if (stage === undefined || this.ended) return;
    const now = performance.now();
    for (const earlier of this.#stages.slice(0, index)) finish(earlier, now);
    const entered = stage.state !== 'running';
    if (stage.state === 'waiting') {
      stage.state = 'running';
      stage.startedAt = now;
      stage.grownAt = now;
    }
    if (shareOf(progress) > shareOf(stage)) stage.grownAt = now;
    if (now - stage.startedAt < headStartMs) stage.headStart = shareOf(progress);
    stage.done = progress.done;
    stage.total = progress.total;
    if (progress.detail !== undefined) stage.detail = progress.detail;
    stage.seconds = (now - stage.startedAt) / 1000;
    if (entered) this.#flush();
    else this.#notifySoon();
  };

  succeed(): void {
    const now = performance.now();
    this.#stages.forEach((stage) => finish(stage, now));
    this.#end('done');
  }

  fail(error: unknown): void {
    if (error instanceof CancelledError || (this.cancelled && !this.ended)) {
      this.#end('cancelled');
      return;
    }
    this.#error = serializeWithoutStacks(error);
    this.#end('failed');
  }

  get snapshot(): JobSnapshot {
    const now = this.ended ? this.#endedAt : performance.now();
    return {
      id: this.id,
      kind: this.kind,
      state: this.#state,
      stages: this.#stages.map(({ name, state, done, total, detail, seconds }) => ({
        name,
        state,
        done,
        total,
        detail,
        seconds,
      })),
      seconds: this.#startedAt === 0 ? 0 : (now - this.#startedAt) / 1000,
      secondsLeft: this.#secondsLeft,
      error: this.#error,
    };
  }

  get stageSeconds(): Record<string, number> {
    return Object.fromEntries(this.#stages.map((stage) => [stage.name, stage.seconds]));
  }

  #tellTimeLeft(): void {
    if (this.#state !== 'running') {
      this.#secondsLeft = null;
      return;
    }
    const now = performance.now();
    const estimate = estimateSecondsLeft(
      this.#stages.map((stage) => ({
        expectedSeconds: stage.expectedSeconds,
        state: stage.state,
        share: shareOf(stage),
        headStart: stage.headStart,
        seconds: stage.state === 'running' ? (now - stage.startedAt) / 1000 : stage.seconds,
        silentSeconds: stage.state === 'running' ? (now - stage.grownAt) / 1000 : 0,
      })),
    );
    this.#secondsLeft = estimate === null ? null : this.#countdown.tell(estimate, now / 1000);
  }

  #end(state: 'done' | 'failed' | 'cancelled'): void {
    this.#state = state;
    this.#endedAt = performance.now();
    clearInterval(this.#clock);
    this.#cancelListeners.length = 0;
    this.#flush();
  }

  #notifySoon(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#notifiedAt + notifyEveryMs - performance.now());
    if (wait === 0) {
      this.#flush();
      return;
    }
    this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#notifiedAt = performance.now();
    this.#tellTimeLeft();
    this.#notify(this.snapshot);
  }
}

function shareOf({ done, total }: Pick<Progress, 'done' | 'total'>): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

function finish(stage: Stage, now: number): void {
  if (stage.state === 'done') return;
  if (stage.state === 'running') stage.seconds = (now - stage.startedAt) / 1000;
  stage.state = 'done';
  stage.done = stage.total;
}
