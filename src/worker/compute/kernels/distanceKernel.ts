import type { MeasuringRoom } from '../../../core/ranking/neighbours/candidateRanker';
import type { Code, WasmFunction } from './wasmAssembler';
import {
  assembleModule,
  constant,
  f64,
  f64x2,
  FunctionWriter,
  i32,
  leave,
  v128,
  when,
  whileLoop,
} from './wasmAssembler';

/** Columns between two looks at the limit, as in {@link squaredDistance} of core. */
const stretch = 32;

/**
 * The squared distance of the d numbers at two addresses of the memory, or any number above `limit` as soon as it is
 * known to exceed it: the same bits as squaredDistance of core, two columns at a time. Addresses in bytes.
 */
type MeasureRows = (a: number, b: number, d: number, limit: number) => number;

/** How the numbers are kept; the sums are in float64. */
type Element = 'float32' | 'float64';

export function createDistanceKernel(element: Element, memory: WebAssembly.Memory): MeasureRows {
  const module = (programs[element] ??= new WebAssembly.Module(assembleModule([measureFunction(element)], 1, true)));
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  return (exports as { readonly measure: MeasureRows }).measure; // As assembled below.
}

const programs: Partial<Record<Element, WebAssembly.Module>> = {};

function measureFunction(element: Element): WasmFunction {
  const writer = new FunctionWriter(['i32', 'i32', 'i32', 'f64'], 'f64');
  const [a, b, d, limit] = writer.parameters;
  const [left, stop] = writer.locals(2);
  const [low, high] = writer.locals(2, 'v128');
  const [x, y] = writer.locals(2, 'v128');
  const [sum, difference] = writer.locals(2, 'f64');
  const bytes = sizes[element];
  const two = (address: Code, offset: number): Code =>
    element === 'float32' ? f64x2.promote(v128.loadHalf(address, offset)) : v128.load(address, offset);
  const one = (address: Code): Code => (element === 'float32' ? f64.loadSingle(address) : f64.load(address));
  const differences = (column: number): Code => f64x2.sub(two(a.get, column * bytes), two(b.get, column * bytes));
  const squares = (vector: typeof x): Code => f64x2.mul(vector.get, vector.get);
  const advance = (columns: number): Code => [a.step(columns * bytes), b.step(columns * bytes)].flat();
  const total = f64.add(
    f64.add(f64x2.lane(low.get, 0), f64x2.lane(low.get, 1)),
    f64.add(f64x2.lane(high.get, 0), f64x2.lane(high.get, 1)),
  );
  const eight = [low, high].flatMap((partial, i) => [
    x.set(differences(2 * i)),
    y.set(differences(2 * i + 4)),
    partial.set(f64x2.add(partial.get, f64x2.add(squares(x), squares(y)))),
  ]);
  const four = [low, high].flatMap((partial, i) => [
    x.set(differences(2 * i)),
    partial.set(f64x2.add(partial.get, squares(x))),
  ]);
  const body = [
    low.set(v128.zero),
    high.set(v128.zero),
    left.set(d.get),
    whileLoop(
      i32.ge(left.get, constant(stretch)),
      stop.set(i32.sub(left.get, constant(stretch))),
      whileLoop(i32.gt(left.get, stop.get), ...eight, advance(8), left.step(-8)),
      sum.set(total),
      when(f64.gt(sum.get, limit.get), sum.get, leave),
    ),
    whileLoop(i32.ge(left.get, constant(4)), ...four, advance(4), left.step(-4)),
    sum.set(total),
    whileLoop(
      i32.gt(left.get, constant(0)),
      difference.set(f64.sub(one(a.get), one(b.get))),
      sum.set(f64.add(sum.get, f64.mul(difference.get, difference.get))),
      advance(1),
      left.step(-1),
    ),
    sum.get,
  ].flat();
  return { name: 'measure', writer, body };
}

/** Room in the memory of a kernel, which other threads can be sent. */
interface KernelRoom extends MeasuringRoom {
  readonly memory: WebAssembly.Memory;
}

/** Two to four times as fast as plain arrays. At most 4 GiB. */
export const openKernelRoom = (element: Element, count: number): KernelRoom => {
  const pages = Math.max(1, Math.ceil((count * sizes[element]) / 2 ** 16));
  return joinKernelRoom(element, new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }));
};

/** The room that has been opened with this memory, maybe by another thread. */
export function joinKernelRoom(element: Element, memory: WebAssembly.Memory): KernelRoom {
  const measure = createDistanceKernel(element, memory);
  const numbers = element === 'float32' ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  const size = sizes[element];
  return { memory, numbers, distance: (i, j, d, limit) => measure(i * size, j * size, d, limit) };
}

const sizes: Readonly<Record<Element, number>> = { float32: 4, float64: 8 };
