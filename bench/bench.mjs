/**
 * `npm run bench -- --workload NAME …`: Assay and Python peers on the same data in one run (README.md). Sets up what is
 * missing first; the results are on standard output, everything else on standard error.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../scripts/setup/paths.mjs';
import { Reporter } from '../scripts/setup/reporter.mjs';
import { endChildrenOnSignals } from '../scripts/setup/run.mjs';
import { setUp } from '../scripts/setup/setUp.mjs';
import { describeError } from '../scripts/setup/setupError.mjs';
import { pythonWith } from './peers/setUpPeers.mjs';

endChildrenOnSignals();
// Who reads the results may have seen enough: `… --list | head -3`. The exit code is that of a program that SIGPIPE
// ends.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});
const reporter = new Reporter(process.stderr);
try {
  await setUp(reporter, { tensorflow: true });
  // Vite is one of the packages that set-up has just made sure of.
  const { withTypescript } = await import('./typescript.mjs');
  const folder = dirname(fileURLToPath(import.meta.url));
  process.exitCode = await withTypescript(join(folder, 'runner', 'bench.ts'), ({ main }) =>
    main(process.argv.slice(2), {
      benchFolder: folder,
      cacheFolder: cacheFolder(),
      pythonWith: (requirements) => pythonWith(requirements, reporter),
    }),
  );
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
