/**
 * Says which stage runs, one line each with its time, and nothing about stages that had nothing to do.
 * Writes to the given stream: standard error where standard output belongs to the command's own result.
 */
export class Reporter {
  #stream;
  #lineOpen = false;

  constructor(stream = process.stderr) {
    this.#stream = stream;
  }

  /** Runs one stage under its name. The line is finished with "done" or "failed" and the seconds it took. */
  async stage(title, work) {
    this.#write(`  ${title} … `);
    this.#lineOpen = true;
    const start = Date.now();
    const finish = (word) => {
      const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
      this.#write(this.#lineOpen ? `${word}, ${seconds}\n` : `  ${title}: ${word}, ${seconds}\n`);
      this.#lineOpen = false;
    };
    try {
      const result = await work();
      finish('done');
      return result;
    } catch (error) {
      finish('not possible');
      throw error;
    }
  }

  /** A remark on a line of its own, also in the middle of a stage. */
  note(text) {
    if (this.#lineOpen) this.#write('\n');
    this.#lineOpen = false;
    this.#write(`${text.replace(/^/gm, '  ')}\n`);
  }

  #write(text) {
    this.#stream.write(text);
  }
}
