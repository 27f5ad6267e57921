import { BugError } from '../../core/base/errors';
import type { FeatureRows } from '../../core/base/featureRows';
import { isStored, readRows } from '../../core/base/featureRows';
import type { Matrix } from '../../core/base/matrix';
import type { RowBlocks } from '../../core/linalg/linearAlgebra';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** What native products are computed in. */
export type FloatType = 'float32' | 'float64';

/** `type` from numbers in double, rounded once. */
export function tensorOf(ops: TensorOps, data: Float64Array, shape: readonly number[], type: FloatType): Tensor {
  return type === 'float64' ? ops.float64(data, shape) : ops.float32(new Float32Array(data), shape);
}

/**
 * Rows of the blocks that X is cut into: 2²¹ numbers each (8 MiB in single precision), so that a call on one ends within tens of
 * milliseconds and sums over rows carried on in double are a small part of the work. Depends on the number of columns only: it fixes the
 * order of summation.
 */
function blockRowsFor(columns: number): number {
  return Math.max(256, Math.min(16_384, Math.floor(2 ** 21 / Math.max(1, columns))));
}

/** Bytes that a backend keeps of its matrices from call to call. What is beyond is read again at every pass, with the same result. */
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

/** X as native TensorFlow sees it: blocks of a fixed grid, made when they are first asked for and kept while memory lasts. */
class BlockStore {
  readonly height: number;
  #features: FeatureRows | undefined;
  readonly #held: TensorOps;
  readonly #tensorflow: Tensorflow;
  readonly #memory: ResidentMemory;
  /** Of the last T that was asked for. */
  #squares: SquareStore | undefined;
  /** undefined: not asked for yet; null: there was no room for it. */
  readonly #blocks: Record<FloatType, (Tensor | null | undefined)[]> = { float32: [], float64: [] };
  readonly #taken: Record<FloatType, number> = { float32: 0, float64: 0 };
  #buffer: Float32Array | undefined;
  /** The tensor that was made from the buffer and lives. */
  #borrower: number | undefined;

  constructor(features: FeatureRows, tensorflow: Tensorflow, memory: ResidentMemory) {
    this.#features = features;
    this.#held = tensorflow.hold();
    this.#tensorflow = tensorflow;
    this.#memory = memory;
    this.height = blockRowsFor(features.columns);
  }

  squares(t: Matrix): BlockStore {
    if (this.#squares?.t !== t) {
      this.#squares?.dispose();
      this.#squares = new SquareStore(this, t, this.#tensorflow, this.#memory);
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
    if (!this.#memory.take(type, bytes)) {
      blocks[index] = null;
      return undefined;
    }
    this.#taken[type] += bytes;
    const tensor = this.read(this.#held, from, count, type);
    blocks[index] = tensor;
    return tensor;
  }

  /** Frees what {@link read} made. */
  free(ops: TensorOps, block: Tensor): void {
    ops.free(block);
    if (block.id === this.#borrower) this.#borrower = undefined;
  }

  /**
   * Room to read a block into that is not kept: the same for one after the other, as fresh memory costs twice what reading does. TensorFlow may
   * look at it as long as the tensor lives: undefined while one does.
   */
  #borrow(numbers: number): Float32Array | undefined {
    if (this.#borrower !== undefined) return undefined;
    if (this.#buffer === undefined || this.#buffer.length < numbers) this.#buffer = new Float32Array(numbers);
    return this.#buffer.subarray(0, numbers);
  }

  /** Rows [from, from + count) as a tensor of `ops`, to be freed by {@link free}. */
  read(ops: TensorOps, from: number, count: number, type: FloatType): Tensor {
    const { features } = this;
    const d = features.columns;
    const shape = [count, d];
    if (type === 'float32') {
      const isKept = ops === this.#held;
      // By all threads, and without a copy on the way to TensorFlow.
      const exact = isKept ? this.#blocks.float64[Math.floor(from / this.height)] : undefined;
      if (exact) return ops.cast(exact, 'float32');
      const rounded = (isKept ? undefined : this.#borrow(count * d)) ?? new Float32Array(count * d);
      readRows(features, from, count, rounded);
      const tensor = ops.float32(rounded, shape);
      if (rounded.buffer === this.#buffer?.buffer) this.#borrower = tensor.id;
      return tensor;
    }
    if (!isStored(features)) return ops.float64(features.data.subarray(from * d, (from + count) * d), shape);
    if (features.element === 'float32') {
      const stored = this.read(ops, from, count, 'float32');
      const exact = ops.cast(stored, 'float64');
      this.free(ops, stored);
      return exact;
    }
    const data = new Float64Array(count * d);
    features.read(from, count, data);
    return ops.float64(data, shape);
  }

  dispose(): void {
    this.#squares?.dispose();
    this.#squares = undefined;
    this.#held.freeAll();
    for (const type of ['float32', 'float64'] as const) {
      this.#memory.giveBack(type, this.#taken[type]);
      this.#taken[type] = 0;
      this.#blocks[type].length = 0;
    }
    this.#buffer = undefined;
    this.#borrower = undefined;
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
    tensorflow: Tensorflow,
    memory: ResidentMemory,
  ) {
    super(rows.features, tensorflow, memory);
    this.#rows = rows;
    this.#directions = tensorflow.hold();
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
    if (part !== whole) this.#rows.free(ops, part);
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
export type VisitBlock = (block: Tensor, from: number, count: number) => void;

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

  static load(features: FeatureRows, plain: RowBlocks, tensorflow: Tensorflow, memory: ResidentMemory): NativeRows {
    return new NativeRows(new BlockStore(features, tensorflow, memory), 0, features.rows, plain, true);
  }

  /** What the rows are read from, where TensorFlow is not needed. */
  get features(): FeatureRows {
    return this.#store.features;
  }

  range(from: number, count: number): RowBlocks {
    return new NativeRows(this.#store, this.first + from, count, this.plain.range(from, count), false);
  }

  /**
   * (xᵢᵀt_k)² of these rows for the columns t_k of a d×d matrix: made block by block when asked for and kept while memory lasts, until another T is
   * asked for or the rows are disposed of.
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
export interface SquaredRows {
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
      if (resident === undefined) store.free(ops, block);
    }
    top = bottom;
  }
}

/** @throws BugError when another backend made the blocks. */
export function nativeRowsOf(x: RowBlocks): NativeRows {
  if (x instanceof NativeRows) return x;
  throw new BugError('These row blocks belong to another backend.');
}
