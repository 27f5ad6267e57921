import type { BirpcReturn } from 'birpc';
import { createBirpc } from 'birpc';
import type { EngineEvent, EngineMethod, EngineParams, EngineResult } from '../../contract/engineApi';
import { engineEventSchema, engineMethods } from '../../contract/engineApi';
import { describeMisfit, resultSchema } from '../../contract/result';
import { type EngineWire, readWindowFrame, type WindowWire } from '../../contract/wire';
import { AssayError, BugError, deserializeError, UnavailableError } from '../../core/base/errors';

/** What is needed of a MessagePort; Node's and the browser's both have it. */
export interface EnginePort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  start(): void;
  close(): void;
}

type Rpc = BirpcReturn<EngineWire, WindowWire, false>;

/** A port in use, or given up for a newer one and kept until its last call is answered. */
interface Connection {
  readonly rpc: Rpc;
  readonly port: EnginePort;
  pending: number;
}

interface Waiting {
  resolve(connection: Connection): void;
  reject(error: unknown): void;
}

/** How long a call waits for an engine that is starting, in milliseconds. */
const patience = 30_000;

/**
 * The window's side of the port to the engine. Parameters are checked (and so copied out of reactive proxies) before
 * they leave, answers and events when they come in. A call made while there is no port waits for one; a call under way
 * when the engine dies rejects with {@link UnavailableError}. A port that is merely replaced by a newer one to
 * the same engine still brings the answers to what was asked over it.
 */
export class EngineClient {
  #current: Connection | null = null;
  #retired: Connection[] = [];
  #opening: string | null = null;
  #refusal: UnavailableError | null = null;
  #waiting: Waiting[] = [];
  readonly #eventListeners = new Set<(event: EngineEvent) => void>();
  readonly #connectionListeners = new Set<(connected: boolean) => void>();
  readonly #problemListeners = new Set<(error: AssayError) => void>();

  get connected(): boolean {
    return this.#current !== null;
  }

  /** Takes a new port into use; the calls waiting for one are sent over it. A port in use before takes no new calls. */
  attach(port: EnginePort): void {
    if (this.#current !== null) this.#retire(this.#current);
    const wrapped = new Map<(data: unknown) => void, (event: { data: unknown }) => void>();
    const rpc = createBirpc<EngineWire, WindowWire, false>(
      {
        event: (event) => {
          // The engine tells every port it knows; only the one in use counts.
          if (this.#current?.port === port) this.#receive(event);
        },
      },
      {
        proxify: false,
        // Long work is watched through job events, and a dead engine is told by the main process: no clock here.
        timeout: -1,
        post: (data: unknown) => port.postMessage(data),
        on: (listener) => {
          const wrapper = (event: { data: unknown }): void => {
            const received = readWindowFrame(event.data);
            if (received.kind === 'frame') listener(received.frame);
            // The question it would answer must not wait for ever: this is no answer that the contract knows.
            else if (received.id !== null) listener({ t: 's', i: received.id, r: undefined });
          };
          wrapped.set(listener, wrapper);
          port.addEventListener('message', wrapper);
          port.start();
        },
        off: (listener) => {
          const wrapper = wrapped.get(listener);
          if (wrapper !== undefined) port.removeEventListener('message', wrapper);
        },
      },
    );
    const connection: Connection = { rpc, port, pending: 0 };
    this.#current = connection;
    this.#refusal = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.resolve(connection);
    for (const listener of this.#connectionListeners) listener(true);
  }

  /**
   * Says which opening of a project (see `OpenedProject.opening`) all questions from now on are about; null: none. The
   * engine answers a question about another one with a CancelledError.
   */
  askAbout(opening: string | null): void {
    this.#opening = opening;
  }

  /** The engine died and will come back: calls under way reject, later ones wait for the next port. */
  detach(message: string): void {
    if (this.#drop(new UnavailableError(message))) {
      for (const listener of this.#connectionListeners) listener(false);
    }
  }

  /** The engine is gone until a person starts it again: every call rejects at once. */
  refuse(message: string): void {
    this.detach(message);
    this.#refusal = new UnavailableError(message);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.reject(this.#refusal);
  }

  /**
   * Asks the engine.
   *
   * @throws AssayError as the engine reports it · UnavailableError · BugError when parameters or answer do not
   *   fit the contract
   */
  async call<M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<EngineResult<M>> {
    const checked = engineMethods[method].params.safeParse(params);
    if (!checked.success) {
      throw new BugError(
        `The window asked “${method}” with parameters that do not fit: ${describeMisfit(checked.error)}`,
      );
    }
    // Before waiting for a port: what is asked now is about what is open now.
    const about = this.#opening;
    const connection = this.#current ?? (await this.#connection());
    const answer = await this.#send(connection, method, checked.data, about);
    const result = resultSchema.safeParse(answer);
    if (!result.success) throw new BugError(`The engine's answer to “${method}” is not one this window understands.`);
    if (!result.data.ok) throw deserializeError(result.data.error);
    const value = engineMethods[method].result.safeParse(result.data.value);
    if (!value.success) {
      throw new BugError(`The engine's answer to “${method}” does not fit: ${describeMisfit(value.error)}`);
    }
    // The schema just checked is the one EngineResult<M> is inferred from; TypeScript loses the link through the index.
    return value.data as EngineResult<M>;
  }

  /** @returns a function that stops listening. */
  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Told true whenever a port is taken into use, false when it is lost. */
  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  /** Told of events that do not fit the contract: they are dropped, and a person should know. */
  onProblem(listener: (error: AssayError) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  async #send(connection: Connection, method: EngineMethod, params: unknown, about: string | null): Promise<unknown> {
    connection.pending += 1;
    try {
      return await connection.rpc.$call('call', method, params, about);
    } catch (cause) {
      if (cause instanceof AssayError) throw cause;
      throw new BugError(`The engine could not answer “${method}”.`, { cause });
    } finally {
      connection.pending -= 1;
      if (connection.pending === 0 && connection !== this.#current) this.#closeRetired(connection);
    }
  }

  #receive(event: unknown): void {
    const checked = engineEventSchema.safeParse(event);
    if (checked.success) {
      for (const listener of this.#eventListeners) listener(checked.data);
      return;
    }
    const problem = new BugError(
      `The engine sent an event this window does not understand: ${describeMisfit(checked.error)}`,
    );
    for (const listener of this.#problemListeners) listener(problem);
  }

  #connection(): Promise<Connection> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    return new Promise<Connection>((resolve, reject) => {
      const one: Waiting = {
        resolve: (connection) => {
          clearTimeout(timer);
          resolve(connection);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== one);
        reject(new UnavailableError('The engine has not started within 30 s. Start it again or restart Assay.'));
      }, patience);
      this.#waiting.push(one);
    });
  }

  #retire(connection: Connection): void {
    this.#current = null;
    this.#retired.push(connection);
    if (connection.pending === 0) this.#closeRetired(connection);
  }

  #closeRetired(connection: Connection): void {
    this.#retired = this.#retired.filter((other) => other !== connection);
    connection.rpc.$close();
    connection.port.close();
  }

  /** Gives up every port; what is under way rejects. @returns whether there was one in use */
  #drop(error: UnavailableError): boolean {
    const current = this.#current;
    const retired = this.#retired;
    this.#current = null;
    this.#retired = [];
    for (const connection of current === null ? retired : [...retired, current]) {
      connection.rpc.$close(error);
      connection.port.close();
    }
    return current !== null;
  }
}

/** The one client of this window. */
export const engineClient = new EngineClient();
