import type { Code, Variable, WasmFunction } from '../wasmAssembler';
import { constant, FunctionWriter, i32, leave, when, whileLoop } from '../wasmAssembler';

/** Where lists of the best rows lie in the memory of a kernel; addresses in bytes, numbers of 32 bits. */
export interface ListLayout {
  /** Rows that a list holds. */
  readonly capacity: number;
  /** Lists, best first: scores, and positions of the rows they belong to. */
  readonly scores: number;
  readonly positions: number;
  /** What a row has to reach: the lowest score of each list, or what is known to be as low. */
  readonly limits: number;
}

/** Position of what is not yet in a list. */
export const noPosition = 0x7fffffff;
/** Address of a 32-bit number of an array. */
export const indexed = (base: number, index: Code): Code => i32.add(constant(base), i32.shl(index, constant(2)));

/**
 * offer(p, o, s): row o with score s to the list of p. A list holds the best that were offered to it, ties by position, none twice, whatever the
 * order of the offers. Function 0 of a module that calls it.
 */
export function offerToList({ capacity, scores, positions, limits }: ListLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32']);
  const [p, o, s] = writer.parameters;
  const [at, first, last] = writer.locals(3);
  const score = (index: Variable, offset = 0): Code => i32.load(index.get, scores + offset);
  const position = (index: Variable): Code => i32.load(index.get, positions);
  const body = [
    first.set(i32.mul(p.get, constant(4 * capacity))),
    last.set(i32.add(first.get, constant(4 * (capacity - 1)))),
    at.set(last.get),
    when(i32.lt(s.get, score(at)), leave),
    when(i32.eq(s.get, score(at)), when(i32.ge(o.get, position(at)), leave)),
    // Up to the first that is better, or the row itself: then it has been offered before.
    whileLoop(
      i32.gt(at.get, first.get),
      at.step(-4),
      when(i32.eq(s.get, score(at)), when(i32.eq(o.get, position(at)), leave)),
      // The place is behind the better one.
      when(
        i32.add(i32.gt(score(at), s.get), i32.and(i32.eq(score(at), s.get), i32.lt(position(at), o.get))),
        at.step(4),
        shiftAndStore(),
      ),
    ),
    shiftAndStore(),
  ].flat();
  /** Makes room at `at`, stores, and returns. */
  function shiftAndStore(): Code {
    return [
      whileLoop(
        i32.gt(last.get, at.get),
        i32.store(last.get, i32.load(last.get, scores - 4), scores),
        i32.store(last.get, i32.load(last.get, positions - 4), positions),
        last.step(-4),
      ),
      i32.store(at.get, s.get, scores),
      i32.store(at.get, o.get, positions),
      last.set(i32.load(i32.add(first.get, constant(4 * (capacity - 1))), scores)),
      // It may have been raised above that.
      when(i32.gt(last.get, i32.load(indexed(limits, p.get))), i32.store(indexed(limits, p.get), last.get)),
      leave,
    ].flat();
  }
  return { name: 'offer', writer, body };
}
