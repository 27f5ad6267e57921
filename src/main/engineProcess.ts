import { MessageChannelMain, type UtilityProcess, utilityProcess, type WebContents } from 'electron';
import { type EngineOptions, type EngineToMain, engineToMainSchema, type MainToEngine } from '../contract/control';
import { describeMisfit } from '../contract/result';
import type { EngineState } from '../contract/shell';
import { shellChannels } from '../contract/wire';
import { grantMessage, type GrantTable } from './grants';

/** More deaths than this within `crashWindowMs` and the engine is not started again by itself. */
const crashLimit = 3;
const crashWindowMs = 60_000;
const shutdownGraceMs = 5_000;

interface Logger {
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

interface EngineProcessOptions {
  /** The engine's script. */
  readonly entry: string;
  readonly options: () => EngineOptions;
  readonly grants: GrantTable;
  readonly onState: (state: EngineState) => void;
  readonly onMessage: (message: EngineToMain) => void;
  readonly log: Logger;
}

/** The engine's utility process: starts it, brokers ports to it, and starts it again when it dies. */
export class EngineProcess {
  readonly #setup: EngineProcessOptions;
  #child: UtilityProcess | undefined;
  #state: EngineState = { kind: 'starting' };
  #contents: WebContents | undefined;
  #crashes: number[] = [];
  #closing = false;

  constructor(setup: EngineProcessOptions) {
    this.#setup = setup;
    setup.grants.forEach((grant) => this.post(grantMessage(grant)));
  }

  get state(): EngineState {
    return this.#state;
  }

  start(): void {
    if (this.#child !== undefined || this.#closing) return;
    const child = utilityProcess.fork(this.#setup.entry, [JSON.stringify(this.#setup.options())], {
      serviceName: 'Assay engine',
      stdio: 'pipe',
    });
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#setup.log.info('engine', chunk.toString().trimEnd()));
    child.stderr?.on('data', (chunk: Buffer) => this.#setup.log.warn('engine', chunk.toString().trimEnd()));
    child.on('message', (message: unknown) => this.#receive(message));
    child.on('exit', (code) => this.#exited(child, code));
    this.#setup.grants.forEach((grant) => this.post(grantMessage(grant)));
    if (this.#contents !== undefined) this.connect(this.#contents);
  }

  /** Starts a failed engine again because the person asked for it. */
  restart(): void {
    this.#crashes = [];
    this.#enter({ kind: 'starting' });
    this.start();
  }

  post(message: MainToEngine): void {
    this.#child?.postMessage(message);
  }

  /** Gives the window a fresh port to the engine. */
  connect(contents: WebContents): void {
    this.#contents = contents;
    if (this.#child === undefined || contents.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    this.#child.postMessage({ kind: 'port' } satisfies MainToEngine, [port1]);
    contents.postMessage(shellChannels.port, null, [port2]);
  }

  /** Lets the engine finish writing; resolves when it is gone. */
  async shutdown(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill(), shutdownGraceMs);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      this.post({ kind: 'shutdown' });
    });
  }

  #receive(message: unknown): void {
    const parsed = engineToMainSchema.safeParse(message);
    if (!parsed.success) {
      this.#setup.log.warn('engine message refused', describeMisfit(parsed.error));
      return;
    }
    if (parsed.data.kind === 'ready') this.#enter({ kind: 'running' });
    this.#setup.onMessage(parsed.data);
  }

  #exited(child: UtilityProcess, code: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#closing) return;
    this.#setup.log.error(`engine exited with code ${code}`);
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < crashWindowMs), now];
    if (this.#crashes.length > crashLimit) {
      this.#enter({
        kind: 'failed',
        message: `The engine stopped ${this.#crashes.length} times within a minute. Your decisions are safe on disk.`,
      });
      return;
    }
    this.#enter({ kind: 'restarting', message: 'The engine stopped unexpectedly and is starting again.' });
    this.start();
  }

  #enter(state: EngineState): void {
    this.#state = state;
    this.#setup.onState(state);
  }
}
