import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle, entries } from '../../bundling';

export interface CliRun {
  /** null where a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BuiltCli {
  /** What Node runs. */
  readonly entry: string;
  /** In one process with what was run before, which is many times quicker: the same module runs the command. */
  run(...args: readonly string[]): Promise<CliRun>;
  /** In a process of its own, as a person runs it: it has to end by itself. */
  runAlone(...args: readonly string[]): Promise<CliRun>;
  /** Sends the process a signal as soon as what it has written to stderr matches. */
  interrupt(signal: NodeJS.Signals, when: RegExp, ...args: readonly string[]): Promise<CliRun>;
  /** Calls `onMatch` once, as soon as what the process has written to stderr matches. */
  watch(when: RegExp, onMatch: (child: ChildProcess) => void, ...args: readonly string[]): Promise<CliRun>;
  remove(): void;
}

/**
 * The command line and its compute thread, bundled as the application is (CommonJS for the oldest Node), inside
 * node_modules so that packages are found, and run as a process of its own.
 */
export async function buildCli(): Promise<BuiltCli> {
  const root = resolve(__dirname, '../..');
  const folder = join(root, 'node_modules', '.cache', 'assay-tests', `cli-${process.pid}`);
  const outDir = join(folder, 'out', 'main');
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'assay', version: '0.0.0-test' }));
  const { assay, compute, encoder } = entries;
  await bundle(root, { assay, compute, encoder, program: 'src/cli/program.ts' }, outDir);
  const watch: BuiltCli['watch'] = (when, onMatch, ...args) =>
    new Promise((done, fail) => {
      const child = spawn(process.execPath, [join(outDir, 'assay.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      let matched = false;
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
        if (matched || !when.test(stderr)) return;
        matched = true;
        onMatch(child);
      });
      child.on('error', fail);
      child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
    });
  const served = new ServedCommands(outDir);
  return {
    entry: join(outDir, 'assay.js'),
    run: (...args) => served.run(args),
    runAlone: (...args) => watch(/$^/, () => undefined, ...args),
    interrupt: (signal, when, ...args) => watch(when, (child) => child.kill(signal), ...args),
    watch,
    remove: () => {
      served.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process that runs commands in turn; begun with the first one, and anew after one that ended it. */
class ServedCommands {
  readonly #outDir: string;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(outDir: string) {
    this.#outDir = outDir;
  }

  run(args: readonly string[]): Promise<CliRun> {
    const run = this.#last.then(() => this.#send(args));
    this.#last = run.catch(() => undefined);
    return run;
  }

  end(): void {
    this.#child?.kill();
  }

  #send(args: readonly string[]): Promise<CliRun> {
    return new Promise((done, fail) => {
      const child = (this.#child ??= fork(join(__dirname, 'servedCommands.cjs'), [this.#outDir]));
      const answered = (run: Omit<CliRun, 'signal'>): void => {
        child.removeListener('exit', ended);
        done({ ...run, signal: null });
      };
      const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#child = undefined;
        fail(new Error(`assay ${args.join(' ')} ended its process: ${signal ?? `code ${code}`}`));
      };
      child.once('message', answered).once('exit', ended);
      child.send(args);
    });
  }
}
