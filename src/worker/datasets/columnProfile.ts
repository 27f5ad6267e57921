import type { Column, ColumnType } from '../../contract/dataset';
import { areBooleanWords, isMissing, parseDate, parseNumber } from './cells';
import type { DateOrder, NumberFormat } from './datasetTypes';

/** Distinct values counted exactly up to here; beyond, a column has "many". */
export const distinctLimit = 1000;
/** Values among which an id column must not repeat itself: this many, less in tables of more than 100 columns. */
const uniqueSample = 20_000;
const uniqueSampleOfAll = 2_000_000;
/** A column is of a type when at least this share of its non-missing cells can be read as such. */
const typeShare = 0.98;
/** Cells that are no numbers in a column of numbers, kept to be reported. */
const maxOddCells = 20;

const dateOrders = ['ymd', 'dmy', 'mdy'] as const;

interface Range {
  min: { value: number; text: string };
  max: { value: number; text: string };
}

function emptyRange(): Range {
  return { min: { value: Infinity, text: '' }, max: { value: -Infinity, text: '' } };
}

export interface OddCell {
  readonly row: number;
  readonly line: number;
  readonly text: string;
}

/** Everything counted about one column while its cells stream by. O(1) memory beyond {@link distinctLimit} values. */
export class ColumnProfile {
  rows = 0;
  missing = 0;
  #point = 0;
  #comma = 0;
  #integers = 0;
  #infinite = 0;
  #dates: Record<DateOrder, number> = { ymd: 0, dmy: 0, mdy: 0 };
  #textLength = 0;
  #distinct: Map<string, number> | null = new Map();
  #seen: Set<string> | null = new Set();
  #repeats = false;
  #min = { value: Infinity, text: '' };
  #max = { value: -Infinity, text: '' };
  readonly #dateRange = { ymd: emptyRange(), dmy: emptyRange(), mdy: emptyRange() };
  readonly #odd: OddCell[] = [];
  readonly #infinities: OddCell[] = [];
  readonly #examples: string[] = [];
  readonly #uniqueSample: number;

  constructor(columnCount: number) {
    this.#uniqueSample = Math.min(uniqueSample, Math.floor(uniqueSampleOfAll / Math.max(1, columnCount)));
  }

