import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { displayEnvironment } from './displays';

export const root = resolve(__dirname, '../..');

/** The Electron runtime that set-up found. */
export function electronPath(): string {
  const setup = JSON.parse(readFileSync(join(root, 'node_modules/.assay/setup.json'), 'utf8')) as {
    electron?: { path?: string };
  };
  const path = setup.electron?.path;
  if (path === undefined) throw new Error('No Electron runtime is set up: run `npm run setup` first.');
  return path;
}

/** A running application with its window. */
export interface Assay {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly pid: number;
  /** The next open dialog answers with this path. */
  choose(path: string): Promise<void>;
  /** Closes the window as a person would and waits until the application is gone. */
  close(): Promise<void>;
}

/** A fresh folder for a test: user data, exports. Removed by `remove`. */
export function scratchFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `assay-e2e-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

export async function launchAssay(options: {
  readonly userData: string;
  readonly files?: readonly string[];
  readonly colorScheme?: 'light' | 'dark';
  /** Switches for Chromium, as a person could give them. */
  readonly switches?: readonly string[];
  /** Started in place of Electron, with Electron's path as its first argument. */
  readonly wrapper?: string;
}): Promise<Assay> {
  const asRoot = process.getuid?.() === 0;
  const app = await _electron.launch({
    executablePath: options.wrapper ?? electronPath(),
    args: [
      root,
      ...(asRoot ? ['--no-sandbox'] : []),
      `--user-data-dir=${options.userData}`,
      ...(options.switches ?? []),
      ...(options.files ?? []),
    ],
    colorScheme: options.colorScheme ?? 'light',
    env: { ...(process.env as Record<string, string>), ...displayEnvironment() },
    timeout: 60_000,
  });
  const page = await app.firstWindow();
  const pid = app.process().pid;
  if (pid === undefined) throw new Error('The application has no process.');
  return {
    app,
    page,
    pid,
    async choose(path) {
      await app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      }, path);
    },
    async close() {
      const gone = new Promise<void>((done) => app.process().once('exit', () => done()));
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.close()));
      await gone;
    },
  };
}

/** Processes of the application by the role Electron gives them: found through /proc, Linux only. */
export function findEngineProcess(pid: number): number | undefined {
  // A process is the child of the thread that started it, which need not be the main one.
  const children = (parent: number): number[] => {
    try {
      return readdirSync(`/proc/${parent}/task`).flatMap((thread) =>
        readFileSync(`/proc/${parent}/task/${thread}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number),
      );
    } catch {
      return [];
    }
  };
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let command = '';
    try {
      command = readFileSync(`/proc/${next}/cmdline`, 'utf8').replace(/\0/g, ' ');
    } catch {
      continue;
    }
    if (command.includes('--utility-sub-type=node.mojom.NodeService')) return next;
    waiting.push(...children(next));
  }
  return undefined;
}
