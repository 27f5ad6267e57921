import { Worker } from 'node:worker_threads';
import type { ConsensusResult } from '../../../core/annotators/findConsensus';
import type { AuditResult } from '../../../core/audit/auditTypes';
import { BugError, CancelledError, deserializeError, InputError } from '../../../core/base/errors';
import type { LabelBeliefs } from '../../../core/influence/measurements/measuredLabels';
import type { Progress } from '../../../core/job/jobContext';
import type { PlaneOfRows } from '../../../core/linalg/planeOfRows';
import type { PrincipalAxes } from '../../../core/linalg/principalAxes';
import type { NeighbourLayout } from '../../../core/ranking/neighbours/umap/layOutNeighbours';
import type { Studies, Study, StudyKind } from '../../../core/study/runStudy';
import type { TermKind } from '../../../core/text/terms';
import { mediaThreadRole } from '../../media/mediaMessages';
import { MediaThread } from '../../media/mediaThread';
import { settlesWithin } from '../../settlesWithin';
import type { RequestedBackend } from '../chooseBackend';
import { configureTensorflow } from '../native/tensorflowBinding';
import { textThreadRole } from '../texts/textMessages';
import { TextThread } from '../texts/textThread';
import type {
  BackendDescription,
  ComputeAuditInput,
  ComputeAxesInput,
  ComputeConsensusInput,
  ComputeHeadInput,
  ComputeLayoutInput,
  ComputeNumbersInput,
  ComputePlacesInput,
  ComputePlaneInput,
  ComputeRequests,
  ComputeSessionInput,
  LongRequest,
  RequestMessage,
  RequestName,
  SessionQuestion,
  ThreadMessage,
} from './messages';

interface ComputeClientOptions {
  /** The built compute thread: out/main/compute.js. */
  readonly threadPath: string;
  /** How long a cancelled request may go on before its thread is given up. Default 0.7 s. */
  readonly graceMs?: number;
}

/** What goes with one request. */
interface CallOptions {
  /** Aborting makes the request end with CancelledError. */
  readonly signal?: AbortSignal;
  /** At most about 20 times a second. */
  readonly onProgress?: (progress: Progress) => void;
  readonly onLog?: (message: string) => void;
}

interface Pending {
  readonly options: CallOptions;
  readonly control: Int32Array;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** It has answered something. */
  hasAnswered: boolean;
  failure?: unknown;
}

interface Session {
  input: ComputeSessionInput;
  readonly backend: RequestedBackend;
  /** The thread that has it open, or is opening it. */
  openIn?: Thread;
  opened?: Promise<{ readonly parameters: number }>;
}

/** A library has loaded after that, or never will. Seconds on a machine that is very busy. */
const longestFirstLoadMs = 30_000;
/** A thread that has answered before does something else after that. */
const longestLoadMs = 2_000;

/** The thread ended before it answered: it crashed, or it had to be ended to stop another request. */
class ThreadGone extends BugError {}

/**
 * The compute thread as seen from the engine: promises instead of messages. Plain Node and Electron's utility process
 * alike.
 *
 * - Audits run one after the other; questions to the session are answered in between, also while an audit runs (see
 *   ComputeDispatcher).
 * - Cancelling sets a flag that the computation looks at after every block; a computation that does not react within
 *   the grace period is ended with its thread.
 * - The thread starts at the first request and again after it was ended or has crashed. Audits that were running in a
 *   crashed thread are rejected; the session is opened again by itself, and a question to it is asked once more.
 * - An idle thread does not keep the process alive.
 */
