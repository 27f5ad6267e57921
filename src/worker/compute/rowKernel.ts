import type { Code, Local, WasmFunction, WasmType } from './wasmAssembler';
import { assembleModule, op, whileBelow } from './wasmAssembler';

/** How the rows handed to a {@link RowKernel} are kept. */
export type RowElement = 'float64' | 'float32';

/** Rows that the kernel takes at a time; a tile has a multiple of them. */
const group = 4;
/** Numbers of a tile: what two passes over it find in the processor's cache. */
const tileNumbers = 2 ** 17;
const pageBytes = 2 ** 16;

/**
 * Products of tiles of rows with one vector, in float64, by one thread. Rows in single precision are widened on the way, which keeps pace
 * with reading them from the system's cache.
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

/** Calls `work` with a kernel for rows of d columns, which is its own until it returns. Takes microseconds after the first time. */
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
  const { exports } = new WebAssembly.Instance(compiled(), { env: { memory } });
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
    assembleModule([
      multiplyFunction('multiply64', 'float64'),
      multiplyFunction('multiply32', 'float32'),
      addRowsFunction('addRows64', 'float64'),
      addRowsFunction('addRows32', 'float32'),
    ]),
  );
  return program;
}

/** Parameters of every kernel: addresses of the rows, of the vector that is read and of the one that is written, and the sizes. */
const [x, vector, out, rows, columns] = [0, 1, 2, 3, 4] as const;

/** Locals of a kernel beyond its parameters, by names. */
function declare<Name extends string>(
  types: Readonly<Record<Name, WasmType>>,
): {
  readonly locals: readonly WasmType[];
  readonly at: Readonly<Record<Name, Local>>;
} {
  const names = Object.keys(types) as Name[]; // The keys of a record of names.
  const at = Object.fromEntries(names.map((name, index) => [name, columns + 1 + index])) as Record<Name, Local>;
  return { locals: names.map((name) => types[name]), at };
}

const { locals, at } = declare({
  row: 'i32',
  bytes: 'i32',
  vectorBytes: 'i32',
  even: 'i32',
  x0: 'i32',
  x1: 'i32',
  x2: 'i32',
  x3: 'i32',
  w: 'i32',
  end: 'i32',
  b: 'v128',
  s0: 'v128',
  s1: 'v128',
  s2: 'v128',
  s3: 'v128',
  t0: 'f64',
  t1: 'f64',
  t2: 'f64',
  t3: 'f64',
});
const pointers = [at.x0, at.x1, at.x2, at.x3] as const;
const vectors = [at.s0, at.s1, at.s2, at.s3] as const;
const scalars = [at.t0, at.t1, at.t2, at.t3] as const;
/** Columns of one turn of the inner loop; the last ones are done one by one. */
const unrolled = 4;

const sizeOf = (element: RowElement): number => (element === 'float32' ? 4 : 8);
const step = (local: Local, bytes: number): Code => [...op.add(op.get(local), op.i32(bytes)), ...op.set(local)];

function loadPair(element: RowElement, pointer: Local, column: number): Code {
  return element === 'float32' ? op.load2F32(op.get(pointer), 4 * column) : op.load2(op.get(pointer), 8 * column);
}

function loadOne(element: RowElement, pointer: Local): Code {
  return element === 'float32' ? op.f64LoadF32(op.get(pointer)) : op.f64Load(op.get(pointer));
}

/** For each group of four rows `body`, with the pointers on their first numbers; the body leaves them behind the last ones. */
function forEachGroup(element: RowElement, body: Code): Code {
  const size = sizeOf(element);
  return [
    ...op.mul(op.get(columns), op.i32(size)),
    ...op.set(at.bytes),
    ...op.mul(op.get(columns), op.i32(8)),
    ...op.set(at.vectorBytes),
    ...op.mul(op.and(op.get(columns), op.i32(-unrolled)), op.i32(size)),
    ...op.set(at.even),
    ...op.get(x),
    ...op.set(at.x0),
    ...whileBelow(at.row, op.get(rows), [
      ...op.add(op.get(at.x0), op.get(at.bytes)),
      ...op.set(at.x1),
      ...op.add(op.get(at.x1), op.get(at.bytes)),
      ...op.set(at.x2),
      ...op.add(op.get(at.x2), op.get(at.bytes)),
      ...op.set(at.x3),
      ...body,
      // The fourth row ends where the next group begins.
      ...op.get(at.x3),
      ...op.set(at.x0),
      ...step(at.row, group),
    ]),
  ];
}

