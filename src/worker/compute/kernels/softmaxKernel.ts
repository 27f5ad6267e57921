import type { Code, Variable, WasmFunction } from './wasmAssembler';
import { assembleModule, constant, f32x4, FunctionWriter, i32, i32x4, v128, whileLoop } from './wasmAssembler';

/** Rows that stand side by side in a vector. */
const group = 4;
/** Numbers of the widest matrix of a tile: what a pass over it finds in the processor's cache. */
const tileNumbers = 2 ** 15;
const pageBytes = 2 ** 16;

/**
 * What softmax makes of changed logits, in single precision, by one thread: about 2 ns an entry. Differences of
 * probabilities are never formed by subtracting them: with p the probabilities and Δ the changes, u = Δ − ΣpΔ and S = Σ
 * p·expm1(u) ≥ 0, what p changes by is p·(expm1(u) − S)/(1 + S), and the loss of label y by log1p(S) − u_y.
 */
export interface SoftmaxKernel {
  /** Rows of a tile; the last one of a pass may have fewer. */
  readonly height: number;
  /** Logits of the tile's rows, m·C each, row-major: read and overwritten. */
  readonly z: Float32Array;
  /** Probabilities, C a row. */
  readonly p: Float32Array;
  readonly weights: Float32Array;
  readonly labels: Int32Array;
  /** S and u_y of each row, by `change`. */
  readonly sums: Float32Array;
  readonly moved: Float32Array;
  /**
   * z ← w(p₁ − p) with z the changes of C logits a row and p₁ the probabilities they lead to. Changes beyond some 80
   * count as that.
   */
  change(count: number): void;
  /** z ← w(diag(p) − ppᵀ)z for each run of C numbers. */
  curve(count: number): void;
}

interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly change: (...all: number[]) => void;
  readonly curve: (...all: number[]) => void;
}

/** Kernels made in this thread and not in use. */
const idle: Instance[] = [];

/** Calls `work` with a kernel for rows of m runs of C numbers, which is its own until it returns. */
export function withSoftmaxKernel<T>(classes: number, runs: number, work: (kernel: SoftmaxKernel) => T): T {
  const instance = idle.pop() ?? instantiate();
  try {
    return work(kernelOf(instance, classes, runs));
  } finally {
    idle.push(instance);
  }
}

function kernelOf({ memory, change, curve }: Instance, classes: number, runs: number): SoftmaxKernel {
  const width = classes * runs;
  const height = Math.max(group, Math.floor(tileNumbers / width / group) * group);
  const scratch = 0;
  const zAt = 2 * 4 * group * classes;
  const pAt = zAt + 4 * height * width;
  const weightsAt = pAt + 4 * height * classes;
  const [labelsAt, sumsAt, movedAt, end] = [1, 2, 3, 4].map((part) => weightsAt + part * 4 * height);
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  const { buffer } = memory;
  const z = new Float32Array(buffer, zAt, height * width);
  const p = new Float32Array(buffer, pAt, height * classes);
  const weights = new Float32Array(buffer, weightsAt, height);
  const labels = new Int32Array(buffer, labelsAt, height);
  const sums = new Float32Array(buffer, sumsAt, height);
  const moved = new Float32Array(buffer, movedAt, height);
  /** Rows up to the next whole group; those beyond `count` become zero. */
  const fillGroup = (count: number): number => {
    const whole = Math.ceil(count / group) * group;
    z.fill(0, count * width, whole * width);
    p.fill(0, count * classes, whole * classes);
    weights.fill(0, count, whole);
    labels.fill(0, count, whole);
    return whole;
  };
  return {
    height,
    z,
    p,
    weights,
    labels,
    sums,
    moved,
    change(count) {
      change(zAt, pAt, weightsAt, labelsAt, sumsAt, movedAt, scratch, fillGroup(count), 4 * classes);
    },
    curve(count) {
      curve(zAt, pAt, weightsAt, scratch, fillGroup(count), 4 * classes, runs);
    },
  };
}

function instantiate(): Instance {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(compiled(), { host: { memory } });
  const kernel = (name: string): Instance['change'] => exports[name] as Instance['change']; // As assembled below.
  return { memory, change: kernel('change'), curve: kernel('curve') };
}

let program: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  program ??= new WebAssembly.Module(assembleModule([changeFunction(), curveFunction()], 1));
  return program;
}

/** A number of each of four rows, from four pointers. */
function gather(pointers: readonly Variable[]): Code {
  return pointers
    .slice(1)
    .reduce<Code>((lanes, pointer, r) => v128.loadLane(pointer.get, lanes, r + 1), v128.loadSingle(pointers[0].get));
}

