import { basename } from 'node:path';
import { cutText, visibleText } from '../core/base/visibleText';
import { type Looking, startLooking } from './datasets/looking';

/** Nobody wants to hear of what is done sooner than this. */
const quietMs = 400;
const tellEveryMs = 100;
const longestText = 500;

/** Tells a window what is done where looking at a source takes a while, and can give it up; one at a time. */
export class LookingWatch {
  readonly #say: (text: string | null) => void;
  #cancel: (() => void) | undefined;

  /** @param say Gets what is done, at most ten times a second, and null at the end where it got anything. */
  constructor(say: (text: string | null) => void) {
    this.#say = say;
  }

  /** Runs what looks at the source under this path. @throws CancelledError when it was given up. */
  async watch<T>(path: string, look: (looking: Looking) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let toldAt = Number.NEGATIVE_INFINITY;
    const say = (text: string): void => {
      toldAt = performance.now();
      this.#say(cutText(text, longestText));
    };
    const { cancel, ...looking } = startLooking((text) => {
      const now = performance.now();
      if (now - startedAt >= quietMs && now - toldAt >= tellEveryMs) say(text);
    });
    this.#cancel = cancel;
    // Of what has nothing to say of itself.
    const timer = setTimeout(() => {
      if (toldAt < 0) say(`Looking at ${visibleText(basename(path))}`);
    }, quietMs);
    try {
      return await look(looking);
    } finally {
      clearTimeout(timer);
      if (this.#cancel === cancel) this.#cancel = undefined;
      if (toldAt > 0) this.#say(null);
    }
  }

  cancel(): void {
    this.#cancel?.();
  }
}
