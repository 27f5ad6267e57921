import type { Code, Variable, WasmFunction } from './wasmAssembler';
import { call, constant, FunctionWriter, i32, i64, leave, when, whileLoop } from './wasmAssembler';

/** Where lists of the best rows lie in the memory of a kernel; addresses in bytes. */
interface ListLayout {
  /** Rows that a list holds. */
  readonly capacity: number;
  /** The lists: heaps of keys of 64 bits, the worst on top. */
  readonly keys: number;
  /** What a row has to reach, 32 bits a list: the score on top, or what is known to be as low. */
  readonly limits: number;
  /** Room for one list. */
  readonly sorting: number;
}

/** Position of what is not yet in a list. */
export const noPosition = 0x7fffffff;
/** Address of a 32-bit number of an array. */
export const indexed = (base: number | Code, index: Code): Code =>
  i32.add(typeof base === 'number' ? constant(base) : base, i32.shl(index, constant(2)));

/** Numbers of the functions of a module that begins with {@link listFunctions}. */
export const listCalls = {
  offer: (list: Code, position: Code, score: Code): Code => call(1, list, position, score),
} as const;

/**
 * Functions 0 to 2 of a module: `put`; offer(p, o, s), row o with score s to the list of p; and best(p, out), the
 * positions of the list of p from `out` on, best first. A list holds the best that were offered to it, ties by
 * position, whatever the order of the offers.
 */
export function listFunctions(layout: ListLayout): WasmFunction[] {
  return [putOnTop(), offerToList(layout), writeBest(layout)];
}

/** put(top, end, key): the heap of the keys in [top, end), of which the first gives way to `key`. */
function putOnTop(): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i64']);
  const [top, end, key] = writer.parameters;
  const [at, child] = writer.locals(2);
  /** The 2i + 1st of the i-th, which is 8i bytes behind the top. */
  const toChild = child.set(i32.add(i32.sub(i32.shl(at.get, constant(1)), top.get), constant(8)));
  const body = [
    at.set(top.get),
    toChild,
    whileLoop(
      i32.lt(child.get, end.get),
      when(
        i32.lt(i32.add(child.get, constant(8)), end.get),
        when(i64.lt(i64.load(child.get, 8), i64.load(child.get)), child.step(8)),
      ),
      when(i64.ge(i64.load(child.get), key.get), i64.store(at.get, key.get), leave),
      i64.store(at.get, i64.load(child.get)),
      at.set(child.get),
      toChild,
    ),
    i64.store(at.get, key.get),
  ].flat();
  return { name: 'put', writer, body };
}

const put = (top: Code, end: Code, key: Code): Code => call(0, top, end, key);
const heapOf = ({ keys, capacity }: ListLayout, list: Variable): Code =>
  i32.add(constant(keys), i32.mul(list.get, constant(8 * capacity)));

function offerToList(layout: ListLayout): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32']);
  const [list, position, score] = writer.parameters;
  const top = writer.local();
  const key = writer.local('i64');
  const body = [
    top.set(heapOf(layout, list)),
    key.set(i64.join(score.get, i32.sub(constant(noPosition), position.get))),
    when(i64.le(key.get, i64.load(top.get)), leave),
    put(top.get, i32.add(top.get, constant(8 * layout.capacity)), key.get),
    // The limit may have been raised above that.
    score.set(i32.load(top.get, 4)),
    when(
      i32.gt(score.get, i32.load(indexed(layout.limits, list.get))),
      i32.store(indexed(layout.limits, list.get), score.get),
    ),
  ].flat();
  return { name: 'offer', writer, body };
}

/** Takes the worst off a copy, one after the other. */
function writeBest(layout: ListLayout): WasmFunction {
  const { capacity, sorting } = layout;
  const writer = new FunctionWriter(['i32', 'i32']);
  const [list, out] = writer.parameters;
  const [from, at] = writer.locals(2);
  const end = sorting + 8 * capacity;
  const body = [
    from.set(heapOf(layout, list)),
    at.set(constant(sorting)),
    whileLoop(i32.lt(at.get, constant(end)), i64.store(at.get, i64.load(from.get)), from.step(8), at.step(8)),
    out.step(4 * capacity),
    whileLoop(
      i32.gt(at.get, constant(sorting)),
      at.step(-8),
      out.step(-4),
      i32.store(out.get, i32.sub(constant(noPosition), i32.load(constant(sorting)))),
      put(constant(sorting), at.get, i64.load(at.get)),
    ),
  ].flat();
  return { name: 'best', writer, body };
}
