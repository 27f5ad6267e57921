import { forEachRowBlock, isStored } from '../base/featureRows';
import type { StoredRows } from '../base/featureRows';
import type { DuplicateRows } from './duplicateRows';
import type { NeighbourRequest } from './neighbours';
import { NeighbourTable } from './neighbourTable';
import type { Numbers } from './squaredDistance';
import { squaredDistance } from './squaredDistance';

/** Bytes of stored rows held at a time to measure candidates against: 512 MiB. */
const usualResidentBytes = 2 ** 29;

/**
 * Ranks candidates by their distances in all columns, summed in float64. Duplicates of a query need not be among its candidates: they come
 * first by themselves, lowest row number first.
 *
 * Rows in memory are measured at once. Stored rows are measured at the end, in order: as many of them as fit into 512 MiB are held while
 * all others pass by, as often as it takes (2·n·d numbers read in all where all fit, n·d once for every 512 MiB beyond).
 * O(queries·candidates·d), about 1e9 columns a second.
 */
export class CandidateRanker {
  readonly #request: NeighbourRequest;
  readonly #duplicates: DuplicateRows;
  readonly #isReference: Uint8Array;
  readonly #table: NeighbourTable;
  readonly #capacity: number;
  readonly #residentBytes: number;
  /** queries×capacity row numbers, −1 = none; kept only for stored rows. */
  #kept: Int32Array | undefined;

  /** `capacity`: the most candidates offered to one query. `residentBytes`: stored rows held at a time. */
  constructor(
    request: NeighbourRequest,
    duplicates: DuplicateRows,
    capacity: number,
    residentBytes = usualResidentBytes,
  ) {
    this.#residentBytes = residentBytes;
    this.#request = request;
    this.#duplicates = duplicates;
    this.#capacity = capacity;
    this.#isReference = new Uint8Array(request.features.rows);
    for (const row of request.references) this.#isReference[row] = 1;
    this.#table = new NeighbourTable(request.queries.length, request.k);
    request.queries.forEach((row, q) => this.#offerDuplicates(q, row));
  }

  #offerDuplicates(q: number, query: number): void {
    let wanted = this.#request.k;
    for (let row = this.#duplicates.first(query); row >= 0 && wanted > 0; row = this.#duplicates.next(row)) {
      if (row === query || this.#isReference[row] === 0) continue;
      this.#table.offer(q, row, 0);
      wanted--;
    }
  }

  /** Whether the duplicates alone are as many neighbours as query q needs. */
  isComplete(q: number): boolean {
    return this.#table.limit(q) === 0;
  }

  /** Candidates of query q, a position in the request's queries: references, none twice; the query and its duplicates are left out. */
  offer(q: number, candidates: Int32Array): void {
    const { features, queries } = this.#request;
    if (isStored(features)) {
      this.#kept ??= new Int32Array(queries.length * this.#capacity).fill(-1);
      this.#kept.set(candidates, q * this.#capacity);
      return;
    }
    const { data, columns: d } = features;
    for (const row of candidates) this.#measure(q, queries[q], data, queries[q] * d, row, data, row * d);
  }

  /**
   * Takes candidates of all queries at once, queries×capacity, −1 where there are fewer; keeps the array where rows are stored.
   * `order`: the queries that have any, those next to each other that share many.
   */
  offerAll(candidates: Int32Array, order: Int32Array, onBlock: (share: number) => void): void {
    if (isStored(this.#request.features)) {
      this.#kept = candidates;
      return;
    }
    order.forEach((q, i) => {
      const own = candidates.subarray(q * this.#capacity, (q + 1) * this.#capacity);
      const end = own.indexOf(-1);
      this.offer(q, end < 0 ? own : own.subarray(0, end));
      if (i % 256 === 255) onBlock(i / order.length);
    });
  }

  #measure(q: number, query: number, a: Numbers, i: number, row: number, b: Numbers, j: number): void {
    if (row === query || this.#duplicates.first(row) === this.#duplicates.first(query)) return;
    const limit = this.#table.limit(q);
    const distance = squaredDistance(a, i, b, j, this.#request.features.columns, limit);
    if (distance <= limit) this.#table.offer(q, row, distance);
  }

  /**
   * Measures what is still to be measured. `onBlock` hears of the share that is done. `workspace`: memory that may be overwritten; used
   * instead of more where it is a quarter of the resident bytes or larger.
   */
  finish(onBlock: (share: number) => void, workspace?: ArrayBuffer): NeighbourTable {
    const { features } = this.#request;
    if (isStored(features) && this.#kept !== undefined) this.#measureStored(features, this.#kept, onBlock, workspace);
    onBlock(1);
    return this.#table;
  }

  #measureStored(
    features: StoredRows,
    kept: Int32Array,
    onBlock: (share: number) => void,
    workspace?: ArrayBuffer,
  ): void {
    const { rows: n, columns: d } = features;
    const NumberArray = features.element === 'float32' ? Float32Array : Float64Array;
    const size = NumberArray.BYTES_PER_ELEMENT;
    // A smaller place that is there already costs a few passes more; a second one beside it would cost its memory.
    const place = workspace !== undefined && 4 * workspace.byteLength >= this.#residentBytes ? workspace : undefined;
    const bytes = Math.min(this.#residentBytes, place?.byteLength ?? Infinity);
    const height = Math.min(n, Math.max(1, Math.floor(bytes / (size * d))));
    const resident: Numbers =
      place !== undefined && place.byteLength >= height * d * size
        ? new NumberArray(place, 0, height * d)
        : new NumberArray(height * d);
    for (let from = 0; from < n; from += height) {
      const count = Math.min(height, n - from);
      readInSteps(features, from, count, resident, (share) => onBlock((from + 0.3 * share * count) / n));
      let q = 0;
      forEachRowBlock(features, (block, blockFrom, blockCount) => {
        q = this.#measureBlock(q, block, blockFrom, blockCount, { kept, resident, from, count });
        onBlock((from + (0.3 + (0.7 * (blockFrom + blockCount)) / n) * count) / n);
      });
    }
  }

  /** Measures the queries of a block, from position q on, against their candidates among the resident rows. */
  #measureBlock(
    q: number,
    block: Numbers,
    blockFrom: number,
    blockCount: number,
    held: { readonly kept: Int32Array; readonly resident: Numbers; readonly from: number; readonly count: number },
  ): number {
    const { kept, resident, from, count } = held;
    const { queries, features } = this.#request;
    const d = features.columns;
    for (; q < queries.length && queries[q] < blockFrom + blockCount; q++) {
      for (let at = q * this.#capacity; at < (q + 1) * this.#capacity && kept[at] >= 0; at++) {
        const row = kept[at];
        if (row < from || row >= from + count) continue;
        this.#measure(q, queries[q], block, (queries[q] - blockFrom) * d, row, resident, (row - from) * d);
      }
    }
    return q;
  }
}

function readInSteps(
  features: StoredRows,
  from: number,
  count: number,
  out: Numbers,
  onStep: (share: number) => void,
): void {
  const d = features.columns;
  const step = Math.max(1, Math.floor(2 ** 22 / d));
  for (let at = 0; at < count; at += step) {
    const rows = Math.min(step, count - at);
    features.read(from + at, rows, out.subarray(at * d, (at + rows) * d));
    onStep((at + rows) / count);
  }
}
