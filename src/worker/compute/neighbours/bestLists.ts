import { groupFunctions, groupSize, raisingStep } from '../kernels/groupKernel';
import { listFunctions, noPosition } from '../kernels/listKernel';
import { assembleModule } from '../kernels/wasmAssembler';

interface BestListsOptions {
  /**
   * Scores of one call of {@link BestLists.offerSlices}, at most; of its groups that many by {@link groupSize} are
   * chosen from.
   */
  readonly scores: number;
  /** References of one call, at most. */
  readonly references: number;
  /** Groups of one call of {@link BestLists.raiseLimits}, of all queries together, at most. */
  readonly raisingGroups: number;
}

/** The exported functions of the modules of listKernel.ts and groupKernel.ts. */
interface Kernel {
  best(list: number, out: number): void;
  raise(maxima: number, count: number, groups: number): void;
  choose(maxima: number, count: number, groups: number, out: number): number;
  offerSlices(slices: number, wanted: number, count: number, groups: number, positions: number, known: number): void;
}

type Layout = Parameters<typeof listFunctions>[0] & Parameters<typeof groupFunctions>[0];

/** Compiled programs by their layout: an audit that is run again finds them, and as optimised as they were. */
const programs = new Map<string, WebAssembly.Module>();
const mostPrograms = 16;

function programFor(layout: Layout): WebAssembly.Module {
  const key = JSON.stringify(layout);
  let program = programs.get(key);
  if (program === undefined) {
    program = new WebAssembly.Module(assembleModule([...listFunctions(layout), ...groupFunctions(layout)], 1));
    if (programs.size === mostPrograms) programs.clear();
    programs.set(key, program);
  }
  return program;
}

/** −∞ as the order-preserving whole number that scores are kept as. */
const lowest = 0xff800000 ^ 0x7fffffff;

/**
 * The c best scores offered so far to each of some queries, ties by position. What it holds does not depend on the
 * order of the offers. Kept in the memory of a kernel that takes many offers at once: 820,000 slices of 32 scores, of
 * which 41 go to each of 20,000 queries, in 0.06 s. 8c + 8 bytes a query, and the options' numbers.
 */
export class BestLists {
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: Kernel;
  /** Addresses. */
  readonly #keys: number;
  readonly #limits: number;
  readonly #places: number;
  readonly #found: number;
  readonly #work: number;

  constructor(
    readonly queries: number,
    readonly c: number,
    { scores, references, raisingGroups }: BestListsOptions,
  ) {
    let end = 64;
    const take = (numbers: number): number => {
      const start = end;
      end += 64 * Math.ceil(numbers / 16);
      return start;
    };
    this.#keys = take(2 * queries * c);
    this.#limits = take(queries);
    this.#places = take(queries);
    this.#found = take(c);
    const sorting = take(2 * c);
    this.#work = take(Math.max(scores + scores / groupSize + references, raisingGroups + raisingStep * queries));
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(end / 2 ** 16) });
    const layout = { capacity: c, keys: this.#keys, limits: this.#limits, places: this.#places, sorting };
    const { exports } = new WebAssembly.Instance(programFor(layout), { host: { memory: this.#memory } });
    this.#kernel = exports as unknown as Kernel; // What assembleModule has just been given.
    this.clear(queries);
  }

  #integers(address: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#memory.buffer, address, count);
  }

  #floats(address: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, address, count);
  }

  /** Forgets what was offered to the first `queries`. */
  clear(queries: number): void {
    const keys = this.#integers(this.#keys, 2 * queries * this.c);
    // The lowest score at no position.
    for (let at = 0; at < keys.length; at += 2) {
      keys[at] = 0;
      keys[at + 1] = lowest;
    }
    this.#integers(this.#limits, queries).fill(lowest);
  }

  /**
   * Tells the best score of each group of references that are going to be offered, none twice, to the queries in order:
   * parts of places.length×groups. What is not among the c best for that is passed over from now on.
   */
  raiseLimits(places: Int32Array, parts: readonly Float32Array[]): void {
    const height = places.length;
    const groups = parts.reduce((sum, part) => sum + part.length / height, 0);
    if (height === 0 || groups < this.c) return;
    const stride = raisingStep * Math.ceil(groups / raisingStep);
    const maxima = this.#floats(this.#work, height * stride);
    let filled = 0;
    for (const part of parts) {
      const width = part.length / height;
      for (let i = 0; i < height; i++) maxima.set(part.subarray(i * width, (i + 1) * width), i * stride + filled);
      filled += width;
    }
    for (; filled < stride; filled++) for (let i = 0; i < height; i++) maxima[i * stride + filled] = -Infinity;
    this.#integers(this.#places, height).set(places);
    this.#kernel.raise(this.#work, height, stride);
  }

  /**
   * Numbers of the groups, in places.length×groups maxima, of which something may be among the best of their query;
   * ascending.
   */
  chooseGroups(places: Int32Array, maxima: Float32Array): Int32Array {
    if (places.length === 0) return new Int32Array(0);
    this.#integers(this.#places, places.length).set(places);
    this.#floats(this.#work, maxima.length).set(maxima);
    const out = this.#work + 4 * maxima.length;
    const bytes = this.#kernel.choose(this.#work, places.length, maxima.length / places.length, out);
    return this.#integers(out, bytes / 4).slice();
  }

  /**
   * Offers slices of {@link groupSize} scores: slice w belongs to query places[⌊wanted[w] / groups⌋] and to the
   * references whose positions begin at groupSize·(wanted[w] mod groups); scores beyond the last position are of none.
   * No reference twice to the same query.
   */
  offerSlices(
    slices: Float32Array,
    {
      wanted,
      groups,
      places,
      positions,
    }: {
      readonly wanted: Int32Array;
      readonly groups: number;
      readonly places: Int32Array;
      readonly positions: Int32Array;
    },
  ): void {
    const wantedAt = this.#work + 4 * slices.length;
    const positionsAt = wantedAt + 4 * wanted.length;
    this.#floats(this.#work, slices.length).set(slices);
    this.#integers(wantedAt, wanted.length).set(wanted);
    this.#integers(positionsAt, positions.length).set(positions);
    this.#integers(this.#places, places.length).set(places);
    this.#kernel.offerSlices(this.#work, wantedAt, wanted.length, groups, positionsAt, positions.length);
  }

  /**
   * The positions of all lists, best first, c each, −1 where there are fewer: a view, to be changed at will. Ends the
   * use of the lists.
   */
  takePositions(): Int32Array {
    // A list gives way to the positions of one at least as far behind it: they need half the room.
    for (let q = 0; q < this.queries; q++) this.#kernel.best(q, this.#keys + 4 * q * this.c);
    const all = this.#integers(this.#keys, this.queries * this.c);
    for (let at = 0; at < all.length; at++) if (all[at] === noPosition) all[at] = -1;
    return all;
  }

  /** Positions offered to query q, best first: a view until the next call. */
  best(q: number): Int32Array {
    this.#kernel.best(q, this.#found);
    const list = this.#integers(this.#found, this.c);
    const end = list.indexOf(noPosition);
    return end < 0 ? list : list.subarray(0, end);
  }
}
