/** `npm run setup`: everything Assay and its tests need, and where it is. */
import { hasDisplay } from './setup/display.mjs';
import { cacheFolder } from './setup/paths.mjs';
import { Reporter } from './setup/reporter.mjs';
import { endChildrenOnSignals } from './setup/run.mjs';
import { setUp } from './setup/setUp.mjs';
import { describeError } from './setup/setupError.mjs';

endChildrenOnSignals();
const reporter = new Reporter(process.stdout);
try {
  const found = await setUp(reporter, {
    electron: true,
    tensorflow: true,
    encoders: true,
    build: true,
    xvfb: !hasDisplay(),
    retry: true,
  });
  reporter.note(`Electron ${found.electron.version} (${found.electron.source}): ${found.electron.path}`);
  reporter.note(
    found.tensorflow.source === 'none'
      ? `TensorFlow: none (${found.tensorflow.reason}); WebAssembly is used instead`
      : `TensorFlow ${found.tensorflow.version} (${found.tensorflow.source})`,
  );
  reporter.note(
    found.encoders.source === 'none'
      ? `Encoders: not all (${found.encoders.reason})`
      : `Encoders: ${found.encoders.names.join(', ')}`,
  );
  reporter.note(`Cache: ${cacheFolder()}`);
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
