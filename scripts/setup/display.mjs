import { spawn } from 'node:child_process';
import { installSystemPackages } from './debian.mjs';
import { ask } from './run.mjs';
import { SetupError } from './setupError.mjs';

/** Whether a window can be shown. Only Linux can be without a display as far as we can tell. */
export function hasDisplay(env = process.env, platform = process.platform) {
  return platform !== 'linux' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
}

/** Makes sure the virtual X server is there. */
export async function ensureXvfb(reporter) {
  if ((await ask('sh', ['-c', 'command -v Xvfb'])) !== undefined) return;
  await installSystemPackages(reporter, 'a virtual display (Xvfb), for tests without a screen', [['xvfb']]);
}

/**
 * Starts a virtual X server on a free display (it picks the number itself and tells us).
 * @returns {Promise<{display: string, stop: () => void}>}
 */
export async function startXvfb() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  server.stderr.setEncoding('utf8').on('data', (text) => {
    complaint = (complaint + text).slice(-2000);
  });
  const number = await new Promise((resolve, reject) => {
    const fail = (reason) => reject(new SetupError(`Xvfb did not start: ${reason}`, complaint.trim()));
    const timer = setTimeout(() => {
      server.kill();
      fail('no display number within 30 s');
    }, 30_000);
    let text = '';
    server.stdio[3].setEncoding('utf8').on('data', (part) => {
      text += part;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.trim());
    });
    server.on('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    server.on('exit', (code) => {
      clearTimeout(timer);
      fail(`it ended with exit code ${code}`);
    });
  });
  const stop = () => server.kill();
  process.on('exit', stop);
  server.unref();
  server.stderr.unref?.();
  server.stdio[3].unref?.();
  return { display: `:${number}`, stop };
}
