import { indexed, listCalls } from './listKernel';
import type { Code, Variable, WasmFunction } from './wasmAssembler';
import { constant, f32, f32x4, FunctionWriter, i32, i32x4, v128, when, whileLoop } from './wasmAssembler';

/** Scores of a group: a slice. */
export const groupSize = 32;

/** Most halvings of the range of a limit, and by which share of c more groups may reach it. */
const halvings = 16;
const excessShare = 8;

/** The groups of a query from which a limit is raised are filled up to a multiple of this. */
export const raisingStep = 16;
const lanes = [0, 1, 2, 3];

/** What the functions on groups of scores find in the memory of a kernel. */
interface GroupLayout {
  readonly capacity: number;
  /** 32 bits a list. */
  readonly limits: number;
  /** Which list each of the queries at hand has. */
  readonly places: number;
}

/**
 * Order-preserving: the bits of a float32 as a whole number, for those below 0 with all but the sign turned. The same
 * the other way.
 */
const ordered = (bits: Code): Code => i32.xor(bits, i32.and(i32.sign(bits), constant(0x7fffffff)));
const orderedLanes = (bits: Code): Code =>
  v128.xor(bits, v128.and(i32x4.signs(bits), i32x4.splat(constant(0x7fffffff))));

/** Functions on groups of scores; they follow the ones of lists. */
export function groupFunctions(layout: GroupLayout): WasmFunction[] {
  return [raiseLimits(layout), chooseGroups(layout), offerSlices(layout)];
}

/**
 * raise(maxima, count, groups): each of `count` queries has the best scores of its groups, `groups` of them, a multiple
 * of {@link raisingStep}, of which at least the capacity belong to references. Raises its limit to a number that at
 * least as many of them reach as a list holds, and hardly more do: each has a member that is as good. By bisection,
 * counting four at a time.
 */
function raiseLimits({ capacity, limits, places }: GroupLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32']);
  const [maxima, count, groups] = writer.parameters;
  const [query, at, end, reached, turn, limit, score] = writer.locals(7);
  const [low, high, middle] = writer.locals(3, 'f32');
  const bound = writer.local('v128');
  const partials = writer.locals(raisingStep / 4, 'v128');
  /**
   * Goes over all maxima with as many vectors as there are partial results, which a chain of additions would wait for.
   */
  const forAll = (change: (partial: Variable, numbers: Code) => Code): Code =>
    [
      at.set(maxima.get),
      whileLoop(
        i32.lt(at.get, end.get),
        ...partials.map((partial, v) => change(partial, v128.load(at.get, 16 * v))),
        at.step(4 * raisingStep),
      ),
    ].flat();
  /** How many reach `middle`: the lanes of a comparison are −1. */
  const countReached = [
    bound.set(f32x4.splat(middle.get)),
    ...partials.map((partial) => partial.set(v128.zero)),
    forAll((partial, numbers) => partial.set(i32x4.add(partial.get, f32x4.ge(numbers, bound.get)))),
    bound.set(partials.map(({ get }) => get).reduce((a, b) => i32x4.add(a, b))),
    reached.set(
      i32.sub(
        constant(0),
        lanes.map((lane) => i32x4.lane(bound.get, lane)).reduce((a, b) => i32.add(a, b)),
      ),
    ),
  ].flat();
  const body = whileLoop(
    i32.lt(query.get, count.get),
    end.set(indexed(maxima.get, groups.get)),
    // The lowest of the first c is reached by c, and nothing beyond the highest is.
    low.set(f32.load(maxima.get)),
    at.set(maxima.get),
    whileLoop(
      i32.lt(at.get, i32.add(maxima.get, constant(4 * capacity))),
      when(f32.lt(f32.load(at.get), low.get), low.set(f32.load(at.get))),
      at.step(4),
    ),
    ...partials.map((partial) => partial.set(v128.load(maxima.get))),
    forAll((partial, numbers) => partial.set(f32x4.greatest(partial.get, numbers))),
    bound.set(partials.map(({ get }) => get).reduce((a, b) => f32x4.greatest(a, b))),
    high.set(lanes.map((lane) => f32x4.lane(bound.get, lane)).reduce((a, b) => f32.max(a, b))),
    turn.set(constant(halvings)),
    whileLoop(
      i32.gt(turn.get, constant(0)),
      middle.set(f32.add(f32.mul(low.get, f32.constant(0.5)), f32.mul(high.get, f32.constant(0.5)))),
      countReached,
      turn.step(-1),
      when(i32.lt(reached.get, constant(capacity)), high.set(middle.get)),
      when(
        i32.ge(reached.get, constant(capacity)),
        low.set(middle.get),
        when(i32.le(reached.get, constant(capacity + Math.floor(capacity / excessShare))), turn.set(constant(0))),
      ),
    ),
    limit.set(indexed(limits, i32.load(indexed(places, query.get)))),
    score.set(i32.bitsOf(low.get)),
    score.set(ordered(score.get)),
    when(i32.gt(score.get, i32.load(limit.get)), i32.store(limit.get, score.get)),
    maxima.set(end.get),
    query.step(1),
  );
  return { name: 'raise', writer, body };
}

