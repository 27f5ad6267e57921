import { installSystemPackages } from './debian.mjs';
import { ask } from './run.mjs';

/** Debian packages by the library they bring; several names where releases differ (2024's 64-bit time renamed some). */
const packagesOfLibrary = {
  'libgtk-3.so.0': ['libgtk-3-0t64', 'libgtk-3-0'],
  'libgdk-3.so.0': ['libgtk-3-0t64', 'libgtk-3-0'],
  'libatk-1.0.so.0': ['libatk1.0-0t64', 'libatk1.0-0'],
  'libatk-bridge-2.0.so.0': ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'],
  'libatspi.so.0': ['libatspi2.0-0t64', 'libatspi2.0-0'],
  'libgobject-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
  'libglib-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
  'libgio-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
  'libcups.so.2': ['libcups2t64', 'libcups2'],
  'libasound.so.2': ['libasound2t64', 'libasound2'],
  'libnss3.so': ['libnss3'],
  'libnssutil3.so': ['libnss3'],
  'libsmime3.so': ['libnss3'],
  'libnspr4.so': ['libnspr4'],
  'libdbus-1.so.3': ['libdbus-1-3'],
  'libdrm.so.2': ['libdrm2'],
  'libgbm.so.1': ['libgbm1'],
  'libexpat.so.1': ['libexpat1'],
  'libxcb.so.1': ['libxcb1'],
  'libxkbcommon.so.0': ['libxkbcommon0'],
  'libX11.so.6': ['libx11-6'],
  'libXcomposite.so.1': ['libxcomposite1'],
  'libXdamage.so.1': ['libxdamage1'],
  'libXext.so.6': ['libxext6'],
  'libXfixes.so.3': ['libxfixes3'],
  'libXrandr.so.2': ['libxrandr2'],
  'libpango-1.0.so.0': ['libpango-1.0-0'],
  'libcairo.so.2': ['libcairo2'],
  'libudev.so.1': ['libudev1'],
};

/** Libraries that `ldd` could not find, by name, in its order. */
export function missingLibraries(lddOutput) {
  const names = [...lddOutput.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1]);
  return [...new Set(names)];
}

/**
 * For each missing library the choice of Debian packages that bring it, each once. A library unknown here brings GTK's.
 */
export function packagesFor(libraries) {
  const fallback = packagesOfLibrary['libgtk-3.so.0'];
  const wanted = libraries.map((library) => packagesOfLibrary[library] ?? fallback);
  return wanted.filter((names, index) => wanted.findIndex((other) => other.join() === names.join()) === index);
}

async function findMissing(executable) {
  return missingLibraries((await ask('ldd', [executable], { env: { ...process.env, LC_ALL: 'C' } })) ?? '');
}

/** Makes sure that the shared libraries Electron is linked against are there (Linux; other systems bring them). */
export async function ensureSystemLibraries(executable, reporter) {
  if (process.platform !== 'linux') return;
  const missing = await findMissing(executable);
  if (missing.length === 0) return;
  const what = `libraries that Electron needs (${missing.join(', ')})`;
  await installSystemPackages(reporter, what, packagesFor(missing));
  const still = await findMissing(executable);
  if (still.length > 0) reporter.note(`Still missing after the installation: ${still.join(', ')}`);
}
