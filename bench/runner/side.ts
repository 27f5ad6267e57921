import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import type { Facts, Settings, Workload } from '../workloads/workload';
import type { SideRequest, TimedRun } from './messages';

const factsSchema = z.record(z.string(), z.unknown());
const answerSchema = z.object({
  id: z.number(),
  value: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
const runSchema = z.object({ seconds: z.number().positive(), facts: factsSchema });

/**
 * A side could not do what was asked; `code` is Assay's own (`input`, `numerical`, …), `peer`, or `ended` for a process
 * that died.
 */
export class SideError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SideError';
    this.code = code;
  }
}

/** How much of what a side prints is kept for when it fails. */
const keptOutput = 4000;

type Request = SideRequest extends infer One ? (One extends unknown ? Omit<One, 'id'> : never) : never;

/** Whatever ends the runner ends its sides: by one listener, as there may be more sides than Node allows listeners. */
const running = new Set<Side>();
process.on('exit', () => running.forEach((side) => side.close()));

/** Assay or a peer in a process of its own that stays until `close`. Requests are answered one after the other. */
export class Side {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: SideError) => void }>();
  #nextId = 1;
  #output = '';
  #ended: string | undefined;

  constructor(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    running.add(this);
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-keptOutput);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
    this.#child.on('error', (error) => this.#end(`could not be started: ${error.message}`));
    this.#child.on('close', (code, signal) => this.#end(`ended by itself (${signal ?? `exit code ${code}`})`));
  }

  /** Tells the side what to do and has it read the data. Facts: its versions. */
  async prepare(task: Workload['task'], data: string, settings: Settings): Promise<Facts> {
    return factsSchema.parse(await this.#ask({ op: 'prepare', task, data, settings }));
  }

  async run(): Promise<TimedRun> {
    return runSchema.parse(await this.#ask({ op: 'run' }));
  }

  /** What comes once after the timed runs; null when there is nothing. */
  async more(): Promise<Facts | null> {
    return factsSchema.nullable().parse(await this.#ask({ op: 'more' }));
  }

  /** Writes the arrays of the last run as .npy files. */
  async save(folder: string): Promise<void> {
    await this.#ask({ op: 'save', folder });
  }

  /** Peak resident memory of the process so far, MiB. */
  async peakMib(): Promise<number> {
    return z.number().parse(await this.#ask({ op: 'memory' }));
  }

  close(): void {
    running.delete(this);
    this.#child.kill('SIGKILL');
  }

  #ask(request: Request): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(new SideError('ended', this.#ended));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ ...request, id })}\n`);
    });
  }

  #receive(line: string): void {
    const { id, value, error } = answerSchema.parse(JSON.parse(line));
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new SideError(error.code, error.message));
  }

  #end(how: string): void {
    if (this.#ended !== undefined) return;
    const printed = this.#output.trim();
    this.#ended = `${this.name} ${how}.${printed === '' ? '' : `\n${printed}`}`;
    for (const { reject } of this.#waiting.values()) reject(new SideError('ended', this.#ended));
    this.#waiting.clear();
  }
}
