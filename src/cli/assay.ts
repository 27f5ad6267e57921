import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ComputeClient } from '../worker/compute/thread/computeClient';
import { loadDatabaseLibrary } from '../worker/store/tables/databaseLibrary';
import { backendAtOnce } from './backendAtOnce';

/**
 * `assay`: the engine without a window. The compute thread begins to load its library, which takes a fifth of a second,
 * before the program itself is loaded: everything else is behind the `import` here.
 */
const applicationFolder = join(__dirname, '../..');
const compute = new ComputeClient({ threadPath: join(__dirname, 'compute.js') });

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(applicationFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

async function main(): Promise<void> {
  const backend = backendAtOnce(process.argv.slice(2));
  // Whether it can be used is for the command to say.
  if (backend !== undefined) compute.describe(backend).catch(() => undefined);
  loadDatabaseLibrary();
  const { runProgram } = await import('./program');
  const code = await runProgram({ version: readVersion(), applicationFolder, compute });
  if (code !== 0) process.exitCode = code;
  // A command that had nothing to compute leaves it open: a thread must not be ended while it loads a library.
  await compute.close();
}

void main();
