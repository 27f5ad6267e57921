import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { GrantAccess, MainToEngine } from '../contract/control';
import type { GrantedPath } from '../contract/shell';

interface Grant {
  readonly grant: string;
  readonly path: string;
  readonly access: GrantAccess;
}

/**
 * The paths that dialogs, drops, the recent list and the command line have allowed. The window knows only their random
 * names; the engine is told each of them, and all of them again after it was restarted.
 */
export class GrantTable {
  readonly #grants = new Map<string, Grant>();
  #listener: (grant: Grant) => void = () => undefined;

  /** Every grant so far, then each new one. */
  forEach(listener: (grant: Grant) => void): void {
    this.#listener = listener;
    this.#grants.forEach(listener);
  }

  /** The same path for the same use has one name, however often it is allowed. */
  add(path: string, access: GrantAccess): GrantedPath {
    for (const known of this.#grants.values()) {
      if (known.path === path && known.access === access) return { grant: known.grant, display: basename(path) };
    }
    const grant: Grant = { grant: randomUUID(), path, access };
    this.#grants.set(grant.grant, grant);
    this.#listener(grant);
    return { grant: grant.grant, display: basename(path) };
  }
}

export function grantMessage({ grant, path, access }: Grant): MainToEngine {
  return { kind: 'grant', grant, path, access };
}
