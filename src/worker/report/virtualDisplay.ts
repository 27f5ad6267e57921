import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** A screen that nobody sees. */
interface Display {
  /** What to call it in DISPLAY; '' = the one that is there. */
  readonly name: string;
  /** What else Electron is to be told. */
  readonly switches: readonly string[];
  close(): void;
}

const longestStartMs = 20_000;

/**
 * The display that is there; where there is none, one of Xvfb's; without Xvfb what Chromium can do by itself, which old
 * ones cannot. Only Linux can be without a display as far as can be told.
 */
export async function openDisplay(env: NodeJS.ProcessEnv = process.env): Promise<Display> {
  const isThere = process.platform !== 'linux' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
  const display = { name: '', close: () => undefined };
  if (isThere) return { ...display, switches: [] };
  return (await startXvfb()) ?? { ...display, switches: ['--headless', '--ozone-platform=headless'] };
}

async function startXvfb(): Promise<Display | undefined> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), longestStartMs);
    let told = '';
    const out = server.stdio[3] as unknown as NodeJS.ReadableStream & Writable;
    out.on('data', (part: Buffer) => {
      told += part.toString('latin1');
      if (told.includes('\n')) resolve(told.trim());
    });
    server.on('error', () => resolve(undefined));
    server.on('exit', () => resolve(undefined));
    server.on('close', () => clearTimeout(timer));
  });
  if (number === undefined || !/^\d+$/.test(number)) {
    server.kill();
    return undefined;
  }
  return { name: `:${number}`, switches: [], close: () => void server.kill() };
}
