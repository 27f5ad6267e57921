import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './program';

/** `assay`: the engine without a window. */

const applicationFolder = join(__dirname, '../..');

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(applicationFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

void runProgram({
  version: readVersion(),
  applicationFolder,
  computeThread: join(__dirname, 'compute.js'),
  encoderThread: join(__dirname, 'encoder.js'),
}).then((code) => {
  if (code !== 0) process.exitCode = code;
});