  add(cell: string, row: number, line: number): void {
    this.rows++;
    if (isMissing(cell)) {
      this.missing++;
      return;
    }
    this.#textLength += cell.length;
    this.#countDistinct(cell);
    const number = parseNumber(cell, 'point');
    if (!Number.isNaN(number)) {
      this.#point++;
      // "1,234" reads as a number either way; a plain integer too. "1.5" does not.
      if (Number.isInteger(number) ? !cell.includes('.') : false) this.#comma++;
      this.#countNumber(number, cell, row, line);
      return;
    }
    const comma = parseNumber(cell, 'comma');
    if (!Number.isNaN(comma)) {
      this.#comma++;
      this.#countNumber(comma, cell, row, line);
      // 2.5.2024 is no number, so dates never come here.
      return;
    }
    if (this.#odd.length < maxOddCells) this.#odd.push({ row, line, text: cell });
    this.#countDate(cell);
  }

  get filled(): number {
    return this.rows - this.missing;
  }

  get numberFormat(): NumberFormat {
    return this.#comma > this.#point ? 'comma' : 'point';
  }

  get dateOrder(): DateOrder {
    const { ymd, dmy, mdy } = this.#dates;
    // Where every date can be read both ways (no day above 12), month first as in the language of most such files.
    return dmy > mdy ? 'dmy' : mdy > ymd ? 'mdy' : 'ymd';
  }

  /** Distinct non-missing values with their counts, in order of appearance; null above {@link distinctLimit}. */
  get values(): ReadonlyMap<string, number> | null {
    return this.#distinct;
  }

  /** No value came twice among the first 20,000 or so non-missing ones (at least two). */
  get isUnique(): boolean {
    return !this.#repeats && this.filled > 1;
  }

  get meanLength(): number {
    return this.filled === 0 ? 0 : this.#textLength / this.filled;
  }

  get minimum(): number {
    return this.#min.value;
  }

  get maximum(): number {
    return this.#max.value;
  }

  get infinities(): { count: number; cells: readonly OddCell[] } {
    return { count: this.#infinite, cells: this.#infinities };
  }

  /** Cells of a number column that are no numbers: at most 20 of them, and how many there are. */
  get oddCells(): { count: number; cells: readonly OddCell[] } {
    return { count: this.filled - Math.max(this.#point, this.#comma), cells: this.#odd };
  }

  inferType(): ColumnType {
    const { filled } = this;
    if (filled === 0) return 'text';
    const numbers = Math.max(this.#point, this.#comma);
    if (numbers >= typeShare * filled) return this.#integers === numbers - this.#infinite ? 'integer' : 'number';
    if (Math.max(...Object.values(this.#dates)) >= typeShare * filled) return 'date';
    if (this.#distinct !== null && areBooleanWords(this.#distinct.keys())) return 'boolean';
    const distinct = this.#distinct?.size ?? Infinity;
    const few = distinct <= 50 && (distinct < filled || filled <= 2);
    if ((few || distinct <= 0.2 * filled) && this.meanLength <= 64) return 'category';
    return 'text';
  }

  describe(type: ColumnType): Pick<Column, 'missing' | 'distinct' | 'range' | 'examples' | 'format'> {
    const numeric = type === 'number' || type === 'integer';
    const dates = this.#dateRange[this.dateOrder];
    const range: [string, string] | null =
      numeric && Number.isFinite(this.#min.value)
        ? [this.#min.text, this.#max.text]
        : type === 'date' && dates.min.text !== ''
          ? [dates.min.text, dates.max.text]
          : null;
    const format = numeric ? this.numberFormat : type === 'date' ? this.dateOrder : undefined;
    return {
      ...(format === undefined ? {} : { format }),
      missing: this.missing,
      distinct: this.#distinct?.size ?? null,
      range,
      examples: this.#examples.map(shorten),
    };
  }

  #remember(cell: string): void {
    if (this.#examples.length < 5 && !this.#examples.includes(cell)) this.#examples.push(detach(cell));
  }

  #countDistinct(cell: string): void {
    if (this.#seen !== null && this.#seen.size < this.#uniqueSample) {
      if (this.#seen.has(cell)) {
        this.#repeats = true;
        this.#seen = null;
      } else this.#seen.add(detach(cell));
    }
    if (this.#distinct === null) return;
    this.#remember(cell);
    const count = this.#distinct.get(cell);
    if (count !== undefined) this.#distinct.set(cell, count + 1);
    else if (this.#distinct.size < distinctLimit) this.#distinct.set(detach(cell), 1);
    else this.#distinct = null;
  }

  #countNumber(value: number, text: string, row: number, line: number): void {
    if (!Number.isFinite(value)) {
      this.#infinite++;
      if (this.#infinities.length < maxOddCells) this.#infinities.push({ row, line, text });
      return;
    }
    if (Number.isInteger(value)) this.#integers++;
    if (value < this.#min.value) this.#min = { value, text };
    if (value > this.#max.value) this.#max = { value, text };
  }

  #countDate(cell: string): void {
    if (cell.length > 40) return;
    // Year first reads the same in every order.
    const days = parseDate(cell, 'ymd');
    if (!Number.isNaN(days)) {
      for (const order of dateOrders) this.#countOrder(order, days, cell);
      return;
    }
    this.#countOrder('dmy', parseDate(cell, 'dmy'), cell);
    this.#countOrder('mdy', parseDate(cell, 'mdy'), cell);
  }

  #countOrder(order: DateOrder, days: number, cell: string): void {
    if (Number.isNaN(days)) return;
    this.#dates[order]++;
    const range = this.#dateRange[order];
    if (days < range.min.value) range.min = { value: days, text: cell };
    if (days > range.max.value) range.max = { value: days, text: cell };
  }
}

/** A copy that does not keep the piece of the file alive of which `text` is a slice. */
function detach(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
