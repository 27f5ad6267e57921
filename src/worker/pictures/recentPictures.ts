import type { PictureOutcome } from './thread/pictureMessages';

/** Of all pictures that are kept: 1,300 thumbnails of 128 × 128, or 21 large ones. */
const defaultBytes = 64 * 2 ** 20;
/** What anything costs beside its pixels. */
const entryBytes = 200;

/** The pictures that were read last; also those that have a problem, which every glance would look for again. */
export class RecentPictures {
  readonly #mostBytes: number;
  /** Least recently used first. Pictures are kept from the moment they are asked for: nobody asks twice. */
  readonly #kept = new Map<string, Promise<PictureOutcome<'fit'>>>();
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  constructor(mostBytes = defaultBytes) {
    this.#mostBytes = mostBytes;
  }

  /** @throws what `read` throws; such a failure is not kept. */
  async get(key: string, read: () => Promise<PictureOutcome<'fit'>>): Promise<PictureOutcome<'fit'>> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const reading = read();
    this.#kept.set(key, reading);
    try {
      const outcome = await reading;
      this.#count(key, entryBytes + (outcome.kind === 'picture' ? outcome.pixels.data.length : 0));
      return outcome;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  #count(key: string, bytes: number): void {
    this.#sizes.set(key, bytes);
    this.#bytes += bytes;
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) return;
      const size = this.#sizes.get(oldest);
      // It is still being read.
      if (size === undefined) continue;
      this.#kept.delete(oldest);
      this.#sizes.delete(oldest);
      this.#bytes -= size;
    }
  }
}
