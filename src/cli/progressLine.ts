import type { JobSnapshot } from '../contract/jobs';
import { cutText } from '../core/base/visibleText';
import { terminalCell } from './terminalText';

const clearLine = '\r\u001b[2K';
/** On a terminal. */
const rewrittenEveryMs = 1_000;
/** Elsewhere, in a log: often while somebody may be watching, then seldom. */
const loggedEveryMs = [
  { until: 120_000, every: 10_000 },
  { until: Number.POSITIVE_INFINITY, every: 60_000 },
] as const;

/**
 * One line on stderr that says what a job is doing: on a terminal rewritten in place once a second at most; in a log a
 * line where a stage begins, every ten seconds for two minutes, and every minute then.
 */
export class ProgressLine {
  readonly #stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;
  #job = '';
  #stage = '';
  #writtenAt = Number.NEGATIVE_INFINITY;
  #tellingSince: number | undefined;
  #told = false;

  constructor(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> = process.stderr) {
    this.#stream = stream;
  }

  show(job: JobSnapshot): void {
    const stage = job.stages.find(({ state }) => state === 'running');
    if (job.state !== 'running' || stage === undefined) return;
    const now = performance.now();
    if (this.#stream.isTTY) {
      if (now - this.#writtenAt < rewrittenEveryMs) return;
      const text = describe(job, stage);
      this.#stream.write(`${clearLine}${cutText(text, Math.max(20, this.#stream.columns - 2))}`);
      this.#writtenAt = now;
      return;
    }
    const every = loggedEveryMs.find(({ until }) => 1_000 * job.seconds < until)?.every ?? 0;
    if (job.id === this.#job && stage.name === this.#stage && now - this.#writtenAt < every) return;
    this.#stream.write(`${describe(job, stage)}\n`);
    this.#job = job.id;
    this.#stage = stage.name;
    this.#writtenAt = now;
  }

  /** What is done before there is a job; nothing where that is done within a second. */
  tell(text: string): void {
    const now = performance.now();
    this.#tellingSince ??= now;
    const [begins] = loggedEveryMs;
    const every = this.#stream.isTTY || !this.#told ? rewrittenEveryMs : begins.every;
    if (now - Math.max(this.#tellingSince, this.#writtenAt) < every) return;
    this.#told = true;
    this.#writtenAt = now;
    const shown = terminalCell(text);
    if (this.#stream.isTTY) this.#stream.write(`${clearLine}${cutText(shown, Math.max(20, this.#stream.columns - 2))}`);
    else this.#stream.write(`${shown}\n`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(clearLine);
  }
}

function describe({ secondsLeft }: JobSnapshot, { name, done, total, detail }: JobSnapshot['stages'][number]): string {
  const share = total > 0 ? ` ${Math.floor((100 * done) / total)} %` : '';
  const left = secondsLeft !== null && secondsLeft >= 1 ? `, about ${describeSeconds(secondsLeft)} left` : '';
  return terminalCell(`${name}${share}${detail === '' ? '' : ` · ${detail}`}${left}`);
}

/** As exact as an estimate is. */
function describeSeconds(seconds: number): string {
  if (seconds < 20) return `${Math.round(seconds)} s`;
  if (seconds < 90) return `${5 * Math.round(seconds / 5)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
