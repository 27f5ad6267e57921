import { isUsableNumber } from '../cells/cells';
import { detach } from '../cells/cellText';

/** A cell and where it stands. */
export interface CellPlace {
  readonly row: number;
  readonly line: number;
  readonly text: string;
}

/** One of the smallest or largest values of a column, with its first cell. */
export interface ExtremeValue extends CellPlace {
  readonly value: number;
  count: number;
}

/** Distinct values kept at either end. */
const keptExtremes = 4;
const sampleSize = 64;
/** Larger numbers are written with a power of ten: nobody means them as whole ones. */
const largestWhole = 1e21;
const keptPlaces = 10;

/** What is counted of numbers while they stream by. O(1) memory. */
export class NumberTally {
  count = 0;
  integers = 0;
  infinite = 0;
  /** From the smallest up, and from the largest down. */
  readonly low: ExtremeValue[] = [];
  readonly high: ExtremeValue[] = [];
  readonly infinities: CellPlace[] = [];
  /** Every `#stride`-th value, for robust figures. */
  #sample: number[] = [];
  #stride = 1;
  #lowLimit = Infinity;
  #highLimit = -Infinity;

  add(value: number, text: string, row: number, line: number): void {
    this.count++;
    if (!isUsableNumber(value)) {
      this.infinite++;
      if (this.infinities.length < keptPlaces) this.infinities.push({ row, line, text: detach(text) });
      return;
    }
    if (Number.isInteger(value) && Math.abs(value) < largestWhole) this.integers++;
    if (value <= this.#lowLimit) this.#lowLimit = keep(this.low, value, 1, text, row, line) ?? Infinity;
    if (value >= this.#highLimit) this.#highLimit = keep(this.high, value, -1, text, row, line) ?? -Infinity;
    if (this.count % this.#stride === 0) this.#take(value);
  }

  get minimum(): number {
    return this.low[0]?.value ?? Infinity;
  }

  get maximum(): number {
    return this.high[0]?.value ?? -Infinity;
  }

  /** Some tens of the values, evenly over the file, sorted. */
  get sample(): number[] {
    return [...this.#sample].sort((a, b) => a - b);
  }

  /** The same cells with another reading of "1.234": each number a thousand times as large, and whole. */
  inThousands(): NumberTally {
    const tally = new NumberTally();
    const larger = (value: number): number => Math.round(1000 * value);
    tally.count = this.count;
    tally.integers = this.count;
    tally.low.push(...this.low.map((extreme) => ({ ...extreme, value: larger(extreme.value) })));
    tally.high.push(...this.high.map((extreme) => ({ ...extreme, value: larger(extreme.value) })));
    tally.#sample = this.#sample.map(larger);
    tally.#stride = this.#stride;
    return tally;
  }

  /** Takes in what another tally counted. */
  merge(other: NumberTally): void {
    this.count += other.count;
    this.integers += other.integers;
    this.infinite += other.infinite;
    this.infinities.push(...other.infinities.slice(0, keptPlaces - this.infinities.length));
    mergeExtremes(this.low, other.low, 1);
    mergeExtremes(this.high, other.high, -1);
    // One stride for both: the finer sample is thinned.
    const stride = Math.max(this.#stride, other.#stride);
    const thinned = (tally: NumberTally): number[] => {
      const step = stride / tally.#stride;
      return step === 1 ? tally.#sample : tally.#sample.filter((_, index) => index % step === 0);
    };
    this.#sample = [...thinned(this), ...thinned(other)];
    this.#stride = stride;
  }

  #take(value: number): void {
    this.#sample.push(value);
    if (this.#sample.length < sampleSize) return;
    this.#sample = this.#sample.filter((_, index) => index % 2 === 1);
    this.#stride *= 2;
  }
}

/** Keeps `value` among the first distinct ones of its order; returns the last one kept once the list is full. */
function keep(
  list: ExtremeValue[],
  value: number,
  sign: 1 | -1,
  text: string,
  row: number,
  line: number,
): number | undefined {
  let at = 0;
  while (at < list.length && sign * list[at].value < sign * value) at++;
  if (at < list.length && list[at].value === value) list[at].count++;
  else if (at < keptExtremes) {
    list.splice(at, 0, { value, count: 1, text: detach(text), row, line });
    list.length = Math.min(list.length, keptExtremes);
  }
  return list.length < keptExtremes ? undefined : list[list.length - 1].value;
}

function mergeExtremes(into: ExtremeValue[], from: readonly ExtremeValue[], sign: 1 | -1): void {
  for (const extreme of from) {
    const same = into.find(({ value }) => value === extreme.value);
    if (same === undefined) into.push({ ...extreme });
    else same.count += extreme.count;
  }
  into.sort((a, b) => sign * (a.value - b.value));
  into.length = Math.min(into.length, keptExtremes);
}
