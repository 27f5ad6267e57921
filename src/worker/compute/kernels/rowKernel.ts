import type { Code, Variable, WasmFunction } from './wasmAssembler';
import { assembleModule, constant, f64, f64x2, FunctionWriter, i32, v128, whileLoop } from './wasmAssembler';

/** How the rows handed to a {@link RowKernel} are kept. */
export type RowElement = 'float64' | 'float32';

/** Rows that the kernel takes at a time; a tile has a multiple of them. */
const group = 4;
/** Numbers of a tile: what two passes over it find in the processor's cache. */
const tileNumbers = 2 ** 17;
const pageBytes = 2 ** 16;

/**
 * Products of tiles of rows with one vector, in float64, by one thread. Rows in single precision are widened on the
 * way, which keeps pace with reading them from the system's cache.
 */
export interface RowKernel {
  /** Rows of a tile; the last one of a pass may have fewer. Depends on the number of columns only. */
  readonly height: number;
  /** Where the caller puts the rows of a tile, row-major. */
  readonly tile: Readonly<{ float64: Float64Array; float32: Float32Array }>;
  /** d numbers, to be filled in by the caller. */
  readonly b: Float64Array;
  /** xᵢᵀb of the tile's rows, by `multiply`. */
  readonly z: Float64Array;
  /** What `addRows` weights the rows with. */
  readonly v: Float64Array;
  /** d numbers: Σ vᵢxᵢ over the tile, by `addRows`. */
  readonly sum: Float64Array;
  multiply(element: RowElement, count: number): void;
  addRows(element: RowElement, count: number): void;
}

type Kernel = (x: number, vector: number, out: number, rows: number, columns: number) => void;

interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly multiply: Readonly<Record<RowElement, Kernel>>;
  readonly addRows: Readonly<Record<RowElement, Kernel>>;
}

/** Kernels made in this thread and not in use: one, unless passes are nested. */
const idle: Instance[] = [];

/**
 * Calls `work` with a kernel for rows of d columns, which is its own until it returns. Takes microseconds after the
 * first time.
 */
export function withRowKernel<T>(columns: number, work: (kernel: RowKernel) => T): T {
  const instance = idle.pop() ?? instantiate();
  try {
    return work(kernelOf(instance, columns));
  } finally {
    idle.push(instance);
  }
}

function kernelOf({ memory, multiply, addRows }: Instance, columns: number): RowKernel {
  const height = Math.max(group, Math.floor(tileNumbers / Math.max(1, columns) / group) * group);
  const bytes = 8 * (height * columns + 2 * columns + 2 * height);
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  const { buffer } = memory;
  const tile = {
    float64: new Float64Array(buffer, 0, height * columns),
    float32: new Float32Array(buffer, 0, height * columns),
  };
  const b = new Float64Array(buffer, tile.float64.byteLength, columns);
  const sum = new Float64Array(buffer, b.byteOffset + b.byteLength, columns);
  const z = new Float64Array(buffer, sum.byteOffset + sum.byteLength, height);
  const v = new Float64Array(buffer, z.byteOffset + z.byteLength, height);
  /** Rows up to the next whole group; those beyond `count` become zero. */
  const fillGroup = (element: RowElement, count: number): number => {
    const whole = Math.ceil(count / group) * group;
    tile[element].fill(0, count * columns, whole * columns);
    return whole;
  };
  return {
    height,
    tile,
    b,
    z,
    v,
    sum,
    multiply(element, count) {
      multiply[element](0, b.byteOffset, z.byteOffset, fillGroup(element, count), columns);
    },
    addRows(element, count) {
      const whole = fillGroup(element, count);
      v.fill(0, count, whole);
      sum.fill(0);
      addRows[element](0, v.byteOffset, sum.byteOffset, whole, columns);
    },
  };
}

function instantiate(): Instance {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((8 * 2 * tileNumbers) / pageBytes) });
  const { exports } = new WebAssembly.Instance(compiled(), { host: { memory } });
  const kernel = (name: string): Kernel => exports[name] as Kernel; // As assembled below.
  return {
    memory,
    multiply: { float64: kernel('multiply64'), float32: kernel('multiply32') },
    addRows: { float64: kernel('addRows64'), float32: kernel('addRows32') },
  };
}

let program: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  program ??= new WebAssembly.Module(
    assembleModule(
      [
        multiplyFunction('multiply64', 'float64'),
        multiplyFunction('multiply32', 'float32'),
        addRowsFunction('addRows64', 'float64'),
        addRowsFunction('addRows32', 'float32'),
      ],
      1,
    ),
  );
  return program;
}

/** Columns of one turn of the inner loop; the last ones are done one by one. */
const unrolled = 4;

