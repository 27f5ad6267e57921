import type { Column, ColumnReading, ColumnType, Dialect } from '../../../contract/dataset';
import { findWords, hasUnspacedScript } from '../../../core/text/words';
import { areBooleanWords, isMissing, isNumberMarker, scanPlain } from '../cells/cells';
import { detach, shorten } from '../cells/cellText';
import type { DateOrder, NumberFormat } from '../cells/numberFormat';
import { isBracketed } from '../cells/vectorText';
import { DateTally } from './dateTally';
import { ListTally } from './listTally';
import { NumberProfile, type NumberReading } from './numberProfile';
import type { CellPlace } from './numberTally';
import { namesPicture } from './picturePaths';
import { RepeatWatch } from './repeatWatch';
import { type CountingKind, RowCounter } from './rowCounter';

/** Distinct values counted exactly up to here; beyond, a column has "many". */
const distinctLimit = 1000;
/** Values among which an id column must not repeat itself: this many, less in tables of more than 100 columns. */
const uniqueSample = 20_000;
const uniqueSampleOfAll = 2_000_000;
/** A column is of a type when at least this share of its non-missing cells can be read as such. */
const typeShare = 0.98;
/**
 * It is a number when at least this share can, and there are many different ones: as a category it would say next to
 * nothing. One with few different values loses nothing as a category.
 */
const numberShare = 0.9;
/** So it is when this share can, and the others are a word or two, again and again: a marker that is not known here. */
const markedNumberShare = 0.5;
const maxMarkerWords = 3;
/** A column is of pictures when at least this share of its non-missing cells name picture files. */
const pictureShare = 0.9;
/** More different numbers than this are no codes of a category. */
const manyNumbers = 20;
/** Cells that are no numbers in a column of numbers, kept to be reported. */
const maxOddCells = 20;
/** Different texts among cells that are no numbers, counted up to here. */
const maxOddTexts = 200;
const maxMarkers = 20;
/** Texts whose words are counted, and characters of each: enough to tell sentences from names and codes. */
const maxCountedTexts = 2_000;
const maxCountedCharacters = 2_000;

/** What is known about all cells of a file before they are read. */
interface CellHabits {
  readonly decimal: Dialect['decimal'];
  readonly missing: readonly string[];
  readonly delimiter: string;
}

const plainHabits: CellHabits = { decimal: 'auto', missing: [], delimiter: ',' };

