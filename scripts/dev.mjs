/** `npm run dev`: electron-vite's development server with the Electron that set-up found. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { hasDisplay } from './setup/display.mjs';
import { projectRoot } from './setup/paths.mjs';
import { Reporter } from './setup/reporter.mjs';
import { endChildrenOnSignals } from './setup/run.mjs';
import { launchArguments, sandboxProblem } from './setup/sandbox.mjs';
import { setUp } from './setup/setUp.mjs';
import { describeError, SetupError } from './setup/setupError.mjs';

endChildrenOnSignals();
try {
  if (!hasDisplay())
    throw new SetupError('There is no display to open a window on.', 'Set DISPLAY, or use "npm run assay".');
  const { electron } = await setUp(new Reporter(process.stdout), { electron: true, tensorflow: true, encoders: true });
  const problem = await sandboxProblem(electron.path);
  if (problem) throw new SetupError('Assay does not start without its sandbox.', problem);
  const script = path.join(projectRoot, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const flags = launchArguments().includes('--no-sandbox') ? ['--noSandbox'] : [];
  const child = spawn(process.execPath, [script, 'dev', ...flags, ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ELECTRON_EXEC_PATH: electron.path },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