/** What both kernels are written with. */
interface KernelWriter {
  readonly writer: FunctionWriter;
  /** Addresses of the vector that is read and of the one that is written: parameters. */
  readonly vector: Variable;
  readonly out: Variable;
  /** Runs along with the columns of the vector that a pass names. */
  readonly w: Variable;
  /** A vector and a number of each row of the group. */
  readonly vectors: readonly Variable[];
  readonly scalars: readonly Variable[];
  /** Two columns of row r of the group from `column` on, and one, in float64. */
  readonly pair: (r: number, column: number) => Code;
  readonly single: (r: number) => Code;
  /**
   * For each group of rows `body`, with the pointers on their first numbers; the body leaves them behind the last ones.
   */
  readonly forEachGroup: (body: Code) => Code;
  /** A pass over the columns, four at a time, then one by one, with `w` from `start` on. */
  readonly forEachColumn: (start: Variable, four: Code, one: Code) => Code;
}

function createWriter(element: RowElement): KernelWriter {
  const writer = new FunctionWriter(['i32', 'i32', 'i32', 'i32', 'i32']);
  const [x, vector, out, rows, columns] = writer.parameters;
  const [row, bytes, whole, w, end] = writer.locals(5);
  const pointers = writer.locals(group);
  const vectors = writer.locals(group, 'v128');
  const scalars = writer.locals(group, 'f64');
  const isSingle = element === 'float32';
  const size = isSingle ? 4 : 8;
  const advance = (count: number): Code => [
    ...pointers.flatMap((pointer) => pointer.step(count * size)),
    ...w.step(count * 8),
  ];
  const [first] = pointers;
  const last = pointers[group - 1];
  return {
    writer,
    vector,
    out,
    w,
    vectors,
    scalars,
    pair: (r, column) =>
      isSingle ? f64x2.promote(v128.loadHalf(pointers[r].get, 4 * column)) : v128.load(pointers[r].get, 8 * column),
    single: (r) => (isSingle ? f64.loadSingle(pointers[r].get) : f64.load(pointers[r].get)),
    forEachGroup: (body) =>
      [
        bytes.set(i32.mul(columns.get, constant(size))),
        whole.set(i32.mul(i32.and(columns.get, constant(-unrolled)), constant(size))),
        first.set(x.get),
        whileLoop(
          i32.lt(row.get, rows.get),
          ...pointers.slice(1).map((pointer, r) => pointer.set(i32.add(pointers[r].get, bytes.get))),
          body,
          // The last row ends where the next group begins.
          first.set(last.get),
          row.step(group),
        ),
      ].flat(),
    forEachColumn: (start, four, one) =>
      [
        w.set(start.get),
        end.set(i32.add(first.get, whole.get)),
        whileLoop(i32.lt(first.get, end.get), four, advance(unrolled)),
        end.set(i32.add(end.get, i32.sub(bytes.get, whole.get))),
        whileLoop(i32.lt(first.get, end.get), one, advance(1)),
      ].flat(),
  };
}

/** out[i] = xᵢᵀ·vector: even and odd columns summed apart, then both, then the last columns. */
function multiplyFunction(name: string, element: RowElement): WasmFunction {
  const { writer, vector, out, w, vectors, scalars, pair, single, forEachGroup, forEachColumn } = createWriter(element);
  const b = writer.local('v128');
  const addPair = (column: number): Code => [
    ...b.set(v128.load(w.get, 8 * column)),
    ...vectors.flatMap((sum, r) => sum.set(f64x2.add(sum.get, f64x2.mul(pair(r, column), b.get)))),
  ];
  const addOne = scalars.flatMap((sum, r) => sum.set(f64.add(sum.get, f64.mul(single(r), f64.load(w.get)))));
  const body = [
    ...vectors.map((sum) => sum.set(v128.zero)),
    ...scalars.map((sum) => sum.set(f64.zero)),
    forEachColumn(vector, [...addPair(0), ...addPair(2)], addOne),
    ...vectors.flatMap((sum, r) => [
      f64.store(out.get, f64.add(f64.add(f64x2.lane(sum.get, 0), f64x2.lane(sum.get, 1)), scalars[r].get)),
      out.step(8),
    ]),
  ].flat();
  return { name, writer, body: forEachGroup(body) };
}

/** out += Σᵢ vectorᵢ·xᵢ. */
function addRowsFunction(name: string, element: RowElement): WasmFunction {
  const { writer, vector, out, w, vectors, pair, single, forEachGroup, forEachColumn } = createWriter(element);
  const addPair = (column: number): Code =>
    v128.store(
      w.get,
      vectors.reduce(
        (sum, weight, r) => f64x2.add(sum, f64x2.mul(pair(r, column), weight.get)),
        v128.load(w.get, 8 * column),
      ),
      8 * column,
    );
  const addOne = f64.store(
    w.get,
    vectors.reduce((sum, weight, r) => f64.add(sum, f64.mul(single(r), f64x2.lane(weight.get, 0))), f64.load(w.get)),
  );
  const body = [
    ...vectors.flatMap((weight) => [weight.set(f64x2.splat(f64.load(vector.get))), vector.step(8)]),
    forEachColumn(out, [...addPair(0), ...addPair(2)], addOne),
  ].flat();
  return { name, writer, body: forEachGroup(body) };
}
