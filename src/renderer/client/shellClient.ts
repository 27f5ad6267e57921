import { describeMisfit, resultSchema } from '../../contract/result';
import type { ShellBridge, ShellEvent, ShellMethod, ShellParams, ShellResult } from '../../contract/shell';
import { shellEventSchema, shellMethods } from '../../contract/shell';
import { BugError, deserializeError } from '../../core/base/errors';

/** The window's side of the main process: dialogs, settings, recent projects. It never carries data. */
export class ShellClient {
  #bridge: ShellBridge | null = null;
  #stop: (() => void) | null = null;
  readonly #listeners = new Set<(event: ShellEvent) => void>();
  /** What main said before the window was ready to listen (a file named on the command line); null once it is. */
  #early: ShellEvent[] | null = [];

  attach(bridge: ShellBridge): void {
    this.#stop?.();
    this.#bridge = bridge;
    this.#stop = bridge.onEvent((event) => {
      const checked = shellEventSchema.safeParse(event);
      if (!checked.success) return;
      this.#early?.push(checked.data);
      for (const listener of this.#listeners) listener(checked.data);
    });
  }

  /** @throws AssayError as main reports it · BugError when an answer does not fit the contract */
  async call<M extends ShellMethod>(method: M, params: ShellParams<M>): Promise<ShellResult<M>> {
    if (this.#bridge === null) {
      throw new BugError('This window is not connected to Assay. Close it and start Assay again.');
    }
    // Parsing copies the parameters out of reactive proxies, which cannot be cloned across processes.
    const checked = shellMethods[method].params.safeParse(params);
    if (!checked.success) {
      throw new BugError(
        `The window asked “${method}” with parameters that do not fit: ${describeMisfit(checked.error)}`,
      );
    }
    const result = resultSchema.safeParse(await this.#bridge.call(method, checked.data));
    if (!result.success) throw new BugError(`The answer to “${method}” is not one this window understands.`);
    if (!result.data.ok) throw deserializeError(result.data.error);
    const value = shellMethods[method].result.safeParse(result.data.value);
    if (!value.success) throw new BugError(`The answer to “${method}” does not fit: ${describeMisfit(value.error)}`);
    // The schema just checked is the one ShellResult<M> is inferred from; TypeScript loses the link through the index.
    return value.data as ShellResult<M>;
  }

  /**
   * Until {@link settle}, a listener also hears what was said before it came. @returns a function that stops listening.
   */
  onEvent(listener: (event: ShellEvent) => void): () => void {
    this.#listeners.add(listener);
    for (const event of this.#early ?? []) listener(event);
    return () => this.#listeners.delete(listener);
  }

  /** Everyone listens: nothing said from now on is kept. */
  settle(): void {
    this.#early = null;
  }

  /** Asks main for a port to the engine; it arrives as a message on the window. */
  requestEnginePort(): void {
    this.#bridge?.requestEnginePort();
  }
}

/** The one client of this window. */
export const shellClient = new ShellClient();
