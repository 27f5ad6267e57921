import { BugError } from '../../core/base/errors';
import type { FeatureRows } from '../../core/base/featureRows';
import { isStored, readRows } from '../../core/base/featureRows';
import type { RowBlocks } from '../../core/linalg/linearAlgebra';
import type { Tensor, Tensorflow, TensorOps } from './tensorflowBinding';

/** What native products are computed in. */
export type FloatType = 'float32' | 'float64';

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
  readonly #memory: ResidentMemory;
  /** undefined: not asked for yet; null: there was no room for it. */
  readonly #blocks: Record<FloatType, (Tensor | null | undefined)[]> = { float32: [], float64: [] };
  readonly #taken: Record<FloatType, number> = { float32: 0, float64: 0 };

  constructor(features: FeatureRows, tensorflow: Tensorflow, memory: ResidentMemory) {
    this.#features = features;
    this.#held = tensorflow.hold();
    this.#memory = memory;
    this.height = blockRowsFor(features.columns);
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

  /** Rows [from, from + count) as a tensor of `ops`. */
  read(ops: TensorOps, from: number, count: number, type: FloatType): Tensor {
    const { features } = this;
    const d = features.columns;
    const shape = [count, d];
    if (type === 'float32') {
      const rounded = new Float32Array(count * d);
      readRows(features, from, count, rounded);
      return ops.float32(rounded, shape);
    }
    if (!isStored(features)) return ops.float64(features.data.subarray(from * d, (from + count) * d), shape);
    if (features.element === 'float32') {
      const stored = this.read(ops, from, count, 'float32');
      const exact = ops.cast(stored, 'float64');
      ops.free(stored);
      return exact;
    }
    const data = new Float64Array(count * d);
    features.read(from, count, data);
    return ops.float64(data, shape);
  }

  dispose(): void {
    this.#held.freeAll();
    for (const type of ['float32', 'float64'] as const) {
      this.#memory.giveBack(type, this.#taken[type]);
      this.#taken[type] = 0;
      this.#blocks[type].length = 0;
    }
    this.#features = undefined;
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

  dispose(): void {
    if (!this.#whole) return;
    this.plain.dispose();
    this.#store.dispose();
  }

  /** Goes through the rows along the grid, at most `most` rows at a time. */
  forEachBlock(ops: TensorOps, type: FloatType, visit: VisitBlock, most = Number.POSITIVE_INFINITY): void {
    const store = this.#store;
    const end = this.first + this.rows;
    if (this.rows === 0) return;
    for (let top = this.first; top < end;) {
      const index = Math.floor(top / store.height);
      const bottom = Math.min(end, (index + 1) * store.height);
      const resident = store.resident(index, type);
      const [block, blockTop] =
        resident === undefined ? [store.read(ops, top, bottom - top, type), top] : [resident, index * store.height];
      for (let from = top; from < bottom; from += most) {
        const count = Math.min(most, bottom - from);
        if (count === block.shape[0]) {
          visit(block, from - this.first, count);
        } else {
          const part = ops.slice(block, from - blockTop, 0, count, this.columns);
          visit(part, from - this.first, count);
          ops.free(part);
        }
      }
      if (resident === undefined) ops.free(block);
      top = bottom;
    }
  }
}

/** @throws BugError when another backend made the blocks. */
export function nativeRowsOf(x: RowBlocks): NativeRows {
  if (x instanceof NativeRows) return x;
  throw new BugError('These row blocks belong to another backend.');
}
