/**
 * `npm test`: set-up, then every runner in turn. Its last line is "N passed, N failed", summed over all of them; the
 * exit code is 0 only when something ran and nothing failed. `npm test -- lint`, `types`, `unit` or `e2e` runs a part.
 */
import os from 'node:os';
import { hasDisplay, startXvfb } from './setup/display.mjs';
import { Reporter } from './setup/reporter.mjs';
import { endChildrenOnSignals } from './setup/run.mjs';
import { setUp } from './setup/setUp.mjs';
import { describeError } from './setup/setupError.mjs';
import { add, exitCodeOf, nothing, summaryLine } from './testing/counts.mjs';
import { chooseRunners, runners } from './testing/runners.mjs';

endChildrenOnSignals();
process.env.PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = '1';
const reporter = new Reporter(process.stdout);
const oneFailure = { passed: 0, failed: 1 };
let counts = nothing;
try {
  const { chosen, extra } = chooseRunners(process.argv.slice(2));
  const needsEngine = chosen.includes('unit') || chosen.includes('e2e');
  await setUp(reporter, { tensorflow: needsEngine, encoders: needsEngine });
  // A broken build is one failure, not a reason to hide what the other runners say.
  const built = !needsEngine || (await attempt(() => setUp(reporter, { build: true })));
  for (const name of chosen) {
    if (name === 'e2e') await runEndToEnd(built, extra);
    else counts = add(counts, await runners[name]({ extra }));
  }
} catch (error) {
  console.error(describeError(error));
  counts = add(counts, oneFailure);
}
process.exitCode = exitCodeOf(counts);
console.log(`\n${summaryLine(counts)}`);

async function runEndToEnd(built, extra) {
  if (!built) {
    console.error('The window tests were not run: there is no build.');
    return;
  }
  const servers = [];
  const ready = await attempt(async () => {
    await setUp(reporter, { electron: true, xvfb: !hasDisplay(), strace: true });
    if (hasDisplay()) return;
    // Two windows at once, each on a screen of its own: focus is part of what is tested.
    while (servers.length < Math.min(2, os.availableParallelism())) servers.push(await startXvfb());
  });
  if (!ready) return;
  try {
    const displays = servers.map((server) => server.display);
    const env = displays.length > 0 ? { DISPLAY: displays[0], ASSAY_TEST_DISPLAYS: displays.join(',') } : {};
    counts = add(counts, await runners.e2e({ extra, env: { ...process.env, ...env } }));
  } finally {
    for (const server of servers) server.stop();
  }
}

/** Whether the work succeeded; if not, it is told and counted as one failure. */
async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    console.error(describeError(error));
    counts = add(counts, oneFailure);
    return false;
  }
}
