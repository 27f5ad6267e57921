import { readPlainNumber } from './plainNumber';

const point = '.'.charCodeAt(0);

/**
 * Cells of some columns in consecutive rows. Those of a row stand behind each other in one text, with a character
 * between any two, so that cells become texts of their own only where these are asked for.
 */
export class CellBlock {
  readonly #texts: string[] = [];
  /** rows × columns: where each cell ends in its row's text. */
  readonly #ends: Int32Array;
  /**
   * rows × columns: the cells as plain numbers with a decimal point. Read with the row, whose text is at hand then:
   * columns are asked for one after the other, each in all rows.
   */
  readonly #numbers: Float64Array;

  /** `firstRow`: the number of the row that is row 0 here. To be filled with {@link add}. */
  constructor(
    readonly firstRow: number,
    readonly rows: number,
    readonly columns: number,
  ) {
    this.#ends = new Int32Array(rows * columns);
    this.#numbers = new Float64Array(rows * columns);
  }

  /** Of the cells column by column. */
  static ofColumns(firstRow: number, cells: readonly (readonly string[])[]): CellBlock {
    const rows = cells[0]?.length ?? 0;
    const block = new CellBlock(firstRow, rows, cells.length);
    for (let row = 0; row < rows; row++) block.#addCells(cells.map((column) => column[row] ?? ''));
    return block;
  }

  /**
   * The next row: its cells with the character `separator` (its code) between them. False, and nothing is added, where
   * they are not as many as there are columns: a cell holds the separator itself. O(length).
   */
  add(text: string, separator: number): boolean {
    const first = this.#texts.length * this.columns;
    if (!findEnds(text, separator, this.#ends.subarray(first, first + this.columns))) return false;
    this.#push(text);
    return true;
  }

  /** `row` counts from {@link firstRow}. A long cell is a slice that holds on to the text of its row. */
  cell(row: number, column: number): string {
    const place = row * this.columns + column;
    return this.#texts[row].slice(column === 0 ? 0 : this.#ends[place - 1] + 1, this.#ends[place]);
  }

  /** A cell that is a number and nothing else, as `readPlainNumber` reads it; NaN: look closer. */
  plainNumber(row: number, column: number, mark: number): number {
    const place = row * this.columns + column;
    if (mark === point) return this.#numbers[place];
    return readPlainNumber(this.#texts[row], column === 0 ? 0 : this.#ends[place - 1] + 1, this.#ends[place], mark);
  }

  /** Memory it takes at most. */
  get bytes(): number {
    return this.#texts.reduce((sum, text) => sum + 2 * text.length, 12 * this.#ends.length);
  }

  /** All cells of a column. */
  column(column: number): string[] {
    return this.#texts.map((_, row) => this.cell(row, column));
  }

  #addCells(cells: readonly string[]): void {
    let end = -1;
    const first = this.#texts.length * this.columns;
    cells.forEach((cell, k) => {
      end += 1 + cell.length;
      this.#ends[first + k] = end;
    });
    // What stands between them does not matter where their ends are known.
    this.#push(cells.join(' '));
  }

  /** The text of the next row, whose ends are known. */
  #push(text: string): void {
    const first = this.#texts.length * this.columns;
    const end = first + this.columns;
    readNumbers(text, this.#ends.subarray(first, end), this.#numbers.subarray(first, end));
    this.#texts.push(text);
  }
}

/** Where the cells of a row end; false where there are more or fewer of them. */
function findEnds(text: string, separator: number, ends: Int32Array): boolean {
  const { length } = text;
  const last = ends.length - 1;
  let found = 0;
  for (let at = 0; at < length; at++) {
    if (text.charCodeAt(at) !== separator) continue;
    if (found === last) return false;
    ends[found++] = at;
  }
  if (found !== last) return false;
  ends[last] = length;
  return true;
}

function readNumbers(text: string, ends: Int32Array, numbers: Float64Array): void {
  let from = 0;
  for (let k = 0; k < ends.length; k++) {
    numbers[k] = readPlainNumber(text, from, ends[k], point);
    from = ends[k] + 1;
  }
}
