import fs from 'node:fs/promises';
import path from 'node:path';
import { exists, readJson, sha256OfText, writeJson } from './files.mjs';
import { projectRoot, stateFolder } from './paths.mjs';
import { limits } from './pins.mjs';
import { run } from './run.mjs';

const stampFile = path.join(stateFolder, 'packages.json');

async function currentStamp() {
  const lock = await fs.readFile(path.join(projectRoot, 'package-lock.json'), 'utf8');
  return { lock: sha256OfText(lock), platform: process.platform, arch: process.arch };
}

/** Whether node_modules holds what package-lock.json asks for. */
export async function packagesReady() {
  const stamp = await currentStamp();
  const present = await readJson(stampFile);
  if (present && Object.entries(stamp).every(([key, value]) => present[key] === value)) return true;
  // A plain `npm install` leaves no stamp of ours, but npm's own record of what it installed.
  const wanted = await readJson(path.join(projectRoot, 'package-lock.json'));
  const installed = await readJson(path.join(projectRoot, 'node_modules', '.package-lock.json'));
  if (!installed || !recordsAgree(wanted, installed)) return false;
  await writeJson(stampFile, stamp);
  return true;
}

/**
 * Compares package-lock.json with npm's record in node_modules: the same packages in the same versions. Optional
 * packages may be missing (they are for another platform), links are not compared.
 */
export function recordsAgree(wanted, installed) {
  const found = installed.packages ?? {};
  return Object.entries(wanted?.packages ?? {}).every(([folder, entry]) => {
    if (folder === '' || entry.link) return true;
    const present = found[folder];
    if (!present) return entry.optional === true || entry.devOptional === true;
    return present.version === entry.version;
  });
}

/**
 * Installs exactly what package-lock.json says. No package's install script runs: set-up does what they would do.
 * npm's cache alone is tried first: that needs no network, and fails within seconds where something is missing.
 */
export async function installPackages() {
  try {
    await npmCi(['--offline']);
  } catch {
    await npmCi(['--prefer-offline']);
  }
  await writeJson(stampFile, await currentStamp());
}

async function npmCi(flags) {
  const [command, ...rest] = await npmCommand();
  await run(command, [...rest, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...flags], {
    log: 'npm-ci',
    cwd: projectRoot,
    seconds: limits.npm,
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1', NODE_ENV: 'development' },
  });
}

/** The npm that started us, else the one beside Node, else the one on the PATH. */
async function npmCommand(env = process.env) {
  if (env.npm_execpath?.endsWith('npm-cli.js')) return [process.execPath, env.npm_execpath];
  const folder = path.dirname(await fs.realpath(process.execPath));
  for (const script of ['../lib/node_modules/npm/bin/npm-cli.js', 'node_modules/npm/bin/npm-cli.js']) {
    if (await exists(path.join(folder, script))) return [process.execPath, path.join(folder, script)];
  }
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}
