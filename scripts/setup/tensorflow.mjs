import fs from 'node:fs/promises';
import path from 'node:path';
import { exists, linkFolder } from './files.mjs';
import { projectRoot, tfjsNodeFolder } from './paths.mjs';
import { lastLines, run } from './run.mjs';
import { findOfficialTensorflow, installOfficialTensorflow } from './tensorflowOfficial.mjs';
import { findWheelTensorflow, installWheelTensorflow } from './tensorflowWheel.mjs';

/** Folders of the npm package @tensorflow/tfjs-node that are links into the cache. */
const linked = ['lib', 'deps'];

/** Multiplies two small matrices natively; Node 23 removed a function that tfjs-node 4.22 still calls. */
const trial = `
  const util = require('util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const tf = require('@tensorflow/tfjs-node');
  const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync();
  if (tf.getBackend() !== 'tensorflow' || String(Array.from(product)) !== '19,22,43,50') throw new Error('wrong product ' + product);
`;

/**
 * Native TensorFlow in the cache. `ASSAY_TENSORFLOW_SOURCE` (official, wheel, none) restricts the choice.
 * @returns {Promise<{folder: string, version: string, source: 'official' | 'wheel'} | undefined>}
 */
export async function findTensorflow(env = process.env) {
  const source = env.ASSAY_TENSORFLOW_SOURCE;
  if (source === 'none' || !(await exists(tfjsNodeFolder))) return undefined;
  return (
    (source !== 'wheel' && (await findOfficialTensorflow())) ||
    (source !== 'official' && (await findWheelTensorflow())) ||
    undefined
  );
}

/**
 * Links the found TensorFlow into node_modules and, if the links are new, tries it.
 * Both folders are linked, so the addon finds its library whether it is opened by the link or by its real path.
 */
export async function linkTensorflow(found, mustTry) {
  let changed = false;
  for (const name of linked)
    changed = (await linkFolder(path.join(found.folder, name), path.join(tfjsNodeFolder, name))) || changed;
  if (!changed && !mustTry) return;
  try {
    await run(process.execPath, ['-e', trial], {
      log: 'tensorflow-trial',
      cwd: projectRoot,
      seconds: 120,
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    });
  } catch (error) {
    // Without the links it is plain to everyone, and to the next start, that there is no native TensorFlow.
    for (const name of linked) await fs.rm(path.join(tfjsNodeFolder, name), { recursive: true, force: true });
    throw error;
  }
}

/**
 * Gets a native TensorFlow by the official route, else from the pinned wheel.
 * @returns {Promise<{source: 'official' | 'wheel' | 'none', version?: string, reason?: string}>} never rejects: without
 * a
 *   native TensorFlow Assay computes with WebAssembly, slower but right
 */
export async function installTensorflow(reporter, env = process.env) {
  if (env.ASSAY_TENSORFLOW_SOURCE === 'none') return { source: 'none', reason: 'ASSAY_TENSORFLOW_SOURCE=none' };
  if (!(await exists(tfjsNodeFolder)))
    return { source: 'none', reason: 'the optional package @tensorflow/tfjs-node is not installed' };
  const routes = [
    ['official', () => reporter.stage('TensorFlow (official download)', installOfficialTensorflow)],
    ['wheel', () => installWheelTensorflow(reporter)],
  ].filter(([source]) => !env.ASSAY_TENSORFLOW_SOURCE || env.ASSAY_TENSORFLOW_SOURCE === source);
  const reasons = [];
  for (const [source, install] of routes) {
    if (source === 'wheel' && process.platform !== 'linux') continue;
    try {
      const found = await install();
      await linkTensorflow(found, true);
      return { source: found.source, version: found.version };
    } catch (error) {
      reasons.push(`${source}: ${error.message}${error.advice ? ` ${error.advice}` : ''}`);
    }
  }
  return { source: 'none', reason: lastLines(reasons.join('\n'), 20).trim() };
}