/** A pass over the columns: four at a time, then one by one; `w` runs along with the vector at `from`. */
function forEachColumn(element: RowElement, from: Local, four: Code, one: Code): Code {
  const size = sizeOf(element);
  const advance = (count: number): Code => [
    ...pointers.flatMap((pointer) => step(pointer, count * size)),
    ...step(at.w, count * 8),
  ];
  return [
    ...op.get(from),
    ...op.set(at.w),
    ...op.add(op.get(at.x0), op.get(at.even)),
    ...op.set(at.end),
    ...whileBelow(at.x0, op.get(at.end), [...four, ...advance(unrolled)]),
    ...op.add(op.get(at.end), op.sub(op.get(at.bytes), op.get(at.even))),
    ...op.set(at.end),
    ...whileBelow(at.x0, op.get(at.end), [...one, ...advance(1)]),
  ];
}

/** out[i] = xᵢᵀ·vector: even and odd columns summed apart, then both, then the last columns. */
function multiplyFunction(name: string, element: RowElement): WasmFunction {
  const pair = (column: number): Code => [
    ...op.load2(op.get(at.w), 8 * column),
    ...op.set(at.b),
    ...pointers.flatMap((pointer, r) => [
      ...op.add2(op.get(vectors[r]), op.mul2(loadPair(element, pointer, column), op.get(at.b))),
      ...op.set(vectors[r]),
    ]),
  ];
  const single = pointers.flatMap((pointer, r) => [
    ...op.f64Add(op.get(scalars[r]), op.f64Mul(loadOne(element, pointer), op.f64Load(op.get(at.w)))),
    ...op.set(scalars[r]),
  ]);
  const body = [
    ...vectors.flatMap((sum) => [...op.zero2, ...op.set(sum)]),
    ...scalars.flatMap((sum) => [...[0x44, 0, 0, 0, 0, 0, 0, 0, 0], ...op.set(sum)]),
    ...forEachColumn(element, vector, [...pair(0), ...pair(2)], single),
    ...vectors.flatMap((sum, r) => [
      ...op.f64Store(
        op.get(out),
        op.f64Add(op.f64Add(op.lane(op.get(sum), 0), op.lane(op.get(sum), 1)), op.get(scalars[r])),
      ),
      ...step(out, 8),
    ]),
  ];
  return { name, parameters: 5, locals, body: forEachGroup(element, body) };
}

/** out += Σᵢ vectorᵢ·xᵢ. */
function addRowsFunction(name: string, element: RowElement): WasmFunction {
  const chain = (start: Code, term: (r: number) => Code, add: (a: Code, b: Code) => Code): Code =>
    pointers.reduce((sum, _, r) => add(sum, term(r)), start);
  const pair = (column: number): Code =>
    op.store2(
      op.get(at.w),
      8 * column,
      chain(
        op.load2(op.get(at.w), 8 * column),
        (r) => op.mul2(loadPair(element, pointers[r], column), op.get(vectors[r])),
        op.add2,
      ),
    );
  const single = op.f64Store(
    op.get(at.w),
    chain(
      op.f64Load(op.get(at.w)),
      (r) => op.f64Mul(loadOne(element, pointers[r]), op.lane(op.get(vectors[r]), 0)),
      op.f64Add,
    ),
  );
  const body = [
    ...vectors.flatMap((weight) => [...op.splat2(op.f64Load(op.get(vector))), ...op.set(weight), ...step(vector, 8)]),
    ...forEachColumn(element, out, [...pair(0), ...pair(2)], single),
  ];
  return { name, parameters: 5, locals, body: forEachGroup(element, body) };
}
