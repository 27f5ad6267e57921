import path from 'node:path';
import { build, buildReady } from './build.mjs';
import { ensureXvfb } from './display.mjs';
import { findElectron, installElectron } from './electron.mjs';
import { findEncoders, installEncoders } from './encoders.mjs';
import { withLock } from './lock.mjs';
import { installPackages, packagesReady } from './packages.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError } from './setupError.mjs';
import { readSetup, updateSetup } from './state.mjs';
import { ensureStrace } from './strace.mjs';
import { ensureSystemLibraries } from './systemLibraries.mjs';
import { findTensorflow, installTensorflow, linkTensorflow } from './tensorflow.mjs';

/** What could not be set up is not tried again at every start, but once a day or on `npm run setup`. */
const retryAfterMs = 24 * 60 * 60 * 1000;

/**
 * Brings this checkout to where Assay can run; does only what is missing, and nothing at all the second time.
 *
 * @param {import('./reporter.mjs').Reporter} reporter
 * @param {{electron?: boolean, tensorflow?: boolean, encoders?: boolean, build?: boolean, xvfb?: boolean,
 * strace?: boolean, retry?: boolean}} wanted
 * @returns {Promise<{electron?: {path: string, version: string, source: string}, tensorflow?: {source: string},
 *   encoders?: {source: string, names?: string[], reason?: string}}>}
 * @throws {SetupError} with what to do
 */
export async function setUp(reporter, wanted) {
  checkNode(process.versions.node);
  await step(reporter, packagesReady, () => reporter.stage('Packages (npm ci)', installPackages));
  const result = {};
  if (wanted.tensorflow) result.tensorflow = await setUpTensorflow(reporter, wanted.retry === true);
  if (wanted.encoders) result.encoders = await setUpEncoders(reporter, wanted.retry === true);
  if (wanted.electron) result.electron = await setUpElectron(reporter);
  if (wanted.xvfb) await ensureXvfb(reporter);
  if (wanted.strace) await ensureStrace(reporter);
  if (wanted.build) await step(reporter, buildReady, () => reporter.stage('Build (electron-vite)', build));
  return result;
}

export function checkNode(version) {
  if (Number(version.split('.')[0]) < 20) {
    throw new SetupError(`Assay needs Node 20 or newer; this is ${version}.`, 'Install a current Node and try again.');
  }
}

/** Looks without the lock first, for the usual case that nothing is to be done; then once more while holding it. */
async function step(reporter, ready, work) {
  const found = await ready();
  if (found) return found;
  const waiting = () => reporter.note('Another set-up is running; waiting for it …');
  return withLock(path.join(cacheFolder(), 'setup.lock'), async () => (await ready()) || work(), waiting);
}

async function setUpElectron(reporter) {
  const electron = await step(reporter, findElectron, () => installElectron(reporter));
  await ensureSystemLibraries(electron.path, reporter);
  await updateSetup({ electron });
  return electron;
}

async function setUpTensorflow(reporter, retry) {
  const before = (await readSetup()).tensorflow;
  const find = async () => {
    const found = await findTensorflow();
    if (!found) return undefined;
    try {
      await linkTensorflow(found, false);
      return { source: found.source, version: found.version };
    } catch {
      return undefined;
    }
  };
  const tensorflow = await step(
    reporter,
    async () => (await find()) || recentFailure(before, retry),
    async () => {
      const installed = await installTensorflow(reporter);
      if (installed.source !== 'none') return installed;
      reporter.note(
        `Native TensorFlow could not be set up; Assay computes with WebAssembly instead, slower.\n${installed.reason}`,
      );
      return { ...installed, tried: Date.now() };
    },
  );
  await updateSetup({ tensorflow });
  return tensorflow;
}

async function setUpEncoders(reporter, retry) {
  const before = (await readSetup()).encoders;
  const encoders = await step(
    reporter,
    async () => (await findEncoders()) || recentFailure(before, retry),
    async () => {
      const installed = await installEncoders(reporter);
      if (installed.source !== 'none') return installed;
      reporter.note(
        `Not every encoder could be set up; texts and pictures are audited without what is missing.\n${installed.reason}`,
      );
      return { ...installed, tried: Date.now() };
    },
  );
  await updateSetup({ encoders });
  return encoders;
}

/** What set-up found out lately, where that was nothing and it is not to try again now. */
function recentFailure(before, retry) {
  return !retry && before?.source === 'none' && Date.now() - (before.tried ?? 0) < retryAfterMs && before;
}
