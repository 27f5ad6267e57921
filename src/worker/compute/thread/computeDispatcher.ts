import { findConsensus } from '../../../core/annotators/findConsensus';
import { auditFeatures } from '../../../core/audit/auditFeatures';
import { auditNumbers } from '../../../core/audit/numbers/auditNumbers';
import { BugError, CancelledError, InputError, serializeError } from '../../../core/base/errors';
import { appendRow, type FeatureRows } from '../../../core/base/featureRows';
import { createRandom } from '../../../core/base/random';
import type { CancellationSignal, JobContext, Progress } from '../../../core/job/jobContext';
import { findPlaneOfRows } from '../../../core/linalg/planeOfRows';
import { findPrincipalAxes, projectOnAxes } from '../../../core/linalg/principalAxes';
import type { ForestGrowth } from '../../../core/ranking/forest/forestGrowth';
import { layOutNeighbours } from '../../../core/ranking/neighbours/umap/layOutNeighbours';
import { openAuditSession } from '../../../core/session/auditSession';
import type { AuditSession } from '../../../core/session/sessionTypes';
import { runStudy } from '../../../core/study/runStudy';
import { closeAllAtOnce } from '../../closeAll';
import type { SearchThread } from '../beside/searchThread';
import type { ChosenBackend, RequestedBackend } from '../chooseBackend';
import { createLinearAlgebra } from '../chooseBackend';
import type { FeatureSource, OpenFeatures } from '../featureSource';
import { openFeatures } from '../featureSource';
import { createNeighbourSearch } from '../neighbourSearch';
import type {
  ComputeHeadInput,
  ComputeRequests,
  ComputeSessionInput,
  LongRequest,
  RequestMessage,
  RequestName,
  SessionQuestion,
  ThreadMessage,
} from './messages';
import { quickRequests } from './messages';
import { buffersOf } from './transferable';

/** The two ends of the wire, and what the dispatcher computes with: tests put their own in. */
export interface DispatcherOptions {
  /** `transfer`: buffers of the message to move instead of copy. */
  readonly post: (message: ThreadMessage, transfer?: readonly ArrayBuffer[]) => void;
  /** Takes the next waiting message out of the wire without returning to the event loop. */
  readonly poll: () => RequestMessage | undefined;
  readonly now?: () => number;
  readonly chooseBackend?: (requested: RequestedBackend) => Promise<ChosenBackend>;
  readonly audit?: typeof auditFeatures;
  readonly openSession?: typeof openAuditSession;
  /** Where neighbours are searched while heads are fitted; without one, afterwards. */
  readonly searchThread?: SearchThread;
  /** How forests are grown; without it one tree after the other. */
  readonly forests?: ForestGrowth;
}

/** Between two looks at the wire while a long job runs. */
const pollEveryMs = 20;
const progressEveryMs = 50;

/** The session's methods, written so that a question and its parameters stay together. */
type Questions = {
  readonly [Name in SessionQuestion]: (params: ComputeRequests[Name]['params']) => ComputeRequests[Name]['result'];
};

/** A message that asks for something long, about features from a source or about none. */
interface LongMessage<Source> {
  readonly id: number;
  readonly params: LongRequest<{ readonly features: Source }>;
  readonly control: SharedArrayBuffer;
}
type OpenedRows<Source> = Source extends null ? null : FeatureRows;

interface OpenSession {
  readonly session: AuditSession;
  readonly features: OpenFeatures;
}

/**
 * Answers the requests of the compute thread one after the other. Core is synchronous, so a running audit keeps the
 * thread from its event loop: whenever core asks whether it was cancelled, which it does at least every 200 ms or so,
 * the wire is looked at as well, and quick questions to the session are answered then and there. Selecting rows shows
 * effects at once even while an audit runs; what they cost is added to the audit's time.
 */
export class ComputeDispatcher {
  readonly #options: DispatcherOptions;
  readonly #now: () => number;
  readonly #waiting: RequestMessage[] = [];
  /** Loaded once a thread, or failed once. */
  readonly #backends = new Map<RequestedBackend, { readonly chosen: ChosenBackend } | { readonly error: unknown }>();
  readonly #sessionSignal = new ControlSignal(() => undefined);
  #session: OpenSession | undefined;
  #draining = false;
  #lookingAtWire = false;
  #lookedAt = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes a message from the event loop. */
  receive(message: RequestMessage): void {
    this.#waiting.push(message);
    if (!this.#draining) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      const requested = backendOf(message);
      if (requested !== undefined && !this.#backends.has(requested)) await this.#load(requested);
      this.#answer(message);
    }
    this.#draining = false;
  }

  async #load(requested: RequestedBackend): Promise<void> {
    const choose = this.#options.chooseBackend ?? createLinearAlgebra;
    try {
      this.#backends.set(requested, { chosen: await choose(requested) });
    } catch (error) {
      this.#backends.set(requested, { error });
    }
  }

