import type { CancellationSignal } from '../../core/job/jobContext';
import { closeAll } from '../closeAll';
import type { VectorCache } from './cache/vectorCache';
import type { EncoderItem } from './encoder';
import type { EncoderPool } from './encoderPool';

/** Items to encode that are known by what they hold, and loaded only where they have not been encoded before. */
interface EncoderItems {
  /** SHA-256 of what each holds. */
  readonly digests: readonly Uint8Array[];
  /** The k-th of them. */
  load(k: number): EncoderItem | Promise<EncoderItem>;
}

/** Loaded at a time, and as many again while these are encoded: pictures take 150 kB each. */
const loadedAtOnce = 128;

async function loadAll(items: EncoderItems, places: readonly number[]): Promise<EncoderItem[]> {
  const loaded: EncoderItem[] = [];
  for (const k of places) loaded.push(await items.load(k));
  return loaded;
}

/** Encodes what the cache does not know, and keeps it there as it comes: a job that is killed goes on where it was. */
export class ItemEncoder {
  readonly #pool: EncoderPool;
  readonly #cache: VectorCache;
  readonly #numbers: number;
  #encoded = 0;

  constructor(pool: EncoderPool, cache: VectorCache, numbers: number) {
    this.#pool = pool;
    this.#cache = cache;
    this.#numbers = numbers;
  }

  /** Items that were not known. */
  get encoded(): number {
    return this.#encoded;
  }

  /** Why vectors are not kept for the next time; undefined while they are. */
  get keepingFailure(): unknown {
    return this.#cache.failure;
  }

  /**
   * The vectors of some thousand items at most, row-major. `onDone` counts items.
   * @throws what `load` throws, and as EncoderPool.encode does.
   */
  async encode(
    items: EncoderItems,
    signal: CancellationSignal,
    onDone: (done: number) => void = () => undefined,
  ): Promise<Float32Array> {
    const width = this.#numbers;
    const { digests } = items;
    const out = new Float32Array(digests.length * width);
    const unknown = await this.#cache.find(digests, out);
    let done = digests.length - unknown.length;
    onDone(done);
    // Where several are alike, the first is encoded.
    const firsts = new Map<string, number>();
    const copies: { readonly from: number; readonly to: number }[] = [];
    for (const k of unknown) {
      const name = Buffer.from(digests[k]).toString('latin1');
      const from = firsts.get(name);
      if (from === undefined) firsts.set(name, k);
      else copies.push({ from, to: k });
    }
    const fresh = [...firsts.values()];
    let loading = loadAll(items, fresh.slice(0, loadedAtOnce));
    for (let start = 0; start < fresh.length; start += loadedAtOnce) {
      signal.throwIfCancelled();
      const places = fresh.slice(start, start + loadedAtOnce);
      const loaded = await loading;
      loading = loadAll(items, fresh.slice(start + loadedAtOnce, start + 2 * loadedAtOnce));
      // It is awaited in its turn; before that, the encoder may fail.
      loading.catch(() => undefined);
      await this.#pool.encode(loaded, signal, async (first, count, vectors) => {
        const part = places.slice(first, first + count);
        part.forEach((k, i) => out.set(vectors.subarray(i * width, (i + 1) * width), k * width));
        this.#encoded += count;
        done += count;
        onDone(done);
        await this.#cache.add(
          part.map((k) => digests[k]),
          vectors,
        );
      });
    }
    for (const { from, to } of copies) out.copyWithin(to * width, from * width, (from + 1) * width);
    if (copies.length > 0) onDone(digests.length);
    return out;
  }

  async close(): Promise<void> {
    await closeAll([() => this.#pool.close(), () => this.#cache.close()]);
  }
}
