import type { CellBlock } from '../cells/cellBlock';
import { detach } from '../cells/cellText';
import { NumberCells } from '../cells/numberCells';
import type { NumberStyle } from '../cells/numberFormat';
import { numberReader, plainDigits } from '../cells/numberStyle';
import type { ColumnEncoding } from '../datasetTypes';
import type { Candidate, Learned, Learner } from './learnerTypes';
import { Moments } from './moments';

/**
 * Numbers that differ by less than this share of their size lose too many digits when they are rounded to 16 and their
 * mean is taken off.
 */
const narrowRange = 1e-10;
/** Within these, differences and their quotients neither over- nor underflow. */
const largestPlain = 8e307;
const smallestPlain = 1e-305;
/** More digits than a double holds. */
const manyDigits = 16;

interface NumberLearnerOptions {
  readonly name: string;
  readonly missing: ReadonlySet<string> | null;
  readonly read: (cell: string) => number;
  /** Of columns of numbers; null for yes/no and dates. */
  readonly style: NumberStyle | null;
  readonly encode: (fill: number, indicator: boolean, style: NumberStyle | null) => ColumnEncoding;
}

/** Mean and standard deviation of what can be read as a number. */
export class NumberLearner implements Learner {
  readonly #moments = new Moments();
  readonly #options: NumberLearnerOptions;
  readonly #cells: NumberCells;
  #first = '';
  #differs = false;

  constructor(options: NumberLearnerOptions) {
    this.#options = options;
    this.#cells = new NumberCells(options);
  }

  add(block: CellBlock, column: number, labelledRows: Uint8Array): void {
    for (let row = 0; row < block.rows; row++) {
      if (labelledRows[block.firstRow + row] === 1) this.#take(block, row, column);
    }
  }

  #take(block: CellBlock, row: number, column: number): void {
    const value = this.#cells.at(block, row, column);
    // Missing and unreadable cells, and infinite ones.
    if (!(value - value === 0)) return;
    if (this.#moments.count === 0) this.#first = detach(block.cell(row, column));
    else if (!this.#differs && block.cell(row, column) !== this.#first) this.#differs = true;
    this.#moments.add(value);
  }

  /**
   * A learner of the exact differences from the first cell, where the numbers themselves differ too little to be told
   * apart.
   */
  refine(): NumberLearner | null {
    const { style, encode } = this.#options;
    if (style === null || style.origin !== undefined || !this.#differs) return null;
    const { minimum, maximum } = this.#moments;
    const size = Math.max(Math.abs(minimum), Math.abs(maximum));
    const narrow = maximum - minimum < narrowRange * size;
    if (!narrow || (minimum === maximum && this.#first.trim().length < manyDigits)) return null;
    const origin = plainDigits(this.#first, style);
    if (origin === null) return null;
    const next = { ...style, origin };
    return new NumberLearner({ ...this.#options, style: next, read: numberReader(next), encode });
  }

  learn(labelledRows: number): Learned {
    const { name, style, encode } = this.#options;
    const { count, minimum, maximum, factor } = this.#moments;
    const scaledSpread = Math.sqrt(this.#moments.scaledSquares / labelledRows);
    const size = Math.max(Math.abs(minimum), Math.abs(maximum));
    const isPlain = factor === 1 || style === null || (size < largestPlain && scaledSpread / factor > smallestPlain);
    const mean = isPlain ? this.#moments.mean : this.#moments.scaledMean;
    const scale = minimum < maximum ? (isPlain ? scaledSpread / factor : scaledSpread) : 0;
    const missing = labelledRows - count;
    const share = missing / labelledRows;
    const value: Candidate = { name, mean, scale };
    const isMissing: Candidate = { name: `${name} is missing`, mean: share, scale: Math.sqrt(share * (1 - share)) };
    const indicator = missing > 0;
    return {
      encoding: encode(mean, indicator, isPlain || style === null ? style : { ...style, factor }),
      candidates: indicator ? [value, isMissing] : [value],
      filled: count > 0 ? missing : 0,
      pooled: 0,
      size: count > 0 ? size : 0,
      signs: style?.origin === undefined && minimum < 0 && maximum > 0,
      constant: constantReason(count, this.#differs, this.#first),
    };
  }
}

function constantReason(count: number, differs: boolean, first: string): string {
  if (count === 0) return 'no number in the labelled rows';
  return differs
    ? `the same number in every labelled row, however it is written (“${first.trim()}”)`
    : 'constant in the labelled rows';
}
