import fs from 'node:fs/promises';
import path from 'node:path';
import { exists, fillFolder, moveFolder, readJson } from './files.mjs';
import { cacheFolder, projectRoot } from './paths.mjs';
import { limits } from './pins.mjs';
import { run } from './run.mjs';
import { SetupError } from './setupError.mjs';

const packageFolder = path.join(projectRoot, 'node_modules', 'electron');

/** The executable inside an unpacked Electron. */
function executableIn(folder, platform = process.platform) {
  const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
  return path.join(folder, names[platform] ?? 'electron');
}

async function packageVersion() {
  const version = (await readJson(path.join(packageFolder, 'package.json')))?.version;
  if (!version) throw new SetupError('The npm package "electron" is not installed.', 'Run "npm install".');
  return version;
}

function runtimeFolder(version) {
  return path.join(cacheFolder(), 'electron', `${version}-${process.platform}-${process.arch}-official`);
}

/** The officially downloaded runtime of the version in package.json, if the cache or node_modules has it. */
export async function findOfficialRuntime() {
  const version = await packageVersion();
  for (const folder of [runtimeFolder(version), path.join(packageFolder, 'dist')]) {
    const present = (await fs.readFile(path.join(folder, 'version'), 'utf8').catch(() => '')).trim().replace(/^v/, '');
    const executable = executableIn(folder);
    if (present === version && (await exists(executable))) return { path: executable, version, source: 'official' };
  }
  return undefined;
}

/**
 * Lets Electron's own install script download its runtime (it checks the SHA-256 against the list in the npm package)
 * and keeps the result in the cache. A download that gets no data is ended after `limits.officialStall` seconds.
 */
export async function installOfficialRuntime() {
  const version = await packageVersion();
  const dist = path.join(packageFolder, 'dist');
  await fillFolder(runtimeFolder(version), async (folder) => {
    const download = path.join(folder, 'download');
    await fs.mkdir(download);
    await run(process.execPath, [path.join(packageFolder, 'install.js')], {
      log: 'electron-official',
      seconds: limits.officialTotal,
      env: { ...process.env, TMPDIR: download, TEMP: download, TMP: download, electron_config_cache: download },
      stall: { folders: [download, dist], seconds: () => limits.officialStall },
    });
    await fs.rm(download, { recursive: true, force: true });
    if (!(await exists(executableIn(dist)))) throw new SetupError('Electron’s install script ended without a runtime.');
    for (const name of await fs.readdir(dist)) await moveFolder(path.join(dist, name), path.join(folder, name));
    await fs.rm(dist, { recursive: true, force: true });
    await fs.rm(path.join(packageFolder, 'path.txt'), { force: true });
  });
  return findOfficialRuntime();
}
