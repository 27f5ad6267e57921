import type { JobContext } from '../../../core/job/jobContext';
import type { ProjectedRows } from './projectedRows';
import { roles } from './rowRoles';

/**
 * References below which there is one cell. Dividing 20,000 rows of 512 columns takes 0.2 s, which a search saves again
 * only where clusters lie far apart: 1.17 s against 1.38 of 200 such, but 1.55 against 1.35 of 20 that overlap. At the
 * limit it is 1.3–1.5 against 1.9–2.0, and 2.0 against 1.8.
 */
const fewReferences = 24_576;
const mostCells = 4096;
/** Cells for each √references: finer ones cost more to choose among and less to look into. */
const cellsPerRoot = 1.5;
/** Rows of each cell that its centre comes from, and steps of Lloyd's algorithm. */
const rowsPerCell = 64;
const lloydSteps = 6;

/**
 * Nearest centre (m×width, row-major, at most mostCells) of each of count rows; rows are width + 1 apart and their last
 * number is ignored.
 */
export type AssignRows = (rows: Float32Array, count: number, centres: Float32Array, width: number) => Int32Array;

/**
 * Rows by cells: positions [starts[c], referenceEnds[c]) are the references of cell c, those up to starts[c + 1] rows
 * that are only asked about. The rows from starts[cells] on take no part.
 */
export interface CellIndex {
  readonly cells: number;
  readonly starts: Int32Array;
  readonly referenceEnds: Int32Array;
  /** cells×width centres. */
  readonly centres: Float32Array;
}

/** Cells for so many references: about 1.5·√references, one for few. */
export function usualCellCount(references: number): number {
  return references < fewReferences ? 1 : Math.min(mostCells, Math.round(cellsPerRoot * Math.sqrt(references)));
}

/**
 * Divides rows among `countCells(references)` cells by Lloyd's algorithm on a seeded sample, and sorts `projected` by
 * cell, in place. `role`: for each position one of {@link roles}; a reference that is asked about as well is a
 * reference. O(n·√n·width).
 */
export function buildCells(
  projected: ProjectedRows,
  role: Uint8Array,
  assign: AssignRows,
  random: JobContext['random'],
  onBlock: (share: number) => void,
  countCells = usualCellCount,
): CellIndex {
  const { data, width } = projected;
  const count = projected.rowOf.length;
  const references = Int32Array.from(projected.rowOf.keys()).filter((position) => role[position] === roles.reference);
  const wanted = countCells(references.length);
  onBlock(0);
  const centres = findCentres(data, width, references, wanted, assign, random, (share) => onBlock(0.4 * share));
  const cellOf = assign(data, count, centres, width);
  onBlock(0.8);
  const cells = centres.length / width;
  const starts = new Int32Array(cells + 1);
  const referenceEnds = new Int32Array(cells);
  // Two lists a cell, references first, and one at the end for the rest.
  const offsets = new Int32Array(2 * cells + 2);
  const listOf = (position: number): number =>
    role[position] === roles.none ? 2 * cells : 2 * cellOf[position] + (role[position] === roles.query ? 1 : 0);
  for (let position = 0; position < count; position++) offsets[listOf(position) + 1]++;
  for (let list = 0; list <= 2 * cells; list++) offsets[list + 1] += offsets[list];
  for (let c = 0; c < cells; c++) {
    starts[c] = offsets[2 * c];
    referenceEnds[c] = offsets[2 * c + 1];
  }
  starts[cells] = offsets[2 * cells];
  const target = new Int32Array(count);
  for (let position = 0; position < count; position++) target[position] = offsets[listOf(position)]++;
  permuteRows(data, width + 1, projected.rowOf, target, (moved) => onBlock(0.8 + (0.2 * moved) / count));
  onBlock(1);
  return { cells, starts, referenceEnds, centres };
}

function findCentres(
  data: Float32Array,
  width: number,
  references: Int32Array,
  wanted: number,
  assign: AssignRows,
  random: JobContext['random'],
  onBlock: (share: number) => void,
): Float32Array {
  const order = references.slice();
  if (wanted > 1) random.shuffle(order);
  const sample = order.subarray(0, Math.min(order.length, wanted * rowsPerCell));
  const stride = width + 1;
  const rows = new Float32Array(sample.length * stride);
  sample.forEach((position, i) => rows.set(data.subarray(position * stride, (position + 1) * stride), i * stride));
  const centres = new Float32Array(wanted * width);
  // Any rows of the sample do: it has been shuffled.
  for (let c = 0; c < Math.min(wanted, sample.length); c++) {
    centres.set(rows.subarray(c * stride, c * stride + width), c * width);
  }
  if (wanted === 1) return centres;
  onBlock(0);
  const sums = new Float64Array(centres.length);
  const counts = new Int32Array(wanted);
  for (let step = 0; step < lloydSteps; step++) {
    const cellOf = assign(rows, sample.length, centres, width);
    sums.fill(0);
    counts.fill(0);
    for (let i = 0; i < sample.length; i++) {
      const c = cellOf[i];
      counts[c]++;
      for (let j = 0; j < width; j++) sums[c * width + j] += rows[i * stride + j];
    }
    // A cell without rows keeps its centre: another row may still find it nearest.
    for (let c = 0; c < wanted; c++) {
      for (let j = 0; j < width && counts[c] > 0; j++) centres[c * width + j] = sums[c * width + j] / counts[c];
    }
    onBlock((step + 1) / lloydSteps);
  }
  return centres;
}

/** Moves row i to place target[i], in place: along the cycles of the permutation. `target` is overwritten. */
export function permuteRows(
  data: Float32Array,
  stride: number,
  rowOf: Int32Array,
  target: Int32Array,
  onBlock: (moved: number) => void,
): void {
  let moved = 0;
  const held = new Float32Array(stride);
  const other = new Float32Array(stride);
  for (let start = 0; start < target.length; start++) {
    if (target[start] < 0 || target[start] === start) continue;
    held.set(data.subarray(start * stride, (start + 1) * stride));
    let row = rowOf[start];
    let at = start;
    do {
      const to = target[at];
      target[at] = -1;
      other.set(data.subarray(to * stride, (to + 1) * stride));
      const otherRow = rowOf[to];
      data.set(held, to * stride);
      rowOf[to] = row;
      held.set(other);
      row = otherRow;
      at = to;
      if (++moved % 65_536 === 0) onBlock(moved);
    } while (at !== start);
  }
}
