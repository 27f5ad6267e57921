import { BugError, InputError } from '../../../core/base/errors';
import type { StoredRows } from '../../../core/base/featureRows';
import { formatCount } from '../../../core/base/format';
import type { Matrix } from '../../../core/base/matrix';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import type { CellBlock } from '../cells/cellBlock';
import { isMissing, parseBoolean, parseDate } from '../cells/cells';
import { NumberCells } from '../cells/numberCells';
import { numberReader } from '../cells/numberStyle';
import type { CellScan, ColumnEncoding, EncodedColumn, FeatureBlock, FeaturePipeline } from '../datasetTypes';

/** Rows at a time where no cells are scanned; a scan has as many. */
const rowsAtOnce = 2048;

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

/** Where the vectors of a pipeline's blocks are. */
interface BlockRows {
  /** One for each block, in the pipeline's order. */
  readonly vectors: readonly StoredRows[];
  /** Row 0 of the scan is that row of the vectors. */
  readonly offset: number;
  /** Rows of the scan. */
  readonly rows: number;
}

interface ApplyFeatureOptions {
  readonly scan: CellScan;
  /** Where the pipeline has blocks. */
  readonly blocks?: BlockRows;
  readonly take: TakeRows;
  readonly signal?: CancellationSignal;
  readonly onRows?: (done: number) => void;
}

/**
 * Turns the cells of a scan into rows of features. One pass, in blocks of some 2,000 rows: O(n · features), and no
 * memory beyond a block.
 */
export async function applyFeaturePipeline(pipeline: FeaturePipeline, options: ApplyFeatureOptions): Promise<void> {
  const { take, signal, onRows, blocks } = options;
  const d = pipeline.features.length;
  // Every 0/1 feature at 0, every number at 0 (overwritten below), the intercept at 1.
  const blank = Float64Array.from(pipeline.features, ({ column, centre, scale }) =>
    column === null ? 1 : (0 - centre) / scale,
  );
  const writers = pipeline.columns.map((column) => makeWriter(pipeline, column));
  const blockWriters = (pipeline.blocks ?? []).map((block, k) => new BlockWriter(pipeline, block, blocks?.vectors[k]));
  const turn = createTurns(signal);
  let out = new Float64Array(0);
  const put = async (firstRow: number, rows: number, cells: CellBlock | null): Promise<void> => {
    if (out.length < rows * d) out = new Float64Array(rows * d);
    for (let i = 0; i < rows; i++) out.set(blank, i * d);
    if (cells !== null) {
      for (const [k, writer] of writers.entries()) {
        writer.write(cells, k, out, d);
        await turn();
      }
    }
    for (const writer of blockWriters) {
      writer.write((blocks?.offset ?? 0) + firstRow, rows, out, d);
      await turn();
    }
    await take(out.subarray(0, rows * d), firstRow, rows);
    onRows?.(firstRow + rows);
  };
  if (writers.length === 0) {
    // Nothing is made of single cells.
    const count = blocks?.rows ?? 0;
    for (let row = 0; row < count; row += rowsAtOnce) await put(row, Math.min(rowsAtOnce, count - row), null);
    return;
  }
  await options.scan(
    pipeline.columns.map(({ index }) => index),
    (cells) => put(cells.firstRow, cells.rows, cells),
    signal,
  );
}

/** Writes the vectors of rows, centred and scaled, into a row-major block. */
class BlockWriter {
  readonly #first: number;
  readonly #width: number;
  readonly #centres: Float64Array;
  readonly #scale: number;
  readonly #vectors: StoredRows;
  #buffer = new Float32Array(0);

  constructor({ features }: FeaturePipeline, { first, width, scale }: FeatureBlock, vectors: StoredRows | undefined) {
    if (vectors?.columns !== width) throw new BugError(`A block of ${width} features came without its vectors.`);
    this.#first = first;
    this.#width = width;
    this.#centres = Float64Array.from(features.slice(first, first + width), ({ centre }) => centre);
    this.#scale = scale;
    this.#vectors = vectors;
  }

  write(from: number, rows: number, data: Float64Array, stride: number): void {
    const width = this.#width;
    if (this.#buffer.length < rows * width) this.#buffer = new Float32Array(rows * width);
    this.#vectors.read(from, rows, this.#buffer);
    for (let row = 0; row < rows; row++) this.#put(row * width, data, row * stride + this.#first);
  }

  #put(from: number, data: Float64Array, to: number): void {
    for (let j = 0; j < this.#width; j++) data[to + j] = (this.#buffer[from + j] - this.#centres[j]) / this.#scale;
  }
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
