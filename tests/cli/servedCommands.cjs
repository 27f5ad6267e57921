/**
 * Runs one command of Assay after another in this process, for tests: starting Node and loading the command line takes
 * half a second, which many commands under test do not. Each message of the parent is one command's arguments.
 */
const { join } = require('node:path');

const outDir = process.argv[2];
const { runProgram } = require(join(outDir, 'program.js'));
const installation = {
  version: '0.0.0-test',
  applicationFolder: join(outDir, '../..'),
  computeThread: join(outDir, 'compute.js'),
  encoderThread: join(outDir, 'encoder.js'),
};

// Every command listens for a reader that has gone.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);

process.on('message', async (args) => {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (text) => {
      written[name] += text;
      return true;
    };
  }
  process.argv = [process.execPath, join(outDir, 'assay.js'), ...args];
  process.exitCode = undefined;
  const returned = await runProgram(installation);
  process.send({ code: returned !== 0 ? returned : (process.exitCode ?? 0), ...written });
});
