/** What is kept takes up to this much memory, and the latest one always stays. */
const budget = 128 * 1024 * 1024;

interface Kept {
  readonly value: Promise<unknown>;
  /** 0 while it is being read. */
  bytes: number;
}

/**
 * Columns, orders and masks of rows that were read from the tables, by what they are of: what is asked for again and
 * again (a list under another filter, a histogram while it is brushed) then costs a pass over numbers in memory. What
 * was used last is forgotten last.
 */
export class KeptColumns {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** What is kept under the key; else it is read, once for all who ask meanwhile. A failure is not kept. */
  async get<Value>(key: string, read: () => Promise<Value>, bytesOf: (value: Value) => number): Promise<Value> {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      // Only values of this kind are kept under such a key.
      return known.value as Promise<Value>;
    }
    const value = read();
    const kept: Kept = { value, bytes: 0 };
    this.#kept.set(key, kept);
    try {
      const bytes = bytesOf(await value);
      if (this.#kept.get(key) === kept) {
        kept.bytes = bytes;
        this.#bytes += bytes;
        this.#shrink();
      }
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
      throw error;
    }
    return value;
  }

  /** {@link get} for one array. */
  async array<Numbers extends Uint8Array | Int32Array | Float64Array>(
    key: string,
    read: () => Promise<Numbers>,
  ): Promise<Numbers> {
    return this.get(key, read, ({ byteLength }) => byteLength);
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #shrink(): void {
    for (const [key, { bytes }] of this.#kept) {
      if (this.#bytes <= budget || this.#kept.size === 1) return;
      if (bytes === 0) continue;
      this.#kept.delete(key);
      this.#bytes -= bytes;
    }
  }
}
