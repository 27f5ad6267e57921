/**
 * `npm start`: sets up what is missing, then opens the application; without a display, audits the bundled sample in the
 * terminal instead. Further arguments go to the application.
 */
import { spawn } from 'node:child_process';
import { hasDisplay } from './setup/display.mjs';
import { projectRoot } from './setup/paths.mjs';
import { Reporter } from './setup/reporter.mjs';
import { endChildrenOnSignals } from './setup/run.mjs';
import { runSampleAudit } from './setup/sampleAudit.mjs';
import { launchArguments, sandboxProblem } from './setup/sandbox.mjs';
import { setUp } from './setup/setUp.mjs';
import { describeError, SetupError } from './setup/setupError.mjs';

endChildrenOnSignals();
const reporter = new Reporter(process.stdout);
try {
  process.exitCode = hasDisplay() ? await openWindow() : await auditInTerminal();
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}

async function auditInTerminal() {
  reporter.note(
    'No display found (neither DISPLAY nor WAYLAND_DISPLAY is set): auditing the bundled sample in the terminal.',
  );
  await setUp(reporter, { tensorflow: true, encoders: true, build: true });
  return runSampleAudit();
}

async function openWindow() {
  const { electron } = await setUp(reporter, { electron: true, tensorflow: true, encoders: true, build: true });
  const problem = await sandboxProblem(electron.path);
  if (problem) throw new SetupError('Assay does not start without its sandbox.', problem);
  const extra = launchArguments();
  if (extra.includes('--no-sandbox')) reporter.note('Running as root: Chromium’s sandbox is off (--no-sandbox).');
  return runElectron(electron.path, [projectRoot, ...extra, ...process.argv.slice(2)]);
}

function runElectron(executable, args) {
  const env = { ...process.env };
  // Set in the terminals of some editors; it would make Electron a plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(executable, args, { cwd: projectRoot, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new SetupError(`Electron could not be started: ${error.message}`, executable)));
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
