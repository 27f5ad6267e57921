import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import type { Matrix } from '../../../core/base/matrix';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import type { CellBlock } from '../cells/cellBlock';
import { isMissing, parseBoolean, parseDate } from '../cells/cells';
import { NumberCells } from '../cells/numberCells';
import { numberReader } from '../cells/numberStyle';
import type { CellScan, ColumnEncoding, EncodedColumn, FeaturePipeline } from '../datasetTypes';

/** A matrix in shared memory, filled with zeros, so that threads read it without a copy. */
export function createSharedMatrix(rows: number, columns: number): Matrix {
  const bytes = rows * columns * Float64Array.BYTES_PER_ELEMENT;
  try {
    return { rows, columns, data: new Float64Array(new SharedArrayBuffer(bytes)) };
  } catch (error) {
    throw new InputError(
      `A matrix of ${formatCount(rows)} rows and ${formatCount(columns)} features needs ${(bytes / 2 ** 30).toFixed(1)} GB, which this machine does not have. Ignore some columns, or use fewer rows.`,
      { cause: error, details: { rows, columns } },
    );
  }
}

/**
 * Takes encoded rows, row-major, in order: rows [firstRow, firstRow + count) of the scan. The block is only valid until
 * what is returned is settled.
 */
export type TakeRows = (block: Float64Array, firstRow: number, count: number) => void | Promise<void>;

/** Puts rows into a matrix, row 0 of the scan at `offset`. */
export function fillMatrix(matrix: Matrix, offset = 0): TakeRows {
  return (block, firstRow) => matrix.data.set(block, (offset + firstRow) * matrix.columns);
}

interface ApplyFeatureOptions {
  readonly scan: CellScan;
  readonly take: TakeRows;
  readonly signal?: CancellationSignal;
  readonly onRows?: (done: number) => void;
}

/**
 * Turns the cells of a scan into rows of features. One pass, in blocks of some 2,000 rows: O(n · features), and no
 * memory beyond a block.
 */
export async function applyFeaturePipeline(pipeline: FeaturePipeline, options: ApplyFeatureOptions): Promise<void> {
  const { scan, take, signal, onRows } = options;
  const d = pipeline.features.length;
  // Every 0/1 feature at 0, every number at 0 (overwritten below), the intercept at 1.
  const blank = Float64Array.from(pipeline.features, ({ column, centre, scale }) =>
    column === null ? 1 : (0 - centre) / scale,
  );
  const writers = pipeline.columns.map((column) => makeWriter(pipeline, column));
  const turn = createTurns(signal);
  let block = new Float64Array(0);
  await scan(
    pipeline.columns.map(({ index }) => index),
    async (cells) => {
      const { firstRow, rows } = cells;
      if (block.length < rows * d) block = new Float64Array(rows * d);
      for (let i = 0; i < rows; i++) block.set(blank, i * d);
      for (const [k, writer] of writers.entries()) {
        writer.write(cells, k, block, d);
        await turn();
      }
      await take(block.subarray(0, rows * d), firstRow, rows);
      onRows?.(firstRow + rows);
    },
    signal,
  );
}

/** Writes the features of a column into a row-major block of `stride` features a row. */
interface ColumnWriter {
  write(block: CellBlock, column: number, data: Float64Array, stride: number): void;
}

/**
 * Standard deviations beyond which a number is held: no labelled row is ever that far, and farther ones of other rows
 * (a marker that only they have) would overflow.
 */
const farthest = 1e9;

function makeWriter(pipeline: FeaturePipeline, column: EncodedColumn): ColumnWriter {
  const { encoding } = column;
  const words = pipeline.missing ?? [];
  const missing = words.length === 0 ? null : new Set(words.map((word) => word.trim()));
  if (encoding.kind === 'category') return new CategoryWriter(pipeline, column.places, encoding, missing);
  const read =
    encoding.kind === 'number'
      ? numberReader(encoding)
      : encoding.kind === 'date'
        ? (cell: string) => parseDate(cell, encoding.order)
        : parseBoolean;
  const cells = new NumberCells({ read, style: encoding.kind === 'number' ? encoding : null, missing });
  return new NumberWriter(pipeline, column.places, encoding.fill, cells);
}

/** What a feature is in rows where it has this value. */
function standardized({ features }: FeaturePipeline, place: number, value: number): number {
  const feature = features[place];
  return feature === undefined ? NaN : (value - feature.centre) / feature.scale;
}

class CategoryWriter implements ColumnWriter {
  readonly #placeOf: ReadonlyMap<string, number>;
  readonly #otherPlace: number;
  readonly #missingPlace: number;

  constructor(
    private readonly pipeline: FeaturePipeline,
    places: readonly number[],
    { levels, other, missing }: Extract<ColumnEncoding, { kind: 'category' }>,
    private readonly missingWords: ReadonlySet<string> | null,
  ) {
    this.#placeOf = new Map(levels.map((level, k) => [level, places[k] ?? -1]));
    this.#otherPlace = other ? (places[levels.length] ?? -1) : -1;
    this.#missingPlace = missing ? (places[places.length - 1] ?? -1) : -1;
  }

  write(block: CellBlock, column: number, data: Float64Array, stride: number): void {
    for (let row = 0; row < block.rows; row++) {
      const place = this.#place(block.cell(row, column));
      if (place >= 0) data[row * stride + place] = standardized(this.pipeline, place, 1);
    }
  }

  #place(cell: string): number {
    const text = cell.trim();
    if (isMissing(cell) || this.missingWords?.has(text) === true) return this.#missingPlace;
    return this.#placeOf.get(text) ?? this.#otherPlace;
  }
}

class NumberWriter implements ColumnWriter {
  readonly #cells: NumberCells;
  readonly #valuePlace: number;
  readonly #missingPlace: number;
  readonly #centre: number;
  readonly #scale: number;
  readonly #limit: number;
  /** Of rows without a number. */
  readonly #filled: number;
  readonly #marked: number;

  constructor(pipeline: FeaturePipeline, places: readonly number[], fill: number, cells: NumberCells) {
    const [valuePlace = -1, missingPlace = -1] = places;
    const { centre, scale } = pipeline.features[valuePlace] ?? { centre: 0, scale: 1 };
    this.#cells = cells;
    this.#valuePlace = valuePlace;
    this.#missingPlace = missingPlace;
    this.#centre = centre;
    this.#scale = scale;
    this.#limit = pipeline.standardize ? farthest : Infinity;
    this.#filled = standardized(pipeline, valuePlace, fill);
    this.#marked = standardized(pipeline, missingPlace, 1);
  }

  write(block: CellBlock, column: number, data: Float64Array, stride: number): void {
    for (let row = 0; row < block.rows; row++) this.#put(this.#cells.at(block, row, column), data, row * stride);
  }

  #put(value: number, data: Float64Array, rowStart: number): void {
    if (value - value === 0) {
      if (this.#valuePlace < 0) return;
      const held = (value - this.#centre) / this.#scale;
      data[rowStart + this.#valuePlace] = Math.max(-this.#limit, Math.min(this.#limit, held));
      return;
    }
    if (this.#valuePlace >= 0) data[rowStart + this.#valuePlace] = this.#filled;
    if (this.#missingPlace >= 0) data[rowStart + this.#missingPlace] = this.#marked;
  }
}
