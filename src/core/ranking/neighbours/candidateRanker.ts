import type { FeatureRows, StoredRows } from '../../base/featureRows';
import { isStored, readRows } from '../../base/featureRows';
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

/** Copies of arrays where other threads can use them too. */
interface SharedArrays {
  readonly integers: (values: Int32Array) => Int32Array;
  readonly floats: (values: Float32Array) => Float32Array;
}

/** Makes room for so many numbers. */
type OpenRoom = (element: StoredRows['element'], count: number) => MeasuringRoom;

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

interface RankerOptions {
  /** Rows held at a time. */
  readonly residentBytes?: number | undefined;
  /** Where rows are copied to be measured; by default stored ones to plain arrays, those in memory not at all. */
  readonly openRoom?: OpenRoom;
  /** What another ranker of the same request has come to, in its arrays: this one goes on with some of the queries. */
  readonly begun?: BegunRanking;
}

/**
 * Candidates that were offered, queries×capacity, and the table of what has been measured: to be shared between
 * threads.
 */
export interface BegunRanking {
  readonly candidates: Int32Array;
  readonly rows: Int32Array;
  readonly squaredDistances: Float32Array;
  /** See {@link CandidateRanker.offerAll}. */
  readonly order: Int32Array | null;
}

/**
 * Ranks candidates by their distances in all columns, summed in float64. Duplicates of a query need not be among its
 * candidates: they come first by themselves, lowest row number first.
 *
 * Rows in memory are measured at once, unless there is a faster room for them. Rows elsewhere are measured at the end,
 * in order: as many of them as fit into 384 MiB are held while all others pass by, as often as it takes (n·d numbers
 * read where all fit, 2·n·d where nearly all do, n·d once for every 384 MiB beyond). O(queries·candidates·d), about 1e9
 * columns a second in plain arrays.
 */
export class CandidateRanker {
  readonly #request: NeighbourRequest;
  readonly #duplicates: DuplicateRows;
  readonly #isReference: Uint8Array;
  #table: NeighbourTable;
  readonly #capacity: number;
  readonly #residentBytes: number;
  readonly #openRoom: OpenRoom;
  /** Whether candidates are kept and measured at the end. */
  readonly #keeps: boolean;
  /** queries×capacity row numbers, −1 = none. */
  #kept: Int32Array | undefined;
  /** The queries in an order in which neighbours share candidates. */
  #order: Int32Array | undefined;
  /** All rows. */
  #all: MeasuringRoom | undefined;

