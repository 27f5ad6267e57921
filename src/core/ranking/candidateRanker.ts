import { isStored, readRows } from '../base/featureRows';
import type { StoredRows } from '../base/featureRows';
import type { DuplicateRows } from './duplicateRows';
import type { NeighbourRequest } from './neighbours';
import { NeighbourTable } from './neighbourTable';
import type { Numbers } from './squaredDistance';
import { squaredDistance } from './squaredDistance';

/** Bytes of rows held at a time to measure candidates against: 384 MiB. */
const usualResidentBytes = 3 * 2 ** 27;
/** Numbers of the rows that pass by. */
const passingNumbers = 2 ** 20;

/** Bytes of rows to which all queries are compared before the next ones are looked at. */
const cachedBytes = 2 ** 23;

/** Room for numbers in which rows are compared. */
export interface MeasuringRoom {
  readonly numbers: Numbers;
  /** {@link squaredDistance} of the d numbers at i and those at j. */
  readonly distance: (i: number, j: number, d: number, limit: number) => number;
}

/** Makes room for so many numbers. */
export type OpenRoom = (element: StoredRows['element'], count: number) => MeasuringRoom;

/** Room in plain arrays. */
const openPlainRoom: OpenRoom = (element, count) => {
  const numbers = element === 'float32' ? new Float32Array(count) : new Float64Array(count);
  return { numbers, distance: (i, j, d, limit) => squaredDistance(numbers, i, numbers, j, d, limit) };
};

/** The rows [from, from + count) in a room, from `place` on, and the candidates that may be among them. */
interface HeldRows {
  readonly kept: Int32Array;
  readonly room: MeasuringRoom;
  readonly from: number;
  readonly count: number;
  readonly place: number;
}

export interface RankerOptions {
  /** Rows held at a time. */
  readonly residentBytes?: number | undefined;
  /** Where rows are copied to be measured; by default stored ones to plain arrays, those in memory not at all. */
  readonly openRoom?: OpenRoom;
}

/**
 * Ranks candidates by their distances in all columns, summed in float64. Duplicates of a query need not be among its candidates: they come
 * first by themselves, lowest row number first.
 *
 * Rows in memory are measured at once, unless there is a faster room for them. Rows elsewhere are measured at the end, in order: as many of them as fit into 384 MiB are held while
 * all others pass by, as often as it takes (n·d numbers read where all fit, 2·n·d where nearly all do, n·d once for every 384 MiB beyond).
 * O(queries·candidates·d), about 1e9 columns a second in plain arrays.
 */
export class CandidateRanker {
  readonly #request: NeighbourRequest;
  readonly #duplicates: DuplicateRows;
  readonly #isReference: Uint8Array;
  readonly #table: NeighbourTable;
  readonly #capacity: number;
  readonly #residentBytes: number;
  readonly #openRoom: OpenRoom;
  /** Whether candidates are kept and measured at the end. */
  readonly #keeps: boolean;
  /** queries×capacity row numbers, −1 = none. */
  #kept: Int32Array | undefined;
  /** The queries in an order in which neighbours share candidates. */
  #order: Int32Array | undefined;

