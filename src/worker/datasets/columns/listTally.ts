import { isCutList, parseVector } from '../cells/vectorText';

/** Lists are read in full so often; the others are taken at the look of their brackets, which a later pass proves. */
const fullyRead = 500;
const mostLengths = 100;

/** Counts the cells of a column that are lists of numbers. */
export class ListTally {
  /** Cells that are lists, as far as was looked. */
  count = 0;
  /** Lists that were cut when they were written: [0.1 0.2 ... 0.9]. */
  cut = 0;
  readonly #lengths = new Map<number, number>();
  #read = 0;

  /** `cell`: one in brackets. */
  add(cell: string): void {
    if (this.#read >= fullyRead) {
      this.count++;
      return;
    }
    this.#read++;
    const numbers = parseVector(cell);
    if (numbers !== null) {
      this.count++;
      const known = this.#lengths.get(numbers.length) ?? 0;
      if (known > 0 || this.#lengths.size < mostLengths) this.#lengths.set(numbers.length, known + 1);
    } else if (isCutList(cell)) this.cut++;
  }

  /** Numbers that the lists read in full have, and the share of these that have as many; undefined without any list. */
  get length(): { readonly numbers: number; readonly share: number } | undefined {
    const [first] = [...this.#lengths].sort(([, a], [, b]) => b - a);
    return first && { numbers: first[0], share: first[1] / this.#read };
  }
}
