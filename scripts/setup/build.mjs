import fs from 'node:fs/promises';
import path from 'node:path';
import { exists, readJson, sha256OfFile, sha256OfText, writeJson } from './files.mjs';
import { projectRoot, stateFolder } from './paths.mjs';
import { limits } from './pins.mjs';
import { run } from './run.mjs';

const stampFile = path.join(stateFolder, 'build.json');
const outputs = [
  'out/main/index.js',
  'out/main/engine.js',
  'out/main/assay.js',
  'out/preload/index.js',
  'out/renderer/index.html',
];
const inputs = [
  'src',
  'package.json',
  'package-lock.json',
  'bundling.ts',
  'electron.vite.config.ts',
  'tsconfig.json',
  'tsconfig.base.json',
];
inputs.push('tsconfig.node.json', 'tsconfig.web.json');

/** Every file the build reads, with size and time of change; tests are no part of it. */
export async function listInputs(root = projectRoot, entries = inputs) {
  const files = [];
  const visit = async (relative) => {
    const stat = await fs.stat(path.join(root, relative)).catch(() => undefined);
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of (await fs.readdir(path.join(root, relative))).sort()) await visit(`${relative}/${name}`);
    } else if (!/\.test\.[cm]?[jt]sx?$/.test(relative)) {
      files.push({ file: relative, size: stat.size, time: Math.round(stat.mtimeMs) });
    }
  };
  for (const entry of entries) await visit(entry);
  return files;
}

/**
 * A quick stamp (names, sizes, times) and, on demand, a sure one (contents): a fresh checkout changes only the times.
 */
async function stampOf(files, root = projectRoot) {
  const lines = [];
  for (const { file } of files) lines.push(`${file} ${await sha256OfFile(path.join(root, file))}`);
  return { quick: quickStamp(files), sure: sha256OfText(lines.join('\n')) };
}

export function quickStamp(files) {
  return sha256OfText(files.map(({ file, size, time }) => `${file} ${size} ${time}`).join('\n'));
}

/** Whether out/ is what a build of the present sources would give. */
export async function buildReady() {
  for (const output of outputs) if (!(await exists(path.join(projectRoot, output)))) return false;
  const known = await readJson(stampFile);
  if (!known) return false;
  const files = await listInputs();
  if (known.quick === quickStamp(files)) return true;
  const stamp = await stampOf(files);
  if (known.sure !== stamp.sure) return false;
  await writeJson(stampFile, stamp);
  return true;
}

/** Builds main, preload, engine, command line and window into out/. */
export async function build() {
  // Taken before the build: a file changed while it runs must make the next start build again.
  const stamp = await stampOf(await listInputs());
  const script = path.join(projectRoot, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  await run(process.execPath, [script, 'build'], { log: 'build', cwd: projectRoot, seconds: limits.build });
  await writeJson(stampFile, stamp);
}
