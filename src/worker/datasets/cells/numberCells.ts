import type { CellBlock } from './cellBlock';
import type { NumberStyle } from './numberFormat';
import { readPlainNumber } from './plainNumber';

interface NumberCellsOptions {
  /** Reads a cell; NaN where it is no number. */
  readonly read: (cell: string) => number;
  /** How the numbers of the column are written; null for yes/no and dates. */
  readonly style: NumberStyle | null;
  /** What the analyst says stands for missing, without blanks around it. */
  readonly missing: ReadonlySet<string> | null;
}

/**
 * Reads the cells of a column as numbers, in blocks. Cells that are plain numbers, as most are, do not become texts
 * first.
 */
export class NumberCells {
  readonly #read: (cell: string) => number;
  readonly #missing: ReadonlySet<string> | null;
  /** Numbers that stand for missing in one of their spellings. */
  readonly #doubtful: ReadonlySet<number>;
  /** The code of the decimal mark; 0 where every cell has to be read as a text. */
  readonly #mark: number;
  readonly #factor: number;

  constructor({ read, style, missing }: NumberCellsOptions) {
    this.#read = read;
    this.#missing = missing;
    // Beside units a bare number may mean something else, and differences are taken before numbers are rounded.
    const isPlain = style !== null && (style.unit ?? '') === '' && style.origin === undefined;
    const mark = isPlain ? (style.format === 'comma' ? ',' : '.').charCodeAt(0) : 0;
    this.#mark = mark;
    this.#doubtful = new Set([...(missing ?? [])].map((word) => readPlainNumber(word, 0, word.length, mark)));
    this.#factor = style?.factor ?? 1;
  }

  /** The number of a cell of a block; NaN where it is missing or none. */
  at(block: CellBlock, row: number, column: number): number {
    if (this.#mark !== 0) {
      const value = block.plainNumber(row, column, this.#mark);
      if (!Number.isNaN(value) && !(this.#doubtful.size > 0 && this.#doubtful.has(value))) return value * this.#factor;
    }
    const cell = block.cell(row, column);
    return this.#missing?.has(cell.trim()) === true ? NaN : this.#read(cell);
  }
}