  /** `capacity`: the most candidates offered to one query. */
  constructor(
    request: NeighbourRequest,
    duplicates: DuplicateRows,
    capacity: number,
    { residentBytes = usualResidentBytes, openRoom, begun }: RankerOptions = {},
  ) {
    this.#residentBytes = residentBytes;
    this.#openRoom = openRoom ?? openPlainRoom;
    this.#keeps = isStored(request.features) || openRoom !== undefined;
    this.#request = request;
    this.#duplicates = duplicates;
    this.#capacity = capacity;
    this.#isReference = new Uint8Array(request.features.rows);
    for (const row of request.references) this.#isReference[row] = 1;
    this.#table = new NeighbourTable(request.queries.length, request.k, begun);
    if (begun === undefined) request.queries.forEach((row, q) => this.#offerDuplicates(q, row));
    this.#kept = begun?.candidates;
    this.#order = begun?.order ?? undefined;
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

  /**
   * Candidates of query q, a position in the request's queries: references, none twice; the query and its duplicates
   * are left out.
   */
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

  /**
   * What has come of it so far, in shared arrays, which it uses itself from now on. Null where candidates are measured
   * as they are offered, or rows do not all fit into the room for them.
   */
  share(makeShared: SharedArrays): BegunRanking | null {
    if (this.#kept === undefined || this.#heldRows() < this.#request.features.rows) return null;
    const candidates = makeShared.integers(this.#kept);
    const rows = makeShared.integers(this.#table.rows);
    const squaredDistances = makeShared.floats(this.#table.squaredDistances);
    this.#kept = candidates;
    this.#table = new NeighbourTable(this.#request.queries.length, this.#request.k, { rows, squaredDistances });
    return { candidates, rows, squaredDistances, order: this.#order ?? null };
  }

  /** Measures in a room that holds all rows already. */
  hold(room: MeasuringRoom): void {
    this.#all = room;
  }

  /**
   * Measures what has been offered to these queries, and only them: entries of the order where there is one. All rows
   * have to fit into the room.
   */
  measure(asked: Int32Array, onBlock: () => void): void {
    const { rows: n } = this.#request.features;
    if (this.#kept === undefined) return;
    const room = this.#roomOfAll(onBlock);
    if (this.#order === undefined) this.#measureCached(asked, this.#kept, room, onBlock);
    else this.#measureAmong(asked, { kept: this.#kept, room, from: 0, count: n, place: 0 }, onBlock);
    for (const q of asked) this.#kept[q * this.#capacity] = -1;
  }

  #isOther(query: number, row: number): boolean {
    return row !== query && this.#duplicates.first(row) !== this.#duplicates.first(query);
  }

  /** Measures what is still to be measured. `onBlock` hears of the share that is done. */
  finish(onBlock: (share: number) => void): NeighbourTable {
    const kept = this.#kept;
    if (kept !== undefined) {
      const all = this.#order ?? Int32Array.from(this.#request.queries.keys());
      const left = all.filter((q) => kept[q * this.#capacity] >= 0);
      if (left.length > 0) this.#measureKept(left, kept, onBlock);
    }
    onBlock(1);
    return this.#table;
  }

  /** Rows that are held at a time. */
  #heldRows(): number {
    const { features } = this.#request;
    const size = this.#element() === 'float32' ? 4 : 8;
    return Math.min(features.rows, Math.max(1, Math.floor(this.#residentBytes / (size * features.columns))));
  }

  #element(): StoredRows['element'] {
    const { features } = this.#request;
    return isStored(features) ? features.element : 'float64';
  }

  /** All rows, read when they are first asked for. */
  #roomOfAll(onStep: (share: number) => void): MeasuringRoom {
    this.#all ??= holdRows(this.#request.features, this.#openRoom, onStep);
    return this.#all;
  }

  #measureKept(left: Int32Array, kept: Int32Array, onBlock: (share: number) => void): void {
    const { features, queries } = this.#request;
    const { rows: n, columns: d } = features;
    const height = this.#heldRows();
    if (height === n) {
      const room = this.#roomOfAll((share) => onBlock(0.3 * share));
      const report = (share: number): void => onBlock(0.3 + 0.7 * share);
      if (this.#order === undefined) this.#measureCached(left, kept, room, report);
      else this.#measureAmong(left, { kept, room, from: 0, count: n, place: 0 }, report);
      return;
    }
    const passing = Math.min(n, Math.max(1, Math.floor(passingNumbers / d)));
    const room = this.#openRoom(this.#element(), (height + passing) * d);
    const block = room.numbers.subarray(height * d);
    for (let from = 0; from < n; from += height) {
      const count = Math.min(height, n - from);
      const held = { kept, room, from, count, place: 0 };
      readInSteps(features, from, count, room.numbers, (share) => onBlock((from + 0.3 * share * count) / n));
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

  /** Queries in no order in which they share candidates: among a cacheful of rows after the other. */
  #measureCached(asked: Int32Array, kept: Int32Array, room: MeasuringRoom, onBlock: (share: number) => void): void {
    const { rows: n, columns: d } = this.#request.features;
    const height = Math.max(1, Math.floor(cachedBytes / (room.numbers.BYTES_PER_ELEMENT * d)));
    for (let from = 0; from < n; from += height) {
      const held = { kept, room, from, count: Math.min(height, n - from), place: from * d };
      this.#measureAmong(asked, held, (share) => onBlock((from + share * held.count) / n));
    }
  }

  /** In a room that begins with row 0 and holds all queries. */
  #measureAmong(asked: Int32Array, held: HeldRows, onBlock: (share: number) => void): void {
    const { queries, features } = this.#request;
    for (let i = 0; i < asked.length; i++) {
      this.#measureHeld(asked[i], queries[asked[i]] * features.columns, held);
      if (i % 256 === 255) onBlock(i / asked.length);
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
}

function readInSteps(
  features: FeatureRows,
  from: number,
  count: number,
  out: Numbers,
  onStep: (share: number) => void,
): void {
  const d = features.columns;
  const step = Math.max(1, Math.floor(2 ** 22 / d));
  for (let at = 0; at < count; at += step) {
    const rows = Math.min(step, count - at);
    readRows(features, from + at, rows, out.subarray(at * d, (at + rows) * d));
    onStep((at + rows) / count);
  }
}

/** A room with all rows in it. */
export function holdRows<Room extends MeasuringRoom>(
  features: FeatureRows,
  openRoom: (element: StoredRows['element'], count: number) => Room,
  onStep: (share: number) => void,
): Room {
  const { rows, columns } = features;
  const room = openRoom(isStored(features) ? features.element : 'float64', rows * columns);
  readInSteps(features, 0, rows, room.numbers, onStep);
  return room;
}
