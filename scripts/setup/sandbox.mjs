import fs from 'node:fs/promises';
import path from 'node:path';
import { isRoot } from './debian.mjs';
import { ask } from './run.mjs';

/** Chromium refuses to run its sandbox as root; then, and only then, Assay runs without it. */
export function launchArguments(root = isRoot()) {
  return root ? ['--no-sandbox'] : [];
}

/**
 * Why Chromium's sandbox cannot work for this user, with what to do about it; undefined when it can.
 * It needs unprivileged user namespaces or a helper owned by root with the set-user-id bit.
 */
export async function sandboxProblem(executable) {
  if (process.platform !== 'linux' || isRoot()) return undefined;
  if (await userNamespacesWork()) return undefined;
  const helper = path.join(path.dirname(executable), 'chrome-sandbox');
  const stat = await fs.stat(helper).catch(() => undefined);
  if (stat && stat.uid === 0 && (stat.mode & 0o4000) !== 0) return undefined;
  return [
    'This system does not let ordinary users make user namespaces, which Electron’s sandbox needs. Allow its helper instead:',
    `    sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`,
  ].join('\n');
}

async function userNamespacesWork() {
  // Ubuntu since 23.10 creates the namespace but gives it no rights, unless an AppArmor profile says otherwise.
  const restricted = await fs
    .readFile('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', 'utf8')
    .catch(() => '0');
  if (restricted.trim() === '1') return false;
  return (await ask('unshare', ['--user', '--map-root-user', 'true'])) !== undefined;
}
