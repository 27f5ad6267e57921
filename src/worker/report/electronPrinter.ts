import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printSwitches } from '../../contract/printing';
import { CancelledError, UnavailableError } from '../../core/base/errors';
import type { CancellationSignal } from '../../core/job/jobContext';
import { untilCancelled } from '../jobs/untilCancelled';
import { onSuddenEnd } from '../store/files/unfinished';
import { findElectron, type FoundElectron } from './findElectron';
import type { PrintPdf } from './printPdf';
import { openDisplay } from './virtualDisplay';

/** Longer than this and something hangs; printing itself has two minutes. */
const longestMs = 150_000;
/** What is shown of what Electron said. */
const shownComplaint = 300;

const asHtml = 'Or give --out a name that ends in .html: that report prints from any browser.';

/**
 * What prints PDF files for the command line: Electron, started for it without a window.
 * @throws UnavailableError where there is no Electron.
 */
export function electronPrinter(applicationFolder: string): PrintPdf {
  const electron = findElectron(applicationFolder);
  if (electron === undefined) {
    throw new UnavailableError(
      `A PDF file is printed by Electron, and none is set up here. Run npm run setup once. ${asHtml}`,
    );
  }
  return (page, signal) => printWith(electron, page, signal);
}

async function printWith(
  electron: FoundElectron,
  page: string,
  signal: CancellationSignal | undefined,
): Promise<Uint8Array> {
  // Nobody else may read it there.
  const folder = mkdtempSync(join(tmpdir(), 'assay-print-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const ends: (() => void)[] = [];
  const forget = onSuddenEnd(() => {
    ends.forEach((end) => end());
    remove();
  });
  try {
    const [html, pdf] = [join(folder, 'report.html'), join(folder, 'report.pdf')];
    await writeFile(html, page);
    const display = await openDisplay();
    ends.push(() => display.close());
    const args = [
      ...electron.application,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...display.switches,
      `--user-data-dir=${join(folder, 'profile')}`,
      `--${printSwitches.page}=${html}`,
      `--${printSwitches.pdf}=${pdf}`,
    ];
    const env: NodeJS.ProcessEnv = { ...process.env, ...(display.name === '' ? {} : { DISPLAY: display.name }) };
    // It would make Electron a plain Node.
    delete env['ELECTRON_RUN_AS_NODE'];
    const child = spawn(electron.path, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    ends.push(() => child.kill('SIGKILL'));
    await ended(child, signal, display.name === '' && display.switches.length > 0);
    return await readFile(pdf);
  } finally {
    ends.forEach((end) => end());
    forget();
    remove();
  }
}

/** @throws UnavailableError where it did not end well; CancelledError. */
async function ended(child: ChildProcess, signal: CancellationSignal | undefined, isBlind: boolean): Promise<void> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-20_000)));
  const wait = (abort?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new UnavailableError(`The PDF file was not printed: ${why} ${asHtml}`));
      const timer = setTimeout(() => fail('Electron did not end.'), longestMs);
      abort?.addEventListener('abort', () => reject(new CancelledError()));
      child.on('error', (error) => fail(`Electron could not be started (${error.message}).`));
      child.on('close', (code) => {
        clearTimeout(timer);
        if (code === 0) resolve();
        else if (isBlind) fail('there is no display, and no Xvfb to stand in for one. Install Xvfb.');
        else fail(`Electron ended with ${code ?? 'a signal'}${lastWords(complaint)}.`);
      });
    });
  await (signal === undefined ? wait() : untilCancelled(signal, wait));
}

/** The last line that is not one of Chromium's own. */
function lastWords(complaint: string): string {
  const line = complaint
    .split('\n')
    .filter((one) => one.trim() !== '' && !/^\[\d+:/.test(one))
    .pop();
  return line === undefined ? '' : ` and said “${line.trim().slice(0, shownComplaint)}”`;
}
