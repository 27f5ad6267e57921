/**
 * Which rows are the same in every column, found while the rows go by: by a 64-bit hash of their numbers, so that a
 * million different rows are taken apart with a probability of 1 − 3e-8. 0 and −0 are the same.
 */
export class DuplicateFinder {
  readonly #rows: number;
  /** Open addressing: 1 + first row with a hash, 0 = free. At most half full. */
  readonly #slots: Int32Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #last: Int32Array;

  /** For rows numbered below `rows`. 20–28 bytes a row. */
  constructor(rows: number) {
    this.#rows = rows;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rows + 2)));
    this.#low = new Int32Array(rows);
    this.#high = new Int32Array(rows);
    this.#first = new Int32Array(rows).fill(-1);
    this.#next = new Int32Array(rows).fill(-1);
    this.#last = new Int32Array(rows);
  }

  /** Rows [from, from + count) of a block, row-major. Call in ascending order of rows. */
  add(block: Float64Array, from: number, count: number): void {
    const d = block.length / count;
    const words = new Int32Array(block.buffer, block.byteOffset, 2 * block.length);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < count; i++) {
      const row = from + i;
      let a = 0x2545f491;
      let b = 0x6c62272e;
      for (let at = 2 * i * d; at < 2 * (i + 1) * d; at += 2) {
        // The words of −0 are those of 0 with the sign of the upper one.
        const upper = words[at + 1] === -0x80000000 ? 0 : words[at + 1];
        a = Math.imul(a ^ words[at], 0x85ebca6b);
        a = Math.imul(a ^ (a >>> 15) ^ upper, 0xc2b2ae35);
        b = Math.imul(b ^ upper, 0x9e3779b1);
        b = Math.imul(b ^ (b >>> 13) ^ words[at], 0x27d4eb2f);
      }
      a ^= a >>> 16;
      b ^= b >>> 16;
      this.#low[row] = a;
      this.#high[row] = b;
      let slot = (a ^ (b << 7)) & mask;
      for (;;) {
        const head = this.#slots[slot] - 1;
        if (head < 0) {
          this.#slots[slot] = row + 1;
          this.#first[row] = row;
          this.#last[row] = row;
          break;
        }
        if (this.#low[head] === a && this.#high[head] === b) {
          this.#first[row] = head;
          this.#next[this.#last[head]] = row;
          this.#last[head] = row;
          break;
        }
        slot = (slot + 1) & mask;
      }
    }
  }

  finish(): DuplicateRows {
    return new DuplicateRows(this.#rows, this.#first, this.#next);
  }
}

/** Groups of rows that are the same in every column. */
export class DuplicateRows {
  readonly rows: number;
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor(rows: number, first: Int32Array, next: Int32Array) {
    this.rows = rows;
    this.#first = first;
    this.#next = next;
  }

  /** What the constructor takes, to be sent to another thread. */
  get arrays(): { readonly first: Int32Array; readonly next: Int32Array } {
    return { first: this.#first, next: this.#next };
  }

  /** Lowest row number among the duplicates of `row`; −1 for a row that was not added. */
  first(row: number): number {
    return this.#first[row];
  }

  /** The next higher row number among the duplicates of `row`; −1 after the last. */
  next(row: number): number {
    return this.#next[row];
  }
}
