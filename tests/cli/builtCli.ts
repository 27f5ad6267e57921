import { type ChildProcess, spawn } from 'node:child_process';
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
  run(...args: readonly string[]): Promise<CliRun>;
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
  await bundle(root, { assay: entries.assay, compute: entries.compute, encoder: entries.encoder }, outDir);
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
  return {
    entry: join(outDir, 'assay.js'),
    run: (...args) => watch(/$^/, () => undefined, ...args),
    interrupt: (signal, when, ...args) => watch(when, (child) => child.kill(signal), ...args),
    watch,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
