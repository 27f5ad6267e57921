/** A list of whole numbers that grows, 4 bytes each. */
export class GrowingInts {
  /** Longer than the list; replaced when it grows. */
  data = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns the place of the number */
  push(value: number): number {
    if (this.#length === this.data.length) {
      const larger = new Int32Array(2 * this.data.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.#length] = value;
    return this.#length++;
  }
}
