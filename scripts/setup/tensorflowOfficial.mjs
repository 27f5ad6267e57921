import fs from 'node:fs/promises';
import path from 'node:path';
import { exists, fillFolder, moveFolder, readJson } from './files.mjs';
import { cacheFolder, projectRoot, tfjsNodeFolder } from './paths.mjs';
import { limits, napiVersion } from './pins.mjs';
import { run } from './run.mjs';
import { SetupError } from './setupError.mjs';

async function folderAndVersion() {
  const version = (await readJson(path.join(tfjsNodeFolder, 'package.json')))?.version ?? 'unknown';
  return {
    version,
    folder: path.join(cacheFolder(), 'tensorflow', `tfjs-${version}-${process.platform}-${process.arch}-official`),
  };
}

export async function findOfficialTensorflow() {
  const { folder, version } = await folderAndVersion();
  const addon = path.join(folder, 'lib', `napi-v${napiVersion}`, 'tfjs_binding.node');
  return (await exists(addon)) ? { folder, source: 'official', version } : undefined;
}

/**
 * Runs the install script of @tensorflow/tfjs-node, which downloads libtensorflow and the addon (or compiles it), and
 * moves the result to the cache. The script has no time limit of its own: without a route it would wait for minutes.
 */
export async function installOfficialTensorflow() {
  const { folder } = await folderAndVersion();
  const parts = ['lib', 'deps'].map((name) => path.join(tfjsNodeFolder, name));
  const bin = path.join(projectRoot, 'node_modules', '.bin');
  const hasLibrary = async () =>
    (await fs.readdir(path.join(tfjsNodeFolder, 'deps', 'lib')).catch(() => [])).length > 0;
  for (const part of parts) await fs.rm(part, { recursive: true, force: true });
  try {
    await run(process.execPath, [path.join(tfjsNodeFolder, 'scripts', 'install.js')], {
      log: 'tensorflow-official',
      cwd: tfjsNodeFolder,
      seconds: limits.officialTotal,
      env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
      // Once the library is there the script may compile for a while, and nothing grows meanwhile.
      stall: {
        folders: [tfjsNodeFolder],
        seconds: async () => ((await hasLibrary()) ? limits.compile : limits.officialStall),
      },
    });
    if (!(await exists(path.join(tfjsNodeFolder, 'lib', `napi-v${napiVersion}`, 'tfjs_binding.node')))) {
      throw new SetupError('The install script of @tensorflow/tfjs-node ended without an addon.');
    }
    await fillFolder(folder, async (temporary) => {
      for (const part of parts) await moveFolder(part, path.join(temporary, path.basename(part)));
    });
  } finally {
    for (const part of parts) await fs.rm(part, { recursive: true, force: true });
  }
  return findOfficialTensorflow();
}
