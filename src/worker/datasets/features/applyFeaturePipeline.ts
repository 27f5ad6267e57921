import { InputError } from '../../../core/base/errors';
import { formatCount } from '../../../core/base/format';
import type { Matrix } from '../../../core/base/matrix';
import type { CancellationSignal } from '../../../core/job/jobContext';
import { createTurns } from '../../eventLoop';
import { isMissing, parseBoolean, parseDate } from '../cells/cells';
import { numberReader } from '../cells/numberStyle';
import type { ColumnScan, EncodedColumn, FeaturePipeline } from '../datasetTypes';

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
  readonly scan: ColumnScan;
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
    async (firstRow, cells) => {
      const count = cells[0]?.length ?? 0;
      if (block.length < count * d) block = new Float64Array(count * d);
      for (let i = 0; i < count; i++) block.set(blank, i * d);
      for (const [k, write] of writers.entries()) {
        const texts = cells[k] ?? [];
        for (let i = 0; i < count; i++) write(texts[i] ?? '', block, i * d);
        await turn();
      }
      await take(block.subarray(0, count * d), firstRow, count);
      onRows?.(firstRow + count);
    },
    signal,
  );
}

type CellWriter = (cell: string, data: Float64Array, rowStart: number) => void;

/**
 * Standard deviations beyond which a number is held: no labelled row is ever that far, and farther ones of other rows
 * (a marker that only they have) would overflow.
 */
const farthest = 1e9;

function makeWriter(pipeline: FeaturePipeline, column: EncodedColumn): CellWriter {
  const { encoding, places } = column;
  const words = pipeline.missing ?? [];
  const said = words.length === 0 ? null : new Set(words.map((word) => word.trim()));
  const put = (place: number, value: number, data: Float64Array, rowStart: number): void => {
    const feature = pipeline.features[place];
    if (feature !== undefined) data[rowStart + place] = (value - feature.centre) / feature.scale;
  };
  if (encoding.kind === 'category') {
    const placeOf = new Map(encoding.levels.map((level, k) => [level, places[k] ?? -1]));
    const otherPlace = encoding.other ? (places[encoding.levels.length] ?? -1) : -1;
    const missingPlace = encoding.missing ? (places[places.length - 1] ?? -1) : -1;
    return (cell, data, rowStart) => {
      const text = cell.trim();
      const place = isMissing(cell) || said?.has(text) === true ? missingPlace : (placeOf.get(text) ?? otherPlace);
      if (place >= 0) put(place, 1, data, rowStart);
    };
  }
  const parse =
    encoding.kind === 'number'
      ? numberReader(encoding)
      : encoding.kind === 'date'
        ? (cell: string) => parseDate(cell, encoding.order)
        : parseBoolean;
  const [valuePlace = -1, missingPlace = -1] = places;
  const { centre, scale } = pipeline.features[valuePlace] ?? { centre: 0, scale: 1 };
  return (cell, data, rowStart) => {
    const value = said?.has(cell.trim()) === true ? NaN : parse(cell);
    if (value - value === 0) {
      if (valuePlace < 0) return;
      const held = (value - centre) / scale;
      data[rowStart + valuePlace] = pipeline.standardize ? Math.max(-farthest, Math.min(farthest, held)) : held;
      return;
    }
    if (valuePlace >= 0) put(valuePlace, encoding.fill, data, rowStart);
    if (missingPlace >= 0) put(missingPlace, 1, data, rowStart);
  };
}