function scatter(pointers: readonly Variable[], lanes: Variable): Code {
  return pointers.flatMap((pointer, r) => v128.storeLane(pointer.get, lanes.get, r));
}

/** Sets four pointers to rows `stride` bytes apart. */
function pointTo(pointers: readonly Variable[], first: Code, stride: Code): Code {
  return [
    ...pointers[0].set(first),
    ...pointers.slice(1).flatMap((pointer, r) => pointer.set(i32.add(pointers[r].get, stride))),
  ];
}

const step = (pointers: readonly Variable[], by: number): Code => pointers.flatMap((pointer) => pointer.step(by));

/** Vectors of a class in the scratch room: what is made of its logits, and its probabilities. */
const entryBytes = 2 * 4 * group;
const probabilityAt = 4 * group;

/** Changes of logits are taken to be in this range: beyond, exponentials leave that of single precision. */
const [leastChange, largestChange] = [-87, 80];
/** Adding it leaves the nearest integer in the lowest bits of a number in single precision. */
const rounder = 1.5 * 2 ** 23;
const oneBits = 0x3f800000;
/** ln 2 in two parts: multiples of the first are exact. */
const [log2High, log2Low] = [0.693359375, -2.1219444e-4];
/** Of expm1(r) = r + r²·(1/2 + r·(1/6 + …)) on |r| ≤ ½·ln 2: relative error below 1e-8. */
const series = [2, 6, 24, 120, 720, 5040].map((factorial) => 1 / factorial);

/** expm1 of the four numbers in `u`, which is left as it is. Cody & Waite's reduction, then the series. */
function exponentialLess1(u: Variable, [t, r, q, scale]: readonly Variable[], out: Variable): Code {
  const magic = f32x4.constant(rounder);
  const polynomial = series
    .slice(0, -1)
    .reduceRight<Code>(
      (sum, coefficient) => f32x4.add(f32x4.constant(coefficient), f32x4.mul(r.get, sum)),
      f32x4.constant(series[series.length - 1]),
    );
  return [
    // t = rounder + k with k = round(u/ln 2)
    ...t.set(f32x4.add(f32x4.mul(u.get, f32x4.constant(Math.LOG2E)), magic)),
    ...scale.set(i32x4.add(i32x4.shl(t.get, 23), i32x4.splat(constant(oneBits)))),
    ...t.set(f32x4.sub(t.get, magic)),
    ...r.set(f32x4.sub(u.get, f32x4.mul(t.get, f32x4.constant(log2High)))),
    ...r.set(f32x4.sub(r.get, f32x4.mul(t.get, f32x4.constant(log2Low)))),
    ...q.set(f32x4.add(r.get, f32x4.mul(f32x4.mul(r.get, r.get), polynomial))),
    // 2ᵏ(1 + q) − 1
    ...out.set(f32x4.add(f32x4.sub(scale.get, f32x4.constant(1)), f32x4.mul(scale.get, q.get))),
  ];
}

/** `body` for the scratch room of each class, at `entry`. */
function forEachClassOf(scratch: Variable, entry: Variable, last: Variable): (body: Code) => Code {
  return (body) => [...entry.set(scratch.get), ...whileLoop(i32.lt(entry.get, last.get), body, entry.step(entryBytes))];
}

/** scale·p·(number − mean) of a class, from its scratch room to where the pointers are, and these to the next class. */
function writeCentred(
  entry: Variable,
  pointers: readonly Variable[],
  { scale, mean, result }: Readonly<Record<'scale' | 'mean' | 'result', Variable>>,
): Code {
  const centred = f32x4.sub(v128.load(entry.get), mean.get);
  return [
    result.set(f32x4.mul(f32x4.mul(v128.load(entry.get, probabilityAt), scale.get), centred)),
    scatter(pointers, result),
    step(pointers, 4),
  ].flat();
}

