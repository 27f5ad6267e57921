/**
 * `npm run assay -- …`: the command line, after making sure that it can run. Set-up speaks on standard error only;
 * paths are those of the folder the user is in; the exit code is the command's own.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot, userFolder } from './setup/paths.mjs';
import { Reporter } from './setup/reporter.mjs';
import { endChildrenOnSignals } from './setup/run.mjs';
import { setUp } from './setup/setUp.mjs';
import { describeError } from './setup/setupError.mjs';

endChildrenOnSignals();
try {
  await setUp(new Reporter(process.stderr), { tensorflow: true, encoders: true, build: true });
} catch (error) {
  console.error(describeError(error));
  process.exit(1);
}
process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM').removeAllListeners('SIGHUP');

const child = spawn(process.execPath, [path.join(projectRoot, 'out', 'main', 'assay.js'), ...process.argv.slice(2)], {
  cwd: userFolder(),
  stdio: 'inherit',
});
// The command decides how to end, and we end with it. From a terminal Ctrl-C reaches it too: it takes two signals at a
// time for one.
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of interruptions) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`The command could not be started: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (interruptions.includes(signal) ? 130 : 1);
});
