import type { StoredRows } from '../../../../core/base/featureRows';
import type { CancellationSignal } from '../../../../core/job/jobContext';
import { createTurns } from '../../../eventLoop';
import type { Feature, FeatureBlock } from '../../datasetTypes';
import { type BlockVectors, nameBlock, type NoVectors } from './blockTypes';

/** Vectors with what centres and scales them. */
export type FittedBlock = (Exclude<BlockVectors, NoVectors> & Moments) | NoVectors;

interface Moments {
  /** k means over the labelled rows. */
  readonly means: Float64Array;
  /** Root mean square of the k standard deviations over the labelled rows; never 0. */
  readonly scale: number;
}

const rowsAtOnce = 2048;

/** Means and the one scale of a block; none where all labelled rows have the same vector. One pass, O(n·k). */
export async function fitBlock(
  block: BlockVectors,
  labelledRows: Uint8Array,
  signal: CancellationSignal,
): Promise<FittedBlock> {
  if (block.kind === 'none') return block;
  const { means, scale } = await measure(block.vectors, labelledRows, signal);
  if (scale > 0) return { ...block, means, scale };
  const { columns, cautions } = block;
  return { kind: 'none', columns, reason: 'the same in every labelled row', cautions };
}

async function measure(vectors: StoredRows, labelledRows: Uint8Array, signal: CancellationSignal): Promise<Moments> {
  const { columns: k } = vectors;
  const turn = createTurns(signal);
  const buffer = new Float32Array(rowsAtOnce * k);
  // Differences from a labelled row: vectors far from 0 lose no digits.
  const origin = new Float64Array(k);
  const sums = new Float64Array(k);
  const squares = new Float64Array(k);
  let count = 0;
  for (let from = 0; from < labelledRows.length; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, labelledRows.length - from);
    vectors.read(from, rows, buffer);
    for (let row = 0; row < rows; row++) {
      if (labelledRows[from + row] !== 1) continue;
      const at = row * k;
      if (count === 0) for (let j = 0; j < k; j++) origin[j] = buffer[at + j];
      count++;
      addRow(buffer, at, origin, sums, squares);
    }
    await turn();
  }
  const means = origin.map((value, j) => value + sums[j] / count);
  const variances = squares.map((sum, j) => Math.max(0, sum / count - (sums[j] / count) ** 2));
  return { means, scale: Math.sqrt(variances.reduce((sum, one) => sum + one, 0) / k) };
}

function addRow(rows: Float32Array, at: number, origin: Float64Array, sums: Float64Array, squares: Float64Array): void {
  for (let j = 0; j < sums.length; j++) {
    const value = rows[at + j] - origin[j];
    sums[j] += value;
    squares[j] += value * value;
  }
}

/** Adds the features of a block to those there are. */
export function layBlock(
  { columns, names, means, scale, method }: Exclude<FittedBlock, NoVectors>,
  features: Feature[],
  standardize: boolean,
): FeatureBlock {
  const first = features.length;
  const used = standardize ? scale : 1;
  names.forEach((name, j) =>
    features.push({ name, column: nameBlock(columns), centre: standardize ? means[j] : 0, scale: used }),
  );
  return { columns: columns.map(({ name }) => name), first, width: names.length, scale: used, method };
}
