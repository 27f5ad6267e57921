import type { CellIndex } from './cellIndex';
import { noPosition, positionMask, roundShift } from './listKernel';
import type { PairKernel, PairLayout } from './pairKernel';
import { createPairKernel } from './pairKernel';
import type { ProjectedRows } from './projectedRows';

/** Length of the longest row: products and scores, ±1.5·length², then are 32-bit numbers, with room below for what is no score. */
const longest = 22_000;
/** Rows longer than so many times the median are shortened: one outlier must not leave all others a few of the 15 bits. */
const mostUsualLengths = 8;
/** Below any score; and the bias of a row that is only asked about: below any limit. */
const noScore = -800_000_000;
const noCandidate = -1_400_000_000;
/** Rows compared with those around them between two looks at the signal: some 50 ms. */
const rowsPerStep = 512;

/**
 * The best candidates of each row, as a graph to be improved: "a neighbour of a neighbour is likely to be a neighbour" (Dong, Moses & Li,
 * "Efficient k-nearest neighbor graph construction for generic similarity measures", WWW 2011, with its lists of new neighbours and
 * comparisons that serve both rows). Rows are their leading coordinates in 16 bits, their norms those over all columns.
 * Single-threaded and in order: the same graph every time.
 *
 * Memory: 2·columns + 8·capacity + 12 bytes a row.
 */
export class NeighbourGraph {
  readonly #layout: PairLayout;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: PairKernel;
  readonly #rows: number;
  #round = 0;

  /** Of the rows that take part; `columns` leading coordinates of them. */
  constructor(projected: ProjectedRows, index: CellIndex, columns: number, capacity: number) {
    const rows = index.starts[index.cells];
    const padded = 8 * Math.ceil(columns / 8);
    let end = 0;
    const take = (bytes: number): number => {
      const start = end;
      end += 64 * Math.ceil(bytes / 64);
      return start;
    };
    this.#rows = rows;
    this.#layout = {
      columns: padded,
      capacity,
      round: take(4),
      rows: take(2 * padded * rows),
      biases: take(4 * rows),
      limits: take(4 * rows),
      marks: take(4 * rows),
      scores: take(4 * rows * capacity),
      positions: take(4 * rows * capacity),
      scratch: take(4 * capacity),
      others: take(4 * capacity * capacity),
      products: take(4 * capacity * capacity),
    };
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(end / 2 ** 16) });
    this.#kernel = createPairKernel(this.#layout, this.#memory);
    const { limits, scores, positions } = this.#layout;
    this.#numbers(limits, rows).fill(noScore);
    this.#numbers(scores, rows * capacity).fill(noScore);
    this.#numbers(positions, rows * capacity).fill(noPosition);
    this.#loadRows(projected, index, columns);
  }

  #numbers(address: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#memory.buffer, address, count);
  }

  #loadRows({ data, width }: ProjectedRows, { cells, starts, referenceEnds }: CellIndex, columns: number): void {
    const stride = width + 1;
    const { rows, biases, columns: padded } = this.#layout;
    const numbers = new Int16Array(this.#memory.buffer, rows, this.#rows * padded);
    const bias = this.#numbers(biases, this.#rows);
    const lengths = Float32Array.from({ length: this.#rows }, (_, p) =>
      Math.sqrt(-2 * data[p * stride + width]),
    ).sort();
    const [median, largest] = [lengths[this.#rows >> 1] ?? 0, lengths[this.#rows - 1] ?? 0];
    const most = median > 0 ? Math.min(largest, mostUsualLengths * median) : largest;
    const usual = most > 0 ? longest / most : 0;
    for (let p = 0; p < this.#rows; p++) {
      const squared = -2 * data[p * stride + width];
      const scale = squared > most * most ? longest / Math.sqrt(squared) : usual;
      for (let j = 0; j < columns; j++) numbers[p * padded + j] = Math.round(scale * data[p * stride + j]);
      bias[p] = Math.round(-0.5 * scale * scale * squared);
    }
    for (let cell = 0; cell < cells; cell++) bias.fill(noCandidate, referenceEnds[cell], starts[cell + 1]);
  }

  /** Offers row `p` and some others, references, to each other. Capacity² others at most. */
  add(p: number, others: Int32Array): void {
    this.#numbers(this.#layout.others, others.length).set(others);
    this.#kernel.compare(p, others.length);
  }

  /** One round: each row against those around it. About 1,000 comparisons a row with lists of 40 rows, fewer in later rounds. */
  refine(onBlock: (share: number) => void): void {
    const { round, marks } = this.#layout;
    this.#round++;
    this.#numbers(round, 1)[0] = this.#round << roundShift;
    this.#numbers(marks, this.#rows).fill(-1);
    for (let from = 0; from < this.#rows; from += rowsPerStep) {
      const to = Math.min(this.#rows, from + rowsPerStep);
      this.#kernel.refine(from, to);
      onBlock(to / this.#rows);
    }
  }

  /** Copies the list of row `p`, best first, filled up with −1: capacity positions. */
  copyList(p: number, out: Int32Array): void {
    const { positions, capacity } = this.#layout;
    const list = this.#numbers(positions + 4 * capacity * p, capacity);
    for (let at = 0; at < capacity; at++) {
      const position = list[at] & positionMask;
      out[at] = position === noPosition ? -1 : position;
    }
  }
}