  #backend(requested: RequestedBackend): ChosenBackend {
    const loaded = this.#backends.get(requested);
    if (loaded === undefined) throw new BugError(`The backend ${requested} was used before it was loaded.`);
    if ('error' in loaded) throw loaded.error;
    return loaded.chosen;
  }

  /** Looks at the wire while an audit runs, and answers what can be answered without waiting for anything. */
  #lookAtWire(): void {
    const now = this.#now();
    if (this.#lookingAtWire || now - this.#lookedAt < pollEveryMs) return;
    this.#lookingAtWire = true;
    try {
      for (let message = this.#options.poll(); message !== undefined; message = this.#options.poll()) {
        const requested = backendOf(message);
        const loaded = requested === undefined || this.#backends.has(requested);
        if (quickRequests.has(message.name) && loaded) this.#answer(message);
        else this.#waiting.push(message);
      }
    } finally {
      this.#lookingAtWire = false;
      this.#lookedAt = this.#now();
    }
  }

  #answer(message: RequestMessage): void {
    const { id } = message;
    try {
      const value = this.#run(message);
      const transfer = value !== null && 'columns' in value ? buffersOf(value) : [];
      this.#options.post({ kind: 'result', id, result: { ok: true, value } }, transfer);
    } catch (error) {
      this.#options.post({ kind: 'result', id, result: { ok: false, error: serializeError(error) } });
    }
  }

  #run(message: RequestMessage): ComputeRequests[RequestName]['result'] {
    const control = new Int32Array(message.control);
    if (Atomics.load(control, 0) !== 0) throw new CancelledError();
    switch (message.name) {
      case 'describe': {
        const { linalg, reason } = this.#backend(message.params.backend);
        return { name: linalg.name, description: linalg.description, precision: linalg.precision, reason };
      }
      case 'audit':
        return this.#runLong(message, (features, context, { tensorflow }) => {
          const neighbours = createNeighbourSearch(tensorflow, { thread: this.#options.searchThread });
          const input = { ...message.params.input, features, neighbours, forests: this.#options.forests };
          return (this.#options.audit ?? auditFeatures)(input, context);
        });
      case 'auditNumbers':
        return this.#runLong(message, (features, context, { tensorflow }) => {
          const neighbours = createNeighbourSearch(tensorflow, { thread: this.#options.searchThread });
          return auditNumbers({ ...message.params.input, features, neighbours }, context);
        });
      case 'study':
        return this.#runLong(message, (features, context) =>
          runStudy(
            { ...message.params.input, features: withExtraRow(features, message.params.input) },
            message.params,
            context,
          ),
        );
      case 'consensus':
        return this.#runLong(message, (features, context, { tensorflow }) => {
          const { annotations, unpenalised } = message.params.input;
          const neighbours = createNeighbourSearch(tensorflow, { thread: this.#options.searchThread });
          const experts = features === null ? null : { features, unpenalised, neighbours };
          return findConsensus({ annotations, experts }, context);
        });
      case 'findAxes':
        return this.#runLong(message, (features, context) =>
          findPrincipalAxes(features, message.params.input.most, {
            linalg: context.linalg,
            onBlock: (done, total) => {
              context.signal.throwIfCancelled();
              context.progress({ stage: 'features', done, total });
            },
          }),
        );
      case 'placeOnAxes':
        return this.#runLong(message, (features, { linalg, signal }) =>
          projectOnAxes(features, message.params.input.axes, { linalg, onBlock: () => signal.throwIfCancelled() }),
        );
      case 'findPlane':
        return this.#runLong(message, (features, { linalg, signal }) =>
          findPlaneOfRows(features, { linalg, onBlock: () => signal.throwIfCancelled() }),
        );
      case 'layOutNeighbours':
        return this.#runLong(message, (features, context, { tensorflow }) => {
          const { rows, start } = message.params.input;
          return layOutNeighbours({ features, rows, start, neighbours: createNeighbourSearch(tensorflow) }, context);
        });
      case 'openSession': {
        const backend = this.#backend(message.params.backend);
        this.#closeSession();
        this.#sessionSignal.attach(control);
        const context = this.#context(message.id, backend, 0, this.#sessionSignal);
        this.#session = this.#openSession(message.params.input, context);
        return { parameters: this.#session.session.parameters };
      }
      case 'closeSession':
        this.#closeSession();
        return null;
      default:
        return this.#ask(message);
    }
  }

  /**
   * Gives a computation its features, closed afterwards also when it fails, and looks at the wire as often as it asks
   * its signal.
   */
  #runLong<T, Source extends FeatureSource | null>(
    { id, params, control }: LongMessage<Source>,
    compute: (features: OpenedRows<Source>, context: JobContext, backend: ChosenBackend) => T,
  ): T {
    const backend = this.#backend(params.backend);
    const signal = new ControlSignal(() => this.#lookAtWire());
    signal.attach(new Int32Array(control));
    const context = this.#context(id, backend, params.seed, signal);
    const source: FeatureSource | null = params.input.features;
    const features = source === null ? null : openFeatures(source);
    try {
      // Without a source there are no rows, and the computation takes null.
      return compute((features?.rows ?? null) as OpenedRows<Source>, context, backend);
    } finally {
      features?.close();
    }
  }

  #ask<Name extends SessionQuestion>({ name, params, control }: RequestMessage<Name>): ComputeRequests[Name]['result'] {
    if (this.#session === undefined) throw new InputError('No audit is loaded to answer this. Open the audit again.');
    this.#sessionSignal.attach(new Int32Array(control));
    const questions: Questions = this.#session.session;
    return questions[name](params);
  }

  #openSession(input: ComputeSessionInput, context: JobContext): OpenSession {
    const features = openFeatures(input.features);
    try {
      const session = (this.#options.openSession ?? openAuditSession)({ ...input, features: features.rows }, context);
      return { session, features };
    } catch (error) {
      features.close();
      throw error;
    }
  }

  #closeSession(): void {
    const open = this.#session;
    this.#session = undefined;
    if (open !== undefined) closeAllAtOnce([() => open.session.dispose(), () => open.features.close()]);
  }

  #context(id: number, { linalg }: ChosenBackend, seed: number, signal: CancellationSignal): JobContext {
    return {
      signal,
      linalg,
      random: createRandom(seed),
      progress: this.#throttle((progress) => this.#options.post({ kind: 'progress', id, progress })),
      log: (message) => this.#options.post({ kind: 'log', id, message }),
    };
  }

  /** At most 20 messages a second, but always the first of a stage and its end. */
  #throttle(send: (progress: Progress) => void): (progress: Progress) => void {
    let stage: string | undefined;
    let sentAt = -Infinity;
    return (progress) => {
      const now = this.#now();
      if (progress.stage === stage && progress.done < progress.total && now - sentAt < progressEveryMs) return;
      stage = progress.stage;
      sentAt = now;
      send(progress);
    };
  }
}

function backendOf(message: RequestMessage): RequestedBackend | undefined {
  switch (message.name) {
    case 'describe':
    case 'audit':
    case 'auditNumbers':
    case 'study':
    case 'consensus':
    case 'findAxes':
    case 'placeOnAxes':
    case 'findPlane':
    case 'layOutNeighbours':
    case 'openSession':
      return message.params.backend;
    default:
      return undefined;
  }
}

/** Cancellation by a flag in shared memory: the thread that sets it need not wait for this one. */
class ControlSignal implements CancellationSignal {
  readonly #onCheck: () => void;
  #control: Int32Array = new Int32Array(1);

  constructor(onCheck: () => void) {
    this.#onCheck = onCheck;
  }

  attach(control: Int32Array): void {
    this.#control = control;
  }

  get cancelled(): boolean {
    this.#onCheck();
    return Atomics.load(this.#control, 0) !== 0;
  }

  throwIfCancelled(): void {
    if (this.cancelled) throw new CancelledError();
  }
}

function withExtraRow(features: FeatureRows, { extraRow }: Pick<ComputeHeadInput, 'extraRow'>): FeatureRows {
  return extraRow === undefined ? features : appendRow(features, extraRow);
}
