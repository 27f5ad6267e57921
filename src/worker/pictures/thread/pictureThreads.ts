import { setMaxListeners } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { CancelledError, deserializeError } from '../../../core/base/errors';
import { settlesWithin } from '../../settlesWithin';
import type { PictureFile } from '../pictureFile';
import type { PictureAnswer, PictureOutcome, PictureQuestion, PictureWish, WishKind } from './pictureMessages';

interface PictureThreadsOptions {
  /** Starts a thread that runs servePictures. */
  readonly start: () => Worker;
  readonly threads: number;
  /** A picture that takes longer is given up, and its thread with it. Default 20 s. */
  readonly longestMs?: number;
  /** What a thread may need beside that for its first picture: it loads libraries. Default 30 s. */
  readonly longestLoadMs?: number;
}

interface ReadOptions {
  /** Aborting ends the waiting with CancelledError. */
  readonly signal?: AbortSignal;
  /** Somebody is looking at the screen: before everything that is not urgent. */
  readonly urgent?: boolean;
}

/** Where pictures are read: threads, or threads behind a condition. */
export type PictureReader = Pick<PictureThreads, 'read'>;

interface Task {
  readonly file: PictureFile;
  readonly wish: PictureWish;
  readonly resolve: (outcome: PictureOutcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly id: number;
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
  hasAnswered: boolean;
}

/** A thread ends when it has had nothing to do for so long: it holds native libraries. */
const idleMs = 60_000;

/**
 * Reads pictures in threads of their own: the engine's event loop stays free. Threads start when there is something to
 * read and end when there is nothing any more; an idle one does not keep the process alive. One that is lost costs the
 * picture it was reading, which is told as a problem of that picture.
 */
export class PictureThreads {
  readonly #options: Required<PictureThreadsOptions>;
  readonly #urgent: Task[] = [];
  readonly #patient: Task[] = [];
  readonly #threads = new Set<Thread>();
  #nextId = 1;
  #closed = false;

  constructor(options: PictureThreadsOptions) {
    this.#options = { longestMs: 20_000, longestLoadMs: 30_000, ...options };
  }

  /** Pictures that can be read at once: ask for a few more than that to keep all threads at work. */
  get threads(): number {
    return this.#options.threads;
  }

  /** @throws CancelledError, also when it is closed meanwhile. */
  async read<Kind extends WishKind>(
    file: PictureFile,
    wish: PictureWish & { readonly kind: Kind },
    { signal, urgent = false }: ReadOptions = {},
  ): Promise<PictureOutcome<Kind>> {
    if (this.#closed || signal?.aborted === true) throw new CancelledError();
    const queue = urgent ? this.#urgent : this.#patient;
    let stop: (() => void) | undefined;
    const answer = new Promise<PictureOutcome>((resolve, reject) => {
      const task: Task = { file, wish, resolve, reject };
      queue.push(task);
      stop = () => {
        const place = queue.indexOf(task);
        if (place >= 0) queue.splice(place, 1);
        reject(new CancelledError());
      };
    });
    if (stop !== undefined && signal !== undefined) {
      // Many pictures wait under one signal; that is no leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', stop, { once: true });
    }
    this.#next();
    try {
      // Answers are of the kind that was wished for.
      return (await answer) as PictureOutcome<Kind>;
    } finally {
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends all threads; what is still asked for ends as cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const task of [...this.#urgent.splice(0), ...this.#patient.splice(0)]) task.reject(new CancelledError());
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }

  async #end(thread: Thread): Promise<void> {
    thread.task?.reject(new CancelledError());
    thread.task = undefined;
    const { worker } = thread;
    const { longestLoadMs } = this.#options;
    // A thread that is ended while it loads a library takes the process with it.
    if (!thread.hasAnswered) {
      await settlesWithin(
        longestLoadMs,
        new Promise((resolve) => worker.once('message', resolve).once('exit', resolve)),
      );
    }
    this.#drop(thread);
    await settlesWithin(longestLoadMs, worker.terminate());
  }

  #next(): void {
    while (this.#urgent.length + this.#patient.length > 0) {
      const thread = this.#idleThread();
      if (thread === undefined) return;
      const task = this.#urgent.shift() ?? this.#patient.shift();
      if (task === undefined) return;
      this.#give(thread, task);
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) if (thread.task === undefined) return thread;
    return this.#threads.size < this.#options.threads ? this.#start() : undefined;
  }

  #give(thread: Thread, task: Task): void {
    thread.task = task;
    thread.worker.ref();
    this.#watch(thread, this.#longestMs(thread), () =>
      this.#lose(thread, 'The picture was given up: decoding it takes too long.'),
    );
    const question: PictureQuestion = { id: thread.id, file: task.file, wish: task.wish };
    thread.worker.postMessage(question);
  }

  #longestMs({ hasAnswered }: Thread): number {
    const { longestMs, longestLoadMs } = this.#options;
    return hasAnswered ? longestMs : longestLoadMs + longestMs;
  }

  #start(): Thread {
    const thread: Thread = {
      worker: this.#options.start(),
      id: this.#nextId++,
      task: undefined,
      timer: undefined,
      hasAnswered: false,
    };
    const { worker } = thread;
    worker.on('message', (answer: PictureAnswer) => this.#take(thread, answer));
    worker.on('messageerror', () => this.#lose(thread, 'The picture could not be read.'));
    worker.on('error', () => this.#lose(thread, 'The picture could not be decoded: there is not enough memory.'));
    worker.on('exit', () => this.#lose(thread, 'The picture could not be decoded.'));
    this.#threads.add(thread);
    return thread;
  }

  #take(thread: Thread, answer: PictureAnswer): void {
    thread.hasAnswered = true;
    const { task } = thread;
    thread.task = undefined;
    thread.worker.unref();
    this.#watch(thread, idleMs, () => void this.#end(thread));
    if (task === undefined) return;
    if ('error' in answer) task.reject(deserializeError(answer.error));
    else task.resolve(answer.outcome);
    this.#next();
  }

  /** A thread that will not answer any more. */
  #lose(thread: Thread, problem: string): void {
    if (!this.#threads.has(thread)) return;
    this.#drop(thread);
    thread.task?.resolve({ kind: 'problem', problem });
    thread.task = undefined;
    void thread.worker.terminate();
    this.#next();
  }

  #drop(thread: Thread): void {
    this.#threads.delete(thread);
    clearTimeout(thread.timer);
  }

  #watch(thread: Thread, ms: number, then: () => void): void {
    clearTimeout(thread.timer);
    thread.timer = setTimeout(then, ms);
    thread.timer.unref();
  }
}
