import { vectorsFolder } from '../cacheFolders';
import { usableThreads } from '../compute/native/tensorflowBinding';
import { cacheSize, VectorCache } from './cache/vectorCache';
import type { Encoder, EncoderKind } from './encoder';
import { EncoderPool } from './encoderPool';
import { findEncoder } from './findEncoder';
import { ItemEncoder } from './itemEncoder';

interface EncodersOptions {
  /** The folder that holds `out` and `node_modules`. */
  readonly applicationFolder: string;
  /** The built encoder thread: out/main/encoder.js. */
  readonly encoderThread: string;
}

/** The encoders of this machine, and what they have encoded. */
export class Encoders {
  readonly #options: EncodersOptions;
  readonly #found = new Map<EncoderKind, Promise<Encoder | null>>();
  readonly #own = new Map<EncoderKind, Encoder>();

  constructor(options: EncodersOptions) {
    this.#options = options;
  }

  /** Takes an encoder of the analyst's own in place of the one that set-up brought. */
  use(encoder: Encoder): void {
    this.#own.set(encoder.settings.kind, encoder);
  }

  /** Takes these and no others in place of those that set-up brought. */
  useOnly(encoders: readonly Encoder[]): void {
    this.#own.clear();
    for (const encoder of encoders) this.use(encoder);
  }

  /** Whether the encoder of that kind is the analyst's own. */
  isOwn(kind: EncoderKind): boolean {
    return this.#own.has(kind);
  }

  /**
   * The analyst's own encoder, else the one that set-up brought; null where there is none.
   * @throws UnavailableError when it is damaged.
   */
  find(kind: EncoderKind): Promise<Encoder | null> {
    const own = this.#own.get(kind);
    if (own !== undefined) return Promise.resolve(own);
    const before = this.#found.get(kind);
    if (before !== undefined) return before;
    const found = findEncoder(this.#options.applicationFolder, kind);
    this.#found.set(kind, found);
    // It may be repaired meanwhile.
    found.catch(() => this.#found.delete(kind));
    return found;
  }

  /** For one job, which closes it. Threads are started when there is something that has not been encoded before. */
  async open(encoder: Encoder): Promise<ItemEncoder> {
    const { key, settings } = encoder;
    const cache = await VectorCache.open({ folder: vectorsFolder(), key, numbers: settings.numbers });
    const threadPath = this.#options.encoderThread;
    return new ItemEncoder(new EncoderPool({ threadPath, encoder, threads: usableThreads() }), cache, settings.numbers);
  }

  /** For people: names of the encoders, or what is wrong with them, and where vectors are kept. */
  async describe(): Promise<{
    readonly text: string | null;
    readonly pictures: string | null;
    readonly vectorsFolder: string;
    readonly vectorsBytes: number;
  }> {
    const name = (kind: EncoderKind): Promise<string | null> =>
      this.find(kind).then(
        (encoder) => encoder?.settings.name ?? null,
        () => 'damaged: run "npm run setup"',
      );
    const folder = vectorsFolder();
    const [text, pictures, vectorsBytes] = await Promise.all([name('text'), name('pictures'), cacheSize(folder)]);
    return { text, pictures, vectorsFolder: folder, vectorsBytes };
  }
}