/** change(z, p, weights, labels, sums, moved, scratch, rows, bytes of C numbers). */
function changeFunction(): WasmFunction {
  const writer = new FunctionWriter(new Array<'i32'>(9).fill('i32'));
  const [z, p, weights, labels, sums, moved, scratch, rows, bytes] = writer.parameters;
  const [row, entry, last, end] = writer.locals(4);
  const zs = writer.locals(group);
  const ps = writer.locals(group);
  const [d, share, mean, u, sum, own, label, column, scale, result] = writer.locals(10, 'v128');
  const work = writer.locals(4, 'v128');
  const forEachClass = forEachClassOf(scratch, entry, last);
  const body = [
    last.set(i32.add(scratch.get, i32.mul(bytes.get, constant(entryBytes / 4)))),
    end.set(rows.get),
    whileLoop(
      i32.lt(row.get, end.get),
      pointTo(zs, z.get, bytes.get),
      pointTo(ps, p.get, bytes.get),
      mean.set(v128.zero),
      forEachClass(
        [
          d.set(gather(zs)),
          share.set(gather(ps)),
          v128.store(entry.get, d.get),
          v128.store(entry.get, share.get, probabilityAt),
          mean.set(f32x4.add(mean.get, f32x4.mul(d.get, share.get))),
          step(zs, 4),
          step(ps, 4),
        ].flat(),
      ),
      label.set(v128.load(labels.get)),
      column.set(v128.zero),
      sum.set(v128.zero),
      own.set(v128.zero),
      forEachClass(
        [
          u.set(f32x4.sub(v128.load(entry.get), mean.get)),
          own.set(v128.select(u.get, own.get, i32x4.eq(label.get, column.get))),
          column.set(i32x4.add(column.get, i32x4.splat(constant(1)))),
          u.set(f32x4.greatest(f32x4.least(u.get, f32x4.constant(largestChange)), f32x4.constant(leastChange))),
          exponentialLess1(u, work, result),
          v128.store(entry.get, result.get),
          sum.set(f32x4.add(sum.get, f32x4.mul(v128.load(entry.get, probabilityAt), result.get))),
        ].flat(),
      ),
      v128.store(sums.get, sum.get),
      v128.store(moved.get, own.get),
      scale.set(f32x4.divide(v128.load(weights.get), f32x4.add(sum.get, f32x4.constant(1)))),
      pointTo(zs, z.get, bytes.get),
      forEachClass(writeCentred(entry, zs, { scale, mean: sum, result })),
      z.set(i32.add(z.get, i32.shl(bytes.get, constant(2)))),
      p.set(i32.add(p.get, i32.shl(bytes.get, constant(2)))),
      step([weights, labels, sums, moved], 4 * group),
      row.step(group),
    ),
  ].flat();
  return { name: 'change', writer, body };
}

/** curve(z, p, weights, scratch, rows, bytes of C numbers, runs). */
function curveFunction(): WasmFunction {
  const writer = new FunctionWriter(new Array<'i32'>(7).fill('i32'));
  const [z, p, weights, scratch, rows, bytes, runs] = writer.parameters;
  const [row, run, entry, last, rowBytes, first] = writer.locals(6);
  const zs = writer.locals(group);
  const ps = writer.locals(group);
  const [d, share, mean, weight] = writer.locals(4, 'v128');
  const forEachClass = forEachClassOf(scratch, entry, last);
  const addMean = mean.set(f32x4.add(mean.get, f32x4.mul(d.get, v128.load(entry.get, probabilityAt))));
  const centre = [
    share.set(mean.get),
    mean.set(v128.zero),
    forEachClass([d.set(f32x4.sub(v128.load(entry.get), share.get)), v128.store(entry.get, d.get), addMean].flat()),
  ].flat();
  const body = [
    last.set(i32.add(scratch.get, i32.mul(bytes.get, constant(entryBytes / 4)))),
    rowBytes.set(i32.mul(bytes.get, runs.get)),
    whileLoop(
      i32.lt(row.get, rows.get),
      pointTo(ps, p.get, bytes.get),
      forEachClass([share.set(gather(ps)), v128.store(entry.get, share.get, probabilityAt), step(ps, 4)].flat()),
      weight.set(v128.load(weights.get)),
      first.set(z.get),
      run.set(constant(0)),
      whileLoop(
        i32.lt(run.get, runs.get),
        pointTo(zs, first.get, rowBytes.get),
        mean.set(v128.zero),
        forEachClass([d.set(gather(zs)), v128.store(entry.get, d.get), addMean, step(zs, 4)].flat()),
        // What the rounding of a mean leaves is taken off again: twice, and rows near certainty are as exact as others.
        centre,
        centre,
        pointTo(zs, first.get, rowBytes.get),
        forEachClass(writeCentred(entry, zs, { scale: weight, mean, result: d })),
        first.set(i32.add(first.get, bytes.get)),
        run.step(1),
      ),
      z.set(i32.add(z.get, i32.shl(rowBytes.get, constant(2)))),
      p.set(i32.add(p.get, i32.shl(bytes.get, constant(2)))),
      weights.step(4 * group),
      row.step(group),
    ),
  ].flat();
  return { name: 'curve', writer, body };
}
