type Task = () => void | Promise<void>;

/** One thing after the other, at once where nothing is under way. A task that fails takes those behind it along. */
export class TaskQueue {
  readonly #onError: (error: unknown, unused: number) => void;
  readonly #tasks: Task[] = [];
  #working = false;

  /** @param onError told of a task that failed, and how many behind it are not done for that */
  constructor(onError: (error: unknown, unused: number) => void) {
    this.#onError = onError;
  }

  push(task: Task): void {
    this.#tasks.push(task);
    if (!this.#working) void this.#work();
  }

  /** Gives up what waits. @returns how many tasks */
  clear(): number {
    return this.#tasks.splice(0).length;
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
        const result = task();
        if (result !== undefined) await result;
      }
    } catch (error) {
      this.#onError(error, this.clear());
    } finally {
      this.#working = false;
    }
  }
}
