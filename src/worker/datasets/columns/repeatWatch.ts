const firstRoom = 64;

/**
 * Tells whether a text comes again among the first `most`, without keeping any of them: a number of 53 bits stands for
 * each, so that two different ones of 20,000 are taken for the same in one of 40 million columns. O(length) a text.
 */
export class RepeatWatch {
  readonly #most: number;
  /** Open addressing, at most half full; 0 is free. */
  #table = new Float64Array(firstRoom);
  #count = 0;
  #repeats = false;

  constructor(most: number) {
    this.#most = most;
  }

  get repeats(): boolean {
    return this.#repeats;
  }

  /** False once nothing more is to be learnt. */
  get isWatching(): boolean {
    return !this.#repeats && this.#count < this.#most;
  }

  add(text: string): void {
    if (!this.isWatching) return;
    if (2 * (this.#count + 1) > this.#table.length) this.#grow();
    const place = findPlace(this.#table, digest(text));
    if (place < 0) {
      this.#repeats = true;
      this.#table = new Float64Array(0);
    } else this.#count++;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#table.length);
    for (const key of this.#table) if (key !== 0) findPlace(larger, key);
    this.#table = larger;
  }
}

/** Puts the key into the table; −1 where it is there. */
function findPlace(table: Float64Array, key: number): number {
  const mask = table.length - 1;
  let at = key & mask;
  while (table[at] !== 0) {
    if (table[at] === key) return -1;
    at = (at + 1) & mask;
  }
  table[at] = key;
  return at;
}

/** 1 … 2⁵³, from two multiplicative hashes of 32 bits (FNV-1a, and one with another prime), each mixed at the end. */
function digest(text: string): number {
  let low = 0x811c9dc5;
  let high = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) + 0x9e3779b1;
    high ^= high >>> 15;
  }
  return (mixed(high) >>> 11) * 2 ** 32 + (mixed(low) >>> 0) + 1;
}

/** Every bit of the result depends on every bit of the argument. Source: MurmurHash3's finaliser. */
function mixed(bits: number): number {
  let h = bits ^ (bits >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