/** Everything counted about one column while its cells stream by. O(1) memory beyond {@link distinctLimit} values. */
export class ColumnProfile {
  rows = 0;
  /** Blank cells and markers that mean missing in any column. */
  missing = 0;
  #blank = 0;
  readonly #numbers = new NumberProfile();
  readonly #counter = new RowCounter();
  readonly #dates = new DateTally();
  #textLength = 0;
  #withBlanks = 0;
  #picturePaths = 0;
  readonly #lists = new ListTally();
  #countedTexts = 0;
  #countedWords = 0;
  #distinct: Map<string, number> | null = new Map();
  /** Texts that are no numbers, once there are too many distinct values to count all of them. */
  #oddTexts: Map<string, number> | null = null;
  readonly #odd: CellPlace[] = [];
  readonly #markers = new Map<string, number>();
  readonly #examples: string[] = [];
  readonly #repeats: RepeatWatch;
  readonly #habits: CellHabits;
  readonly #saidMissing: ReadonlySet<string> | null;
  #fileFormat: NumberFormat | null = null;
  #reading: NumberReading | null = null;
  #oddOfAll: {
    readonly rows: number;
    readonly texts: ReadonlyMap<string, number> | null;
    readonly markers: number;
  } | null = null;

  constructor(columnCount: number, habits: CellHabits = plainHabits) {
    const watched = Math.min(uniqueSample, Math.floor(uniqueSampleOfAll / Math.max(1, columnCount)));
    this.#repeats = new RepeatWatch(watched);
    this.#habits = habits;
    this.#saidMissing = habits.missing.length === 0 ? null : new Set(habits.missing.map((word) => word.trim()));
  }

  add(cell: string, row: number, line: number): void {
    this.rows++;
    if (isMissing(cell) || this.#saidMissing?.has(cell.trim()) === true) {
      this.#countMissing(cell);
      return;
    }
    this.#textLength += cell.length;
    // Before numbers are looked for: 12.png would be a number with a unit.
    if (namesPicture(cell)) this.#picturePaths++;
    this.#countDistinct(cell);
    const number = this.#numbers.add(scanPlain(cell), cell, row, line);
    if (number === undefined) this.#addOther(cell, row, line);
    else this.#counter.add(number);
  }

  #addOther(cell: string, row: number, line: number): void {
    if (isBracketed(cell)) this.#lists.add(cell);
    if (cell.includes(' ')) this.#withBlanks++;
    if (this.#countedTexts < maxCountedTexts) {
      this.#countedTexts++;
      this.#countedWords += countPlainWords(cell.slice(0, maxCountedCharacters));
    }
    if (this.#oddTexts !== null) this.#countOddText(cell);
    if (this.#odd.length < maxOddCells && !isNumberMarker(cell)) this.#odd.push({ row, line, text: detach(cell) });
    // 2.5.2024 is no number, so dates come here.
    this.#dates.add(cell);
  }

  get filled(): number {
    return this.rows - this.missing;
  }

  /** Decimal points or commas, as the column's own cells tell; null where they do not. */
  get formatEvidence(): NumberFormat | null {
    return this.#numbers.evidence;
  }

  /** What the other columns of the file tell, for columns whose own cells do not. */
  assumeFormat(format: NumberFormat | null): void {
    this.#fileFormat = format;
    this.#reading = null;
  }

  /** How the numbers are read. To be asked when all cells are in. */
  get numbers(): NumberReading {
    this.#reading ??= this.#numbers.read(this.#habits.decimal, this.#fileFormat, this.#habits.delimiter === ';');
    return this.#reading;
  }

  get dateOrder(): DateOrder {
    return this.#dates.order;
  }

  /** Distinct non-missing values with their counts, in order of appearance; null above {@link distinctLimit}. */
  get values(): ReadonlyMap<string, number> | null {
    return this.#distinct;
  }

  /** Values as a label column has them: every text but a blank is one. Null where there are too many. */
  get labelValues(): ReadonlyMap<string, number> | null {
    if (this.#distinct === null || this.#markers.size === 0) return this.#distinct;
    return new Map([...this.#distinct, ...this.#markers]);
  }

  /** Cells with nothing but blanks. */
  get blank(): number {
    return this.#blank;
  }

  /** No value came twice among the first 20,000 or so non-missing ones (at least two). */
  get isUnique(): boolean {
    return !this.#repeats.repeats && this.filled > 1;
  }

  /** How the numbers go with the rows; null for columns with other cells or no order. */
  get counting(): CountingKind | null {
    return this.#counter.tell(this.rows, this.isUnique);
  }

  get meanLength(): number {
    return this.filled === 0 ? 0 : this.#textLength / this.filled;
  }

  /** Share of the cells that are no numbers with a blank between other signs: sentences, names, places. */
  get blankShare(): number {
    return this.filled === 0 ? 0 : this.#withBlanks / this.filled;
  }

  /** Words without digits in a cell that is no number, on average over the first 2,000 of them. */
  get meanWords(): number {
    return this.#countedTexts === 0 ? 0 : this.#countedWords / this.#countedTexts;
  }

  get minimum(): number {
    return this.numbers.tally.minimum;
  }

  get maximum(): number {
    return this.numbers.tally.maximum;
  }

  /**
   * Texts that are neither numbers nor missing in a column of numbers, with their counts; null where there are too
   * many.
   */
  get oddTexts(): ReadonlyMap<string, number> | null {
    const texts = this.#allOddTexts();
    return texts === null ? null : new Map([...texts].filter(([text]) => !isNumberMarker(text)));
  }

  /** The first cells of {@link oddTexts}. */
  get oddCells(): readonly CellPlace[] {
    return this.#odd;
  }

  /** Cells that no reading as a number takes, in a column of numbers. */
  get oddCount(): number {
    return this.filled - this.#numberMarkers() - this.#numbers.count;
  }

  /** Share of the cells, missing ones apart, that are numbers in the way they are read. */
  get shareOfNumbers(): number {
    const cells = this.filled - this.#numberMarkers();
    return cells <= 0 ? 0 : this.numbers.tally.count / cells;
  }

  /** Share of the cells, missing ones apart, that are numbers in any way of writing. */
  get shareOfAnyNumbers(): number {
    const cells = this.filled - this.#numberMarkers();
    return cells <= 0 ? 0 : this.#numbers.count / cells;
  }

  /** What stood for missing, blanks apart, most frequent first; more words do in columns of numbers and dates. */
  markers(type: ColumnType): { text: string; count: number }[] {
    const all = [...this.#markers];
    if (isNumeric(type) || type === 'date') {
      all.push(...[...(this.#allOddTexts() ?? [])].filter(([text]) => isNumberMarker(text)));
    }
    return all.map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
  }

  /** The cells are lists of numbers that were cut when they were written. */
  get hasCutLists(): boolean {
    return this.#lists.cut > 0 && this.#lists.cut + this.#lists.count >= pictureShare * this.filled;
  }

  inferType(): ColumnType {
    const { filled } = this;
    if (filled === 0) return 'text';
    if (this.#picturePaths >= pictureShare * filled) return 'picture';
    if (this.#lists.count >= typeShare * filled && (this.#lists.length?.share ?? 0) >= typeShare) return 'vector';
    if (this.#isNumber()) {
      const { count, integers, infinite } = this.numbers.tally;
      return integers === count - infinite ? 'integer' : 'number';
    }
    const dates = this.#dates.count;
    if (dates > 0 && dates >= typeShare * (filled - this.#numberMarkers())) return 'date';
    if (this.#distinct !== null && areBooleanWords(this.#distinct.keys())) return 'boolean';
    const distinct = this.#distinct?.size ?? Infinity;
    const few = distinct <= 50 && (distinct < filled || filled <= 2);
    if ((few || distinct <= 0.2 * filled) && this.meanLength <= 64) return 'category';
    return 'text';
  }

  #isNumber(): boolean {
    const { tally, limits } = this.numbers;
    if (tally.count === 0 || tally.count === tally.infinite) return false;
    // "<5" and ">5" all along are groups, not numbers.
    if (2 * limits.count > tally.count && !this.#hasManyNumbers()) return false;
    const share = this.shareOfNumbers;
    if (share >= typeShare) return true;
    if (share < markedNumberShare || !this.#hasManyNumbers()) return false;
    if (share >= numberShare) return true;
    const odd = this.oddTexts;
    return odd !== null && odd.size <= maxMarkerWords && this.numbers.other.length === 0;
  }

  #hasManyNumbers(): boolean {
    const odd = this.#allOddTexts();
    if (this.#distinct === null || odd === null) return true;
    const numbers = this.#distinct.size - odd.size;
    return numbers > manyNumbers || (numbers >= 5 && numbers >= this.numbers.tally.count / 2);
  }

  describe(
    type: ColumnType,
  ): Pick<Column, 'missing' | 'distinct' | 'range' | 'examples' | 'format' | 'numbers' | 'reading'> {
    const numeric = isNumeric(type);
    const { tally } = this.numbers;
    const range: [string, string] | null =
      numeric && tally.low.length > 0
        ? [tally.low[0].text, tally.high[0].text]
        : type === 'date'
          ? this.#dates.range
          : null;
    const format = numeric ? this.numbers.format : type === 'date' ? this.dateOrder : undefined;
    const reading = this.#describeReading(type);
    const softMarkers = numeric || type === 'date' ? this.#numberMarkers() : 0;
    const softTexts = softMarkers > 0 ? (this.#allOddTexts()?.size ?? 0) - (this.oddTexts?.size ?? 0) : 0;
    return {
      ...(format === undefined ? {} : { format }),
      ...(reading === undefined ? {} : { reading }),
      ...(type === 'vector' && this.#lists.length !== undefined ? { numbers: this.#lists.length.numbers } : {}),
      missing: this.missing + softMarkers,
      distinct: this.#distinct === null ? null : this.#distinct.size - softTexts,
      range,
      examples: this.#examples.map((text) => shorten(text)),
    };
  }

  #describeReading(type: ColumnType): ColumnReading | undefined {
    const markers = this.markers(type).slice(0, 5);
    const numbers = this.#numbers.count > 0 ? this.numbers : null;
    if (numbers === null && markers.length === 0) return undefined;
    const unread = isNumeric(type) ? this.filled - this.#numberMarkers() - this.numbers.tally.count : 0;
    const example = this.#odd[0]?.text ?? numbers?.other[0]?.cells[0]?.text ?? '';
    const unit = numbers?.unit ?? '';
    const limits = { count: numbers?.limits.count ?? 0, example: shorten(numbers?.limits.example?.text ?? '') };
    const grouped = numbers?.grouped ?? false;
    const decimal = numbers?.isMarked === true ? numbers.format : 'point';
    if (markers.length === 0 && unread === 0 && unit === '' && limits.count === 0 && !grouped && decimal === 'point') {
      return undefined;
    }
    return {
      decimal,
      unit,
      grouped,
      limits,
      markers: markers.map(({ text, count }) => ({ text: shorten(text), count })),
      unread: { count: unread, example: unread > 0 ? shorten(example) : '' },
    };
  }

  /** Cells that are missing in a column of numbers only. */
  #numberMarkers(): number {
    return this.#odds().markers;
  }

  /** Texts that are no numbers, markers among them; null where there are too many to count. */
  #allOddTexts(): ReadonlyMap<string, number> | null {
    return this.#odds().texts;
  }

  /** Found once: it looks at every distinct value again. */
  #odds(): { readonly texts: ReadonlyMap<string, number> | null; readonly markers: number } {
    if (this.#oddOfAll?.rows === this.rows) return this.#oddOfAll;
    const allNumbers = this.filled === this.#numbers.count;
    const texts = allNumbers
      ? new Map<string, number>()
      : this.#distinct === null
        ? this.#oddTexts
        : textsWithoutNumbers(this.#distinct);
    let markers = 0;
    for (const [text, count] of texts ?? []) if (isNumberMarker(text)) markers += count;
    this.#oddOfAll = { rows: this.rows, texts, markers };
    return this.#oddOfAll;
  }

  #countMissing(cell: string): void {
    this.missing++;
    const text = cell.length === 0 ? '' : cell.trim();
    if (text === '') {
      this.#blank++;
      return;
    }
    const count = this.#markers.get(text);
    if (count !== undefined) this.#markers.set(text, count + 1);
    else if (this.#markers.size < maxMarkers) this.#markers.set(detach(text), 1);
  }

  #countOddText(cell: string): void {
    if (this.#oddTexts === null) return;
    const count = this.#oddTexts.get(cell);
    if (count !== undefined) this.#oddTexts.set(cell, count + 1);
    else if (this.#oddTexts.size < maxOddTexts) this.#oddTexts.set(detach(cell), 1);
    else this.#oddTexts = null;
  }

  #remember(cell: string): void {
    if (this.#examples.length < 5 && !this.#examples.includes(cell)) this.#examples.push(detach(cell));
  }

  #countDistinct(cell: string): void {
    this.#repeats.add(cell);
    if (this.#distinct === null) return;
    this.#remember(cell);
    const count = this.#distinct.get(cell);
    if (count !== undefined) this.#distinct.set(cell, count + 1);
    else if (this.#distinct.size < distinctLimit) this.#distinct.set(detach(cell), 1);
    else {
      const odd = textsWithoutNumbers(this.#distinct);
      this.#oddTexts = odd.size <= maxOddTexts ? odd : null;
      this.#distinct = null;
    }
  }
}

/** A word with what may stand around it in a sentence. */
const plainWord = /^\P{L}*[\p{L}\p{M}'’-]{2,}\P{L}*$/u;
const shortCapitals = /^\P{L}*\p{Lu}{2}\P{L}*$/u;

/** Words between blanks; links, addresses, codes (AB 12 CD), amounts and dates are none. */
function countPlainWords(text: string): number {
  let count = 0;
  for (const word of text.split(/\s+/)) {
    if (hasUnspacedScript(word)) findWords(word, () => count++);
    else if (plainWord.test(word) && !shortCapitals.test(word)) count++;
  }
  return count;
}

export function isNumeric(type: ColumnType): boolean {
  return type === 'number' || type === 'integer';
}

/** Those of counted texts that are no numbers in any way of writing. */
function textsWithoutNumbers(counts: ReadonlyMap<string, number>): Map<string, number> {
  const numbers = new NumberProfile();
  const odd = new Map<string, number>();
  for (const [text, count] of counts) {
    if (numbers.add(scanPlain(text), text, 0, 1) === undefined) odd.set(text, count);
  }
  return odd;
}
