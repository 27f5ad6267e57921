import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { sizeOfFolder } from './files.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError } from './setupError.mjs';

const running = new Set();
let interrupted = false;

/** Ends a child and what it started. POSIX children lead their own process group, so the group can be ended at once. */
function end(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/**
 * Ctrl-C must end what set-up started: those children are in groups of their own and do not get it from the terminal.
 * Waits for them (three seconds at most), so that the next set-up does not meet an npm that is still clearing up.
 */
export function endChildrenOnSignals() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, async () => {
      interrupted = true;
      const children = [...running];
      const closed = Promise.all(children.map((child) => new Promise((resolve) => child.once('close', resolve))));
      for (const child of children) end(child);
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3000))]);
      for (const child of children) end(child, 'SIGKILL');
      process.exit(code);
    });
  }
}

/**
 * Runs a command, its output kept in a log file in the cache folder.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   log: string, cwd?: string, env?: NodeJS.ProcessEnv, seconds?: number, shell?: boolean,
 *   stall?: { folders: readonly string[], seconds: () => number | Promise<number> }
 * }} options `seconds` bounds the whole run; `stall` bounds the time in which none of `folders` grows
 * @returns {Promise<string>} standard output
 * @throws {SetupError} not found, failed, stalled or timed out; the last lines of the output are in the message
 */
export async function run(command, args, options) {
  const logFile = path.join(cacheFolder(), 'logs', `${options.log}.log`);
  await fs.mkdir(path.dirname(logFile), { recursive: true });
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: options.shell ?? false,
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  running.add(child);
  const log = createWriteStream(logFile);
  let stdout = '';
  let tail = '';
  for (const [name, stream] of [
    ['stdout', child.stdout],
    ['stderr', child.stderr],
  ]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      if (name === 'stdout') stdout += text;
      tail = (tail + text).slice(-4000);
      log.write(text);
    });
  }

  let endedBecause = '';
  const stop = (reason) => {
    if (endedBecause) return;
    endedBecause = reason;
    end(child);
    setTimeout(() => end(child, 'SIGKILL'), 3000).unref();
  };
  const limit = setTimeout(() => stop(`took longer than ${options.seconds} s`), (options.seconds ?? 600) * 1000);
  const stopWatching = options.stall ? watchGrowth(options.stall, stop) : () => {};
  try {
    const { code, signal } = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
    });
    if (code === 0 && !endedBecause) return stdout;
    // We are about to exit: going on would try the next route, or note down a failure that is none.
    if (interrupted) await new Promise(() => {});
    throw new Error(endedBecause || (signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'was not found' : error.message;
    const lines = lastLines(tail, 12);
    throw new SetupError(
      `${path.basename(command)} ${args.slice(0, 3).join(' ')} ${reason}.${lines && `\n${lines}`}`,
      `Whole output: ${logFile}`,
      {
        cause: error,
      },
    );
  } finally {
    clearTimeout(limit);
    stopWatching();
    running.delete(child);
    log.end();
  }
}

/**
 * Calls `stop` when the folders have not grown for the allowed time: a download without a route neither ends nor fails.
 */
function watchGrowth({ folders, seconds }, stop) {
  let size = -1;
  let since = Date.now();
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    let now = 0;
    for (const folder of folders) now += await sizeOfFolder(folder);
    if (now !== size) {
      size = now;
      since = Date.now();
    } else {
      const allowed = await seconds();
      if (Date.now() - since > allowed * 1000) stop(`got no data for ${allowed} s`);
    }
    busy = false;
  }, 1000);
  return () => clearInterval(timer);
}

/** The last lines of an output, indented, colours and control characters removed. */
export function lastLines(text, count) {
  return text
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .split(/\r?\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Standard output of a quick command, or undefined when it is missing or fails. Nothing is logged. */
export async function ask(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      timeout: 30_000,
      ...options,
    });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (part) => {
      text += part;
    });
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? text : undefined));
  });
}

/**
 * Runs a command whose output the user is to see as it comes.
 * @returns {Promise<number>} its exit code; 1 when it was ended by a signal or by the time limit
 */
export async function runLive(command, args, { cwd, env = process.env, seconds }) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
  });
  running.add(child);
  const limit = setTimeout(() => {
    console.error(`\n${path.basename(args[0] ?? command)} took longer than ${seconds} s and was ended.`);
    end(child);
    setTimeout(() => end(child, 'SIGKILL'), 5000).unref();
  }, seconds * 1000);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
  } finally {
    clearTimeout(limit);
    running.delete(child);
  }
}
