import type { GrantAccess } from '../contract/control';
import { InputError } from '../core/base/errors';

interface Granted {
  readonly path: string;
  readonly access: GrantAccess;
}

/** A grant comes by another channel than the call that names it, and may arrive a moment later. */
const patienceMs = 2_000;

/** The paths the engine may touch at the window's wish, by the names main gave them. */
export class Grants {
  readonly #granted = new Map<string, Granted>();
  readonly #waiting = new Map<string, (() => void)[]>();

  add(grant: string, path: string, access: GrantAccess): void {
    this.#granted.set(grant, { path, access });
    this.#waiting.get(grant)?.forEach((wake) => wake());
    this.#waiting.delete(grant);
  }

  /** @throws InputError when nothing of that name was granted for one of these uses. */
  async take(grant: string, ...uses: readonly GrantAccess[]): Promise<string> {
    if (!this.#granted.has(grant)) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        const wake = (): void => {
          clearTimeout(timer);
          resolve();
        };
        this.#waiting.set(grant, [...(this.#waiting.get(grant) ?? []), wake]);
      });
    }
    const granted = this.#granted.get(grant);
    if (granted === undefined || !uses.includes(granted.access)) {
      throw new InputError('This file or folder was not chosen in a dialog. Choose it again.');
    }
    return granted.path;
  }
}
