import type { JobSnapshot } from '../contract/jobs';
import { cutText } from '../core/base/visibleText';
import { terminalCell } from './terminalText';

const clearLine = '\r\u001b[2K';
const plainEveryMs = 5_000;

/** One line on stderr that says what a job is doing: rewritten in place on a terminal, now and then elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #stage = '';
  #writtenAt = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  show(job: JobSnapshot): void {
    const stage = job.stages.find(({ state }) => state === 'running');
    if (job.state !== 'running' || stage === undefined) return;
    const share = stage.total > 0 ? ` ${Math.floor((100 * stage.done) / stage.total)} %` : '';
    const left = job.secondsLeft !== null && job.secondsLeft >= 1 ? `, about ${Math.ceil(job.secondsLeft)} s left` : '';
    const detail = stage.detail === '' ? '' : ` · ${stage.detail}`;
    const text = terminalCell(`${stage.name}${share}${detail}${left}`);
    if (this.#stream.isTTY) {
      this.#stream.write(`${clearLine}${cutText(text, Math.max(20, this.#stream.columns - 2))}`);
      return;
    }
    const now = Date.now();
    if (stage.name !== this.#stage || now - this.#writtenAt > plainEveryMs) {
      this.#stream.write(`${text}\n`);
      this.#stage = stage.name;
      this.#writtenAt = now;
    }
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(clearLine);
  }
}