/**
 * choose(maxima, count, groups, out): the numbers of the groups whose best reaches the limit of their query, ascending;
 * how many.
 */
function chooseGroups({ limits, places }: GroupLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32', 'i32'], 'i32');
  const [maxima, count, groups, out] = writer.parameters;
  const [query, group, number, to, limit] = writer.locals(5);
  const [reaches, bound] = writer.locals(2, 'v128');
  const write = (condition: Code, lane: number): Code =>
    when(condition, i32.store(to.get, i32.add(number.get, constant(lane))), to.step(4));
  const body = [
    to.set(out.get),
    whileLoop(
      i32.lt(query.get, count.get),
      limit.set(i32.load(indexed(limits, i32.load(indexed(places, query.get))))),
      bound.set(i32x4.splat(limit.get)),
      group.set(constant(0)),
      whileLoop(
        i32.le(i32.add(group.get, constant(4)), groups.get),
        reaches.set(v128.load(maxima.get)),
        reaches.set(i32x4.ge(orderedLanes(reaches.get), bound.get)),
        when(v128.anyTrue(reaches.get), ...lanes.map((lane) => write(i32x4.lane(reaches.get, lane), lane))),
        maxima.step(16),
        group.step(4),
        number.step(4),
      ),
      whileLoop(
        i32.lt(group.get, groups.get),
        write(i32.ge(ordered(i32.load(maxima.get)), limit.get), 0),
        maxima.step(4),
        group.step(1),
        number.step(1),
      ),
      query.step(1),
    ),
    i32.sub(to.get, out.get),
  ].flat();
  return { name: 'choose', writer, body };
}

/**
 * offerSlices(slices, wanted, count, groups, positions, known): `count` groups of scores, one behind the other, of the
 * numbers that choose found; the references of a block have `known` positions.
 */
function offerSlices({ limits, places }: GroupLayout): WasmFunction {
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
        listCalls.offer(query.get, i32.load(indexed(positions.get, reference)), s.get),
        limit.set(i32x4.splat(limitOf)),
      ),
    ].flat();
  };
  const body = whileLoop(
    i32.lt(w.get, count.get),
    first.set(i32.load(indexed(wanted.get, w.get))),
    place.set(i32.divide(first.get, groups.get)),
    first.set(i32.mul(i32.sub(first.get, i32.mul(place.get, groups.get)), constant(groupSize))),
    query.set(i32.load(indexed(places, place.get))),
    limit.set(i32x4.splat(limitOf)),
    r.set(constant(0)),
    whileLoop(
      i32.lt(r.get, constant(groupSize)),
      scores.set(v128.load(slices.get)),
      scores.set(orderedLanes(scores.get)),
      when(v128.anyTrue(i32x4.ge(scores.get, limit.get)), ...lanes.map(offerLane)),
      slices.step(16),
      r.step(4),
    ),
    w.step(1),
  );
  return { name: 'offerSlices', writer, body };
}
