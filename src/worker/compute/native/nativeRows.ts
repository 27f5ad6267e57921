import { BugError } from '../../../core/base/errors';
import type { FeatureRows } from '../../../core/base/featureRows';
import { isStored, readRows } from '../../../core/base/featureRows';
import type { Matrix } from '../../../core/base/matrix';
import type { RowBlocks } from '../../../core/linalg/linearAlgebra';
import type { PassingRoom } from './passingRoom';
import type { FloatType, Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** `type` from numbers in double, rounded once. */
export function tensorOf(ops: TensorOps, data: Float64Array, shape: readonly number[], type: FloatType): Tensor {
  return type === 'float64' ? ops.float64(data, shape) : ops.float32(new Float32Array(data), shape);
}

/**
 * Rows of the blocks that X is cut into: 2²¹ numbers each (8 MiB in single precision), so that a call on one ends
 * within tens of milliseconds and sums over rows carried on in double are a small part of the work. Depends on the
 * number of columns only: it fixes the order of summation.
 */
function blockRowsFor(columns: number): number {
  return Math.max(256, Math.min(16_384, Math.floor(2 ** 21 / Math.max(1, columns))));
}

/**
 * Bytes that a backend keeps of its matrices from call to call. What is beyond is read again at every pass, with the
 * same result.
 */
export interface ResidentLimits {
  readonly float32: number;
  readonly float64: number;
}

export const defaultResidentLimits: ResidentLimits = { float32: 256 * 2 ** 20, float64: 512 * 2 ** 20 };

/** What is left of the limits, over all matrices that are loaded. */
export class ResidentMemory {
  readonly #left: Record<FloatType, number>;

  constructor(limits: ResidentLimits) {
    this.#left = { ...limits };
  }

  take(type: FloatType, bytes: number): boolean {
    if (bytes > this.#left[type]) return false;
    this.#left[type] -= bytes;
    return true;
  }

  giveBack(type: FloatType, bytes: number): void {
    this.#left[type] += bytes;
  }
}

/** What all matrices of a backend share. */
export interface RowMemory {
  readonly tensorflow: Tensorflow;
  readonly memory: ResidentMemory;
  readonly passing: PassingRoom;
}

/**
 * X as native TensorFlow sees it: blocks of a fixed grid, made when they are first asked for and kept while memory
 * lasts.
 */
class BlockStore {
  readonly height: number;
  #features: FeatureRows | undefined;
  readonly #held: TensorOps;
  readonly #shared: RowMemory;
  /** Of the last T that was asked for. */
  #squares: SquareStore | undefined;
  /** undefined: not asked for yet; null: there was no room for it. */
  readonly #blocks: Record<FloatType, (Tensor | null | undefined)[]> = { float32: [], float64: [] };
  readonly #taken: Record<FloatType, number> = { float32: 0, float64: 0 };

  constructor(features: FeatureRows, shared: RowMemory) {
    this.#features = features;
    this.#held = shared.tensorflow.hold();
    this.#shared = shared;
    this.height = blockRowsFor(features.columns);
  }

  squares(t: Matrix): BlockStore {
    if (this.#squares?.t !== t) {
      this.#squares?.dispose();
      this.#squares = new SquareStore(this, t, this.#shared);
    }
    return this.#squares;
  }

  get features(): FeatureRows {
    if (this.#features === undefined) throw new BugError('These row blocks have been disposed of.');
    return this.#features;
  }

  /** Block `index` where there is room to keep it. */
  resident(index: number, type: FloatType): Tensor | undefined {
    const blocks = this.#blocks[type];
    const known = blocks[index];
    if (known !== undefined) return known ?? undefined;
    const { rows, columns } = this.features;
    const from = index * this.height;
    const count = Math.min(this.height, rows - from);
    const bytes = count * columns * (type === 'float32' ? 4 : 8);
    if (!this.#shared.memory.take(type, bytes)) {
      blocks[index] = null;
      return undefined;
    }
    this.#taken[type] += bytes;
    const tensor = this.read(this.#held, from, count, type);
    blocks[index] = tensor;
    return tensor;
  }

  /** Rows [from, from + count) as a tensor of `ops`. */
  read(ops: TensorOps, from: number, count: number, type: FloatType): Tensor {
    const { features } = this;
    const shape = [count, features.columns] as const;
    const element = isStored(features) ? features.element : 'float64';
    if (!isStored(features) && type === 'float64') {
      return ops.float64(features.data.subarray(from * features.columns, (from + count) * features.columns), shape);
    }
    const isKept = ops === this.#held;
    // By all threads, and without a copy on the way to TensorFlow.
    const exact = isKept && type === 'float32' ? this.#blocks.float64[Math.floor(from / this.height)] : undefined;
    if (exact) return ops.cast(exact, 'float32');
    const passes = type === 'float64' && element === 'float32' ? element : type;
    const passing = this.#shared.passing.fill(ops, shape, passes, (room) => readRows(features, from, count, room));
    if (passes === type && !isKept) return passing;
    const own = passes === type ? ops.copy(passing) : ops.cast(passing, type);
    ops.free(passing);
    return own;
  }

  dispose(): void {
    this.#squares?.dispose();
    this.#squares = undefined;
    this.#held.freeAll();
    for (const type of ['float32', 'float64'] as const) {
      this.#shared.memory.giveBack(type, this.#taken[type]);
      this.#taken[type] = 0;
      this.#blocks[type].length = 0;
    }
    this.#features = undefined;
  }
}

/** (xᵢᵀt_k)² of all rows and the columns t_k of a square matrix, kept like the rows themselves. */
class SquareStore extends BlockStore {
  readonly #rows: BlockStore;
  readonly #directions: TensorOps;
  readonly #tensors: Partial<Record<FloatType, Tensor>> = {};

  constructor(
    rows: BlockStore,
    readonly t: Matrix,
    shared: RowMemory,
  ) {
    super(rows.features, shared);
    this.#rows = rows;
    this.#directions = shared.tensorflow.hold();
  }

  override read(ops: TensorOps, from: number, count: number, type: FloatType): Tensor {
    const { height } = this;
    const d = this.t.rows;
    const index = Math.floor(from / height);
    const whole = this.#rows.resident(index, type);
    let part = whole ?? this.#rows.read(ops, from, count, type);
    if (part.shape[0] !== count) part = ops.slice(part, from - index * height, 0, count, d);
    const product = ops.matMul(part, (this.#tensors[type] ??= tensorOf(this.#directions, this.t.data, [d, d], type)));
    const squares = ops.mul(product, product);
    ops.free(product);
    if (part !== whole) ops.free(part);
    return squares;
  }

  override dispose(): void {
    this.#directions.freeAll();
    delete this.#tensors.float32;
    delete this.#tensors.float64;
    super.dispose();
  }
}

/** Called for each block in order. `block` holds rows [from, from + count) of the view and is freed afterwards. */
type VisitBlock = (block: Tensor, from: number, count: number) => void;

/** A range of rows of a {@link BlockStore}, or all of them. */
export class NativeRows implements RowBlocks {
  readonly columns: number;
  readonly #store: BlockStore;
  readonly #whole: boolean;

  private constructor(
    store: BlockStore,
    readonly first: number,
    readonly rows: number,
    /** The same rows for small work. */
    readonly plain: RowBlocks,
    whole: boolean,
  ) {
    this.#store = store;
    this.#whole = whole;
    this.columns = plain.columns;
  }

  static load(features: FeatureRows, plain: RowBlocks, shared: RowMemory): NativeRows {
    return new NativeRows(new BlockStore(features, shared), 0, features.rows, plain, true);
  }

  /** What the rows are read from, where TensorFlow is not needed. */
  get features(): FeatureRows {
    return this.#store.features;
  }

  range(from: number, count: number): RowBlocks {
    return new NativeRows(this.#store, this.first + from, count, this.plain.range(from, count), false);
  }

  /**
   * (xᵢᵀt_k)² of these rows for the columns t_k of a d×d matrix: made block by block when asked for and kept while
   * memory lasts, until another T is asked for or the rows are disposed of.
   */
  squares(t: Matrix): SquaredRows {
    const { first, rows } = this;
    const store = this.#store.squares(t);
    return { forEachBlock: (ops, type, visit) => forEachBlock(store, first, rows, ops, type, visit) };
  }

  dispose(): void {
    if (!this.#whole) return;
    this.plain.dispose();
    this.#store.dispose();
  }

  /** Goes through the rows along the grid, at most `most` rows at a time. */
  forEachBlock(ops: TensorOps, type: FloatType, visit: VisitBlock, most?: number): void {
    forEachBlock(this.#store, this.first, this.rows, ops, type, visit, most);
  }
}

/** Numbers of rows that can be gone through like the rows themselves. */
interface SquaredRows {
  forEachBlock(ops: TensorOps, type: FloatType, visit: VisitBlock): void;
}

function forEachBlock(
  store: BlockStore,
  first: number,
  rows: number,
  ops: TensorOps,
  type: FloatType,
  visit: VisitBlock,
  most = Number.POSITIVE_INFINITY,
): void {
  if (rows === 0) return;
  const { columns } = store.features;
  const end = first + rows;
  for (let top = first; top < end;) {
    const index = Math.floor(top / store.height);
    const bottom = Math.min(end, (index + 1) * store.height);
    const resident = store.resident(index, type);
    const [block, blockTop] =
      resident === undefined ? [store.read(ops, top, bottom - top, type), top] : [resident, index * store.height];
    try {
      for (let from = top; from < bottom; from += most) {
        const count = Math.min(most, bottom - from);
        if (count === block.shape[0]) {
          visit(block, from - first, count);
        } else {
          const part = ops.slice(block, from - blockTop, 0, count, columns);
          visit(part, from - first, count);
          ops.free(part);
        }
      }
    } finally {
      if (resident === undefined) ops.free(block);
    }
    top = bottom;
  }
}

/** @throws BugError when another backend made the blocks. */
export function nativeRowsOf(x: RowBlocks): NativeRows {
  if (x instanceof NativeRows) return x;
  throw new BugError('These row blocks belong to another backend.');
}
