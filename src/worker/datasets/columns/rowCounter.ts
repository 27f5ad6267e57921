/** How a column of whole numbers goes with the rows. */
export type CountingKind =
  /** 0, 1, 2, … or 1, 2, 3, … (also falling), without a gap. */
  | 'counts'
  /** Strictly rising or falling by one or a few, as a row number does after some rows were taken out. */
  | 'counts-with-gaps'
  /** Begins anew, as row numbers do where files were joined. */
  | 'counts-again'
  /** Every number from 0 or 1 to the number of rows once, in any order. */
  | 'shuffled'
  /** Whole numbers from 0 up, so close together that measured ones would repeat, and none does. */
  | 'different'
  /** Strictly rising or falling in other steps. */
  | 'sorted';

/** Rows from which a column can be told to count them. */
const leastRows = 8;
/** Numbers skipped per number that is there, at most, in a row counter with gaps. */
const widestGaps = 4;

/** Follows the numbers of a column in file order, to tell row counters. O(1) memory. */
export class RowCounter {
  #count = 0;
  #first = NaN;
  #last = NaN;
  #byOne = 0;
  #rises = 0;
  #falls = 0;
  #restarts = 0;
  #minimum = Infinity;
  #maximum = -Infinity;
  #sum = 0;
  #whole = true;

  add(value: number): void {
    this.#count++;
    if (this.#count === 1) this.#first = value;
    else {
      const step = value - this.#last;
      if (step > 0) this.#rises++;
      else if (step < 0) this.#falls++;
      if (step === 1 || step === -1) this.#byOne++;
      if (value === this.#first) this.#restarts++;
    }
    this.#last = value;
    if (!Number.isInteger(value)) this.#whole = false;
    if (value < this.#minimum) this.#minimum = value;
    if (value > this.#maximum) this.#maximum = value;
    this.#sum += value;
  }

  /** Whether every number was another one; known for certain by the caller only. */
  tell(rows: number, isUnique: boolean): CountingKind | null {
    const n = this.#count;
    if (n < leastRows || n < rows) return null;
    const steps = n - 1;
    const monotone = this.#rises === steps || this.#falls === steps;
    if (!this.#whole) return monotone ? 'sorted' : null;
    const from = this.#minimum;
    const fromStart = from === 0 || from === 1;
    const span = this.#maximum - from + 1;
    if (monotone) {
      if (span === n) return fromStart ? 'counts' : 'counts-with-gaps';
      return span <= widestGaps * n && 5 * this.#byOne >= steps ? 'counts-with-gaps' : 'sorted';
    }
    const runs = this.#restarts + 1;
    const regular = this.#first === from && this.#byOne === steps - this.#restarts && this.#falls === this.#restarts;
    if (fromStart && regular && runs > 1 && runs <= n / leastRows) return 'counts-again';
    if (!isUnique || from < 0) return null;
    if (fromStart && span === n && this.#sum === (n * (from + this.#maximum)) / 2) return 'shuffled';
    // The chance that n numbers drawn from `span` are all different is about exp(−n² / 2 span).
    return n * n > 20 * span ? 'different' : null;
  }
}