  /** `capacity`: the most candidates offered to one query. */
  constructor(
    request: NeighbourRequest,
    duplicates: DuplicateRows,
    capacity: number,
    { residentBytes = usualResidentBytes, openRoom }: RankerOptions = {},
  ) {
    this.#residentBytes = residentBytes;
    this.#openRoom = openRoom ?? openPlainRoom;
    this.#keeps = isStored(request.features) || openRoom !== undefined;
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
    if (this.#keeps || isStored(features)) {
      this.#kept ??= new Int32Array(queries.length * this.#capacity).fill(-1);
      this.#kept.set(candidates, q * this.#capacity);
      return;
    }
    const { data, columns: d } = features;
    const query = queries[q];
    for (const row of candidates) {
      if (!this.#isOther(query, row)) continue;
      const limit = this.#table.limit(q);
      const distance = squaredDistance(data, query * d, data, row * d, d, limit);
      if (distance <= limit) this.#table.offer(q, row, distance);
    }
  }

  /**
   * Takes candidates of all queries at once, queries×capacity, −1 where there are fewer; may keep the array.
   * `order`: the queries that have any, those next to each other that share many; null where it is not known who does.
   */
  offerAll(candidates: Int32Array, order: Int32Array | null, onBlock: (share: number) => void): void {
    if (this.#keeps) {
      this.#kept = candidates;
      this.#order = order ?? undefined;
      return;
    }
    (order ?? Int32Array.from(this.#request.queries.keys())).forEach((q, i, { length }) => {
      const own = candidates.subarray(q * this.#capacity, (q + 1) * this.#capacity);
      const end = own.indexOf(-1);
      this.offer(q, end < 0 ? own : own.subarray(0, end));
      if (i % 256 === 255) onBlock(i / length);
    });
  }

  #isOther(query: number, row: number): boolean {
    return row !== query && this.#duplicates.first(row) !== this.#duplicates.first(query);
  }

  /** Measures what is still to be measured. `onBlock` hears of the share that is done. */
  finish(onBlock: (share: number) => void): NeighbourTable {
    if (this.#kept !== undefined) this.#measureKept(this.#kept, onBlock);
    onBlock(1);
    return this.#table;
  }

  #measureKept(kept: Int32Array, onBlock: (share: number) => void): void {
    const { features, queries } = this.#request;
    const { rows: n, columns: d } = features;
    const element = isStored(features) ? features.element : 'float64';
    const size = element === 'float32' ? 4 : 8;
    const height = Math.min(n, Math.max(1, Math.floor(this.#residentBytes / (size * d))));
    const passing = height === n ? 0 : Math.min(n, Math.max(1, Math.floor(passingNumbers / d)));
    const room = this.#openRoom(element, (height + passing) * d);
    const block = room.numbers.subarray(height * d);
    for (let from = 0; from < n; from += height) {
      const count = Math.min(height, n - from);
      const held = { kept, room, from, count, place: 0 };
      this.#readInSteps(from, count, room.numbers, (share) => onBlock((from + 0.3 * share * count) / n));
      if (passing === 0) {
        this.#measureAll(kept, room, (share) => onBlock(0.3 + 0.7 * share));
        continue;
      }
      let q = 0;
      for (let at = 0; at < n; at += passing) {
        const end = Math.min(n, at + passing);
        readRows(features, at, end - at, block);
        for (; q < queries.length && queries[q] < end; q++) {
          this.#measureHeld(q, (height + queries[q] - at) * d, held);
          if (q % 1024 === 1023) onBlock((from + (0.3 + (0.7 * at) / n) * count) / n);
        }
        onBlock((from + (0.3 + (0.7 * end) / n) * count) / n);
      }
    }
  }

  /** With all rows in the room. Without an order, candidates are measured a cacheful of rows after the other. */
  #measureAll(kept: Int32Array, room: MeasuringRoom, onBlock: (share: number) => void): void {
    const { features, queries } = this.#request;
    const { rows: n, columns: d } = features;
    const order = this.#order ?? Int32Array.from(queries.keys());
    const bytes = room.numbers.BYTES_PER_ELEMENT * d;
    const height = this.#order === undefined ? Math.max(1, Math.floor(cachedBytes / bytes)) : n;
    for (let from = 0; from < n; from += height) {
      const held = { kept, room, from, count: Math.min(height, n - from), place: from * d };
      order.forEach((q, i) => {
        this.#measureHeld(q, queries[q] * d, held);
        if (i % 256 === 255) onBlock((from + (held.count * i) / order.length) / n);
      });
    }
  }

  /** Measures query q, whose numbers are at `at`, against its candidates among the rows held. */
  #measureHeld(q: number, at: number, held: HeldRows): void {
    const { kept, room, from, count, place } = held;
    const { queries, features } = this.#request;
    const d = features.columns;
    for (let next = q * this.#capacity; next < (q + 1) * this.#capacity && kept[next] >= 0; next++) {
      const row = kept[next];
      if (row < from || row >= from + count || !this.#isOther(queries[q], row)) continue;
      const limit = this.#table.limit(q);
      const distance = room.distance(at, place + (row - from) * d, d, limit);
      if (distance <= limit) this.#table.offer(q, row, distance);
    }
  }

  #readInSteps(from: number, count: number, out: Numbers, onStep: (share: number) => void): void {
    const { features } = this.#request;
    const d = features.columns;
    const step = Math.max(1, Math.floor(2 ** 22 / d));
    for (let at = 0; at < count; at += step) {
      const rows = Math.min(step, count - at);
      readRows(features, from + at, rows, out.subarray(at * d, (at + rows) * d));
      onStep((at + rows) / count);
    }
  }
}
