import type { ListLayout } from './listKernel';
import { indexed, noPosition, offerToList } from './listKernel';
import type { Code, WasmFunction } from '../wasmAssembler';
import { assembleModule, call, constant, FunctionWriter, i32, i32x4, v128, when, whileLoop } from '../wasmAssembler';

/** Scores of a group: a slice. */
export const groupSize = 32;

/** Order-preserving: the bits of a float32 as a whole number, for those below 0 with all but the sign turned. */
const fromBits = (bits: number): number => bits ^ ((bits >> 31) & 0x7fffffff);
const lowest = fromBits(0xff800000 | 0); // −∞

interface SliceKernel {
  offerSlices(slices: number, wanted: number, count: number, groups: number, positions: number, known: number): void;
}

/**
 * The c best scores offered so far to each of some queries, descending, ties by position. What it holds does not depend on the
 * order of the offers. Kept in the memory of a kernel that takes many offers at once.
 */
export class BestLists {
  readonly #memory: WebAssembly.Memory;
  readonly #layout: ListLayout & { readonly places: number; readonly work: number };
  readonly #kernel: SliceKernel;
  readonly #bits = new Int32Array(1);
  readonly #float = new Float32Array(this.#bits.buffer);

  constructor(
    readonly queries: number,
    readonly c: number,
    /** Scores of one call of {@link offerSlices}, and references of it, at most. */
    { scores, references }: { readonly scores: number; readonly references: number },
  ) {
    let end = 64;
    const take = (count: number): number => {
      const start = end;
      end += 64 * Math.ceil(count / 16);
      return start;
    };
    this.#layout = {
      capacity: c,
      scores: take(queries * c),
      positions: take(queries * c),
      limits: take(queries),
      places: take(queries),
      work: take(scores + scores / groupSize + references),
    };
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(end / 2 ** 16) });
    const functions = [offerToList(this.#layout), offerSlices(this.#layout)];
    const code = assembleModule(functions, 1);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { host: { memory: this.#memory } });
    this.#kernel = exports as unknown as SliceKernel; // What assembleModule has just been given.
    this.clear(queries);
  }

  #numbers(address: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#memory.buffer, address, count);
  }

  /** Forgets what was offered to the first `queries`. */
  clear(queries: number): void {
    const { scores, positions, limits } = this.#layout;
    this.#numbers(scores, queries * this.c).fill(lowest);
    this.#numbers(positions, queries * this.c).fill(noPosition);
    this.#numbers(limits, queries).fill(lowest);
  }

  /** For each of the queries the score below which nothing need be offered. */
  thresholds(queries: Int32Array): Float32Array {
    const limits = this.#numbers(this.#layout.limits, this.queries);
    return Float32Array.from(queries, (q) => {
      this.#bits[0] = fromBits(limits[q]);
      return this.#float[0];
    });
  }

  /** What is below these thresholds, one for each of the queries, is not among their c best and is passed over from now on. */
  raiseThresholds(queries: Int32Array, thresholds: Float32Array): void {
    const limits = this.#numbers(this.#layout.limits, this.queries);
    for (let i = 0; i < queries.length; i++) {
      this.#float[0] = thresholds[i];
      limits[queries[i]] = Math.max(limits[queries[i]], fromBits(this.#bits[0]));
    }
  }

  /**
   * Offers slices of {@link groupSize} scores: slice w belongs to query places[⌊wanted[w] / groups⌋] and to the references whose positions begin
   * at groupSize·(wanted[w] mod groups); scores beyond the last position are of none.
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
    const { work } = this.#layout;
    const wantedAt = work + 4 * slices.length;
    const positionsAt = wantedAt + 4 * wanted.length;
    new Float32Array(this.#memory.buffer, work, slices.length).set(slices);
    this.#numbers(wantedAt, wanted.length).set(wanted);
    this.#numbers(positionsAt, positions.length).set(positions);
    this.#numbers(this.#layout.places, places.length).set(places);
    this.#kernel.offerSlices(work, wantedAt, wanted.length, groups, positionsAt, positions.length);
  }

  /** The positions of all lists, c each, −1 where there are fewer: a view, to be changed at will once all has been offered. */
  takePositions(): Int32Array {
    const all = this.#numbers(this.#layout.positions, this.queries * this.c);
    for (let at = 0; at < all.length; at++) if (all[at] === noPosition) all[at] = -1;
    return all;
  }

  /** Positions offered to query q, best first: a view. */
  best(q: number): Int32Array {
    const list = this.#numbers(this.#layout.positions + 4 * q * this.c, this.c);
    const end = list.indexOf(noPosition);
    return end < 0 ? list : list.subarray(0, end);
  }
}

function offerSlices({ limits, places }: ListLayout & { readonly places: number }): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32', 'i32', 'i32', 'i32']);
  const [slices, wanted, count, groups, positions, known] = writer.parameters;
  const [w, place, query, first, r, s] = writer.locals(6);
  const [scores, limit] = writer.locals(2, 'v128');
  const limitOf = i32.load(indexed(limits, query.get));
  const offerLane = (lane: number): Code => {
    const reference = i32.add(i32.add(first.get, r.get), constant(lane));
    return [
      s.set(i32x4.lane(scores.get, lane)),
      when(
        i32.and(i32.ge(s.get, limitOf), i32.lt(reference, known.get)),
        call(0, query.get, i32.load(i32.add(positions.get, i32.shl(reference, constant(2)))), s.get),
        limit.set(i32x4.splat(limitOf)),
      ),
    ].flat();
  };
  const body = [
    w.set(constant(0)),
    whileLoop(
      i32.lt(w.get, count.get),
      first.set(i32.load(i32.add(wanted.get, i32.shl(w.get, constant(2))))),
      place.set(i32.divide(first.get, groups.get)),
      first.set(i32.mul(i32.sub(first.get, i32.mul(place.get, groups.get)), constant(groupSize))),
      query.set(i32.load(indexed(places, place.get))),
      limit.set(i32x4.splat(limitOf)),
      r.set(constant(0)),
      whileLoop(
        i32.lt(r.get, constant(groupSize)),
        scores.set(v128.load(slices.get)),
        scores.set(v128.xor(scores.get, v128.and(i32x4.signs(scores.get), i32x4.splat(constant(0x7fffffff))))),
        when(v128.anyTrue(i32x4.ge(scores.get, limit.get)), ...[0, 1, 2, 3].map(offerLane)),
        slices.step(16),
        r.step(4),
      ),
      w.step(1),
    ),
  ].flat();
  return { name: 'offerSlices', writer, body };
}
