import { exists } from './files.mjs';
import { limits } from './pins.mjs';
import { ask, run } from './run.mjs';
import { SetupError } from './setupError.mjs';

export const isRoot = () => process.getuid?.() === 0;

async function hasApt() {
  return process.platform === 'linux' && (await exists('/usr/bin/apt-get'));
}

/**
 * Installs system packages: as root on a Debian-like system with apt-get, otherwise says which command to run.
 *
 * @param {string} what for the messages, e.g. "the libraries Electron needs"
 * @param {readonly (readonly string[])[]} wanted one entry a package; the first of its names that the system knows is
 *   taken (names differ between releases)
 */
export async function installSystemPackages(reporter, what, wanted) {
  const plain = wanted.map((names) => names[names.length - 1]);
  if (!(await hasApt())) {
    throw new SetupError(
      `This machine lacks ${what}.`,
      `Install them with its package manager. Debian's names for them: ${plain.join(' ')}`,
    );
  }
  if (!isRoot()) {
    const names = await knownNames(wanted);
    throw new SetupError(
      `This machine lacks ${what}.`,
      `Install them, then try again:\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
    );
  }
  await reporter.stage(`System packages for ${what} (apt-get)`, async () => {
    const options = { seconds: limits.apt, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    await run('apt-get', ['update'], { ...options, log: 'apt-update' });
    await run('apt-get', ['install', '-y', '--no-install-recommends', ...(await knownNames(wanted))], {
      ...options,
      log: 'apt-install',
    });
  });
}

async function knownNames(wanted) {
  const names = [];
  for (const choices of wanted) {
    let chosen = choices[choices.length - 1];
    for (const name of choices) {
      if (
        /Candidate: (?!\(none\))/.test(
          (await ask('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } })) ?? '',
        )
      ) {
        chosen = name;
        break;
      }
    }
    if (!names.includes(chosen)) names.push(chosen);
  }
  return names;
}