export class ComputeClient {
  readonly #options: ComputeClientOptions;
  #thread: Thread | undefined;
  #session: Session | undefined;
  #nextId = 1;
  /** A thread that is ended while it loads a library takes the process with it. */
  #loading: Promise<unknown> = Promise.resolve();
  #audits: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: ComputeClientOptions) {
    this.#options = options;
  }

  /** @throws InputError when the backend was asked for by name and cannot be used. */
  async describe(backend: RequestedBackend, signal?: AbortSignal): Promise<BackendDescription> {
    const description = this.#twice(() => this.#call('describe', { backend }));
    // Loading a library cannot be stopped, and serves the next one too: only the waiting ends.
    this.#loading = description.catch(() => undefined);
    await untilTurn(this.#loading, signal);
    return description;
  }

  /**
   * @throws CancelledError, InputError, NumericalError as auditFeatures does; StorageError when features on disk cannot
   * be read; BugError when the thread crashes.
   */
  async audit(request: LongRequest<ComputeAuditInput>, options: CallOptions = {}): Promise<AuditResult> {
    return this.#inTurn('audit', request, options);
  }

  /** The same for numeric labels. @throws as `audit` does. */
  async auditNumbers(
    request: LongRequest<ComputeNumbersInput>,
    options: CallOptions = {},
  ): Promise<ComputeRequests['auditNumbers']['result']> {
    return this.#inTurn('auditNumbers', request, options);
  }

  /**
   * Opens a head and answers one long question about it; takes turns with audits.
   * @throws as `audit` does, and what the question throws.
   */
  async study<Kind extends StudyKind>(
    request: LongRequest<ComputeHeadInput> & { readonly kind: Kind; readonly question: Studies[Kind]['question'] },
    options: CallOptions = {},
  ): Promise<Study<Studies[Kind]['answer']>> {
    // A kind and its question belong together; a generic pair does not narrow to a member of the union.
    const params = request as ComputeRequests['study']['params'];
    // The answer is of the kind that was asked for.
    return this.#inTurn('study', params, options) as Promise<Study<Studies[Kind]['answer']>>;
  }

  /**
   * The consensus of several annotators; takes turns with audits.
   * @throws as `findConsensus` does, and as `audit` does.
   */
  async consensus(request: LongRequest<ComputeConsensusInput>, options: CallOptions = {}): Promise<ConsensusResult> {
    return this.#inTurn('consensus', request, options);
  }

  /**
   * The leading principal axes of rows, null where all are the same; takes turns with audits.
   * @throws CancelledError; InputError and BugError as `audit` does.
   */
  async findAxes(request: LongRequest<ComputeAxesInput>, options: CallOptions = {}): Promise<PrincipalAxes | null> {
    return this.#inTurn('findAxes', request, options);
  }

  /** Where rows lie along such axes, row-major. @throws as `findAxes` does. */
  async placeOnAxes(request: LongRequest<ComputePlacesInput>, options: CallOptions = {}): Promise<Float32Array> {
    return this.#inTurn('placeOnAxes', request, options);
  }

  /** Rows in the plane of their widest directions, null where all are the same. @throws as `findAxes` does. */
  async findPlane(request: LongRequest<ComputePlaneInput>, options: CallOptions = {}): Promise<PlaneOfRows | null> {
    return this.#inTurn('findPlane', request, options);
  }

  /** Rows among their neighbours in a plane (UMAP). @throws as `findAxes` does. */
  async layOutNeighbours(
    request: LongRequest<ComputeLayoutInput>,
    options: CallOptions = {},
  ): Promise<NeighbourLayout> {
    return this.#inTurn('layOutNeighbours', request, options);
  }

  /** A thread of the same script that reads texts, beside whatever else is computed. Whoever opens it closes it. */
  openTexts(terms: TermKind): TextThread {
    return new TextThread(new Worker(this.#options.threadPath, { workerData: textThreadRole }), terms);
  }

  /** The same of a thread that finds issues of pictures and texts. */
  openMedia(): MediaThread {
    return new MediaThread(new Worker(this.#options.threadPath, { workerData: mediaThreadRole }));
  }

  /** Builds the session for an audit; it replaces the one before. Takes about one Hessian and one factorisation. */
  async openSession(
    input: ComputeSessionInput,
    options: CallOptions & { readonly backend?: RequestedBackend } = {},
  ): Promise<{ readonly parameters: number }> {
    const session: Session = { input, backend: options.backend ?? 'auto' };
    this.#session = session;
    return this.#ensureOpen(session, options);
  }

  /**
   * Asks the open session. Quick questions (see `quickRequests`) are answered also while an audit runs, the others
   * after it.
   * @throws InputError when no session is open; what the question throws.
   */
  async ask<Name extends SessionQuestion>(
    name: Name,
    params: ComputeRequests[Name]['params'],
    options: CallOptions = {},
  ): Promise<ComputeRequests[Name]['result']> {
    return this.#twice(async () => {
      const session = this.#session;
      if (session === undefined) throw new InputError('No audit is loaded to answer this. Open the audit again.');
      await this.#ensureOpen(session, {});
      return this.#call(name, params, options);
    });
  }

  /** The open session measures by these beliefs from now on, also when its thread has to be started again. */
  async believe(beliefs: LabelBeliefs): Promise<void> {
    if (this.#session !== undefined) this.#session.input = { ...this.#session.input, beliefs };
    await this.ask('believe', beliefs);
  }

  /**
   * Frees the session's memory; without a session nothing happens. A thread that ends meanwhile took it along, and
   * one that does not answer is given up: whoever closes a project is not kept by either.
   */
  async closeSession(): Promise<void> {
    const thread = this.#session?.openIn;
    this.#session = undefined;
    if (thread === undefined || thread !== this.#thread) return;
    const freed = this.#call('closeSession', null);
    const answered = await settlesWithin(longestLoadMs, freed);
    if (this.#thread !== thread) return;
    if (answered) await freed;
    else void this.#end();
  }

  /** Ends the thread; requests still running are rejected with CancelledError. */
  async close(): Promise<void> {
    this.#session = undefined;
    const isFirst = this.#thread?.hasAnswered === false;
    await settlesWithin(isFirst ? longestFirstLoadMs : longestLoadMs, this.#loading);
    this.#closed = true;
    // In a native call that hangs a thread does not end.
    await settlesWithin(longestLoadMs, this.#end());
  }

  /** Whatever is long: one after the other. */
  #inTurn<
    Name extends
      'audit' | 'auditNumbers' | 'study' | 'consensus' | 'findAxes' | 'placeOnAxes' | 'findPlane' | 'layOutNeighbours',
  >(
    name: Name,
    params: ComputeRequests[Name]['params'],
    options: CallOptions,
  ): Promise<ComputeRequests[Name]['result']> {
    const turn = this.#audits;
    const result = (async () => {
      await untilTurn(turn, options.signal);
      return this.#call(name, params, options);
    })();
    this.#audits = Promise.allSettled([turn, result]);
    return result;
  }

  /**
   * Asks once more when the thread ended: most likely not because of this question, which is cheap and changes nothing.
   */
  async #twice<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ThreadGone) return ask();
      throw error;
    }
  }

  /** Opens the session in the thread of the moment unless it is open there. */
  #ensureOpen(session: Session, options: CallOptions): Promise<{ readonly parameters: number }> {
    const thread = this.#currentThread();
    if (session.openIn === thread && session.opened !== undefined) return session.opened;
    const { input, backend } = session;
    const opened = this.#call('openSession', { input, backend }, options);
    session.openIn = thread;
    session.opened = opened;
    opened.catch(() => {
      if (session.opened === opened) delete session.opened;
    });
    return opened;
  }

  #call<Name extends RequestName>(
    name: Name,
    params: ComputeRequests[Name]['params'],
    options: CallOptions = {},
  ): Promise<ComputeRequests[Name]['result']> {
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(new CancelledError());
    const thread = this.#currentThread();
    const id = this.#nextId++;
    const control = new Int32Array(new SharedArrayBuffer(4));
    const answer = new Promise<unknown>((resolve, reject) => {
      thread.pending.set(id, { options, control, resolve, reject });
    });
    // `name` and `params` belong together; a generic pair does not narrow to a member of the union.
    const message = { id, name, params, control: control.buffer } as RequestMessage;
    thread.worker.ref();
    thread.worker.postMessage(message);
    let grace: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      Atomics.store(control, 0, 1);
      grace = setTimeout(() => {
        if (this.#thread === thread && thread.pending.has(id)) void this.#end();
      }, this.#options.graceMs ?? 700);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    const settled = answer.finally(() => {
      signal?.removeEventListener('abort', cancel);
      if (grace !== undefined) clearTimeout(grace);
    });
    // What the thread answers to a request is of that request's type: both ends share ComputeRequests.
    return settled as Promise<ComputeRequests[Name]['result']>;
  }

  #currentThread(): Thread {
    if (this.#closed) throw new BugError('The compute thread was asked after it had been closed.');
    this.#thread ??= this.#start();
    return this.#thread;
  }

  #start(): Thread {
    configureTensorflow();
    const worker = new Worker(this.#options.threadPath);
    const thread: Thread = { worker, pending: new Map(), hasAnswered: false };
    worker.on('message', (message: ThreadMessage) => receive(thread, message));
    // It does not say whose answer it was; who waits for it would wait for ever.
    worker.on('messageerror', (cause) => {
      if (this.#thread === thread) void this.#end(() => describeUnreadable(cause));
    });
    worker.on('error', (error) => (thread.failure = error));
    worker.on('exit', (code) => {
      if (this.#thread === thread) this.#thread = undefined;
      this.#rejectPending(thread, () => describeCrash(thread.failure, code));
    });
    return thread;
  }

  #rejectPending(thread: Thread, reason: () => Error): void {
    for (const { control, reject } of thread.pending.values()) {
      reject(this.#closed || Atomics.load(control, 0) !== 0 ? new CancelledError() : reason());
    }
    thread.pending.clear();
  }

  async #end(reason: () => Error = endedForAnother): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    // At once, not when the thread has ended: a native call that hangs would keep them waiting for ever.
    this.#rejectPending(thread, reason);
    await thread.worker.terminate();
  }
}

function receive(thread: Thread, message: ThreadMessage): void {
  thread.hasAnswered = true;
  const pending = thread.pending.get(message.id);
  if (pending === undefined) return;
  switch (message.kind) {
    case 'progress':
      // Nothing moves any more once the person has pressed Cancel.
      if (Atomics.load(pending.control, 0) === 0) pending.options.onProgress?.(message.progress);
      return;
    case 'log':
      pending.options.onLog?.(message.message);
      return;
    case 'result':
      thread.pending.delete(message.id);
      if (thread.pending.size === 0) thread.worker.unref();
      if (message.result.ok) pending.resolve(message.result.value);
      else pending.reject(deserializeError(message.result.error));
  }
}

/** Waits for the audits before this one, unless it is cancelled meanwhile. */
async function untilTurn(turn: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await turn;
    return;
  }
  let stop: (() => void) | undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new CancelledError());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([turn, cancelled]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

function endedForAnother(): ThreadGone {
  return new ThreadGone('The compute thread was restarted to stop a job that did not react. Try again.');
}

function describeUnreadable(cause: unknown): ThreadGone {
  return new ThreadGone(
    'The compute thread was restarted: an answer of it could not be read. Nothing was lost; start again what was running.',
    { cause },
  );
}

function describeCrash(failure: unknown, code: number): Error {
  const message = failure instanceof Error ? failure.message : '';
  if (failure instanceof Error && 'code' in failure && failure.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new InputError(
      'The computation needs more memory than there is. Close other programs, or give fewer columns the role "feature".',
      { cause: failure },
    );
  }
  return new ThreadGone(
    `The compute thread stopped unexpectedly (${message === '' ? `exit code ${code}` : message}). Nothing was lost; start again what was running.`,
    { details: { exitCode: code }, cause: failure },
  );
}
