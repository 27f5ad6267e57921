import { existsSync } from 'node:fs';
import * as os from 'node:os';
import { dirname, join } from 'node:path';
import { BugError } from '../../../core/base/errors';
import { moduleRequire } from '../../moduleRequire';

/** TensorFlow's numbers for element types (tensorflow/core/framework/types.proto); tfjs itself knows no float64. */
const typeNumbers = { float32: 1, float64: 2, int32: 3, uint8: 4, string: 7 } as const;
type ElementType = keyof typeof typeNumbers;
/** What products are computed in. */
export type FloatType = Extract<ElementType, `float${string}`>;
type TensorData = Float32Array | Int32Array | Uint8Array | readonly Uint8Array[];

/** A tensor that TensorFlow owns, alive until its scope ends or it is freed. Row-major. */
export interface Tensor {
  readonly id: number;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string;
}

/** What the addon of @tensorflow/tfjs-node exports (its binding/tfjs_binding.cc), as far as it is used here. */
interface Addon {
  readonly TF_Version: string;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_STRING: number;
  createTensor(shape: readonly number[], type: number, data: TensorData): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): readonly { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }[];
  getNumOfTensors(): number;
}

/** Native TensorFlow: where tensors are made and counted. */
export interface Tensorflow {
  readonly version: string;
  /** Threads that one operation may use. */
  readonly threads: number;
  /** Tensors alive: what a test of leaks compares. */
  tensorCount(): number;
  /** Runs `work`; every tensor made in it is freed afterwards, also when it throws. */
  scope<T>(work: (ops: TensorOps) => T): T;
  /** Operations whose tensors live until they are freed or `freeAll()` is called: for what outlives a scope. */
  hold(): TensorOps;
}

function findAddon(): string {
  const folder = dirname(moduleRequire().resolve('@tensorflow/tfjs-node/package.json'));
  const newest = Math.min(8, Number(process.versions.napi));
  for (let version = newest; version > 0; version--) {
    const path = join(folder, 'lib', `napi-v${version}`, 'tfjs_binding.node');
    if (existsSync(path)) return path;
  }
  throw new Error('the addon of @tensorflow/tfjs-node has not been built here; "npm run setup" builds or downloads it');
}

/**
 * Settings of TensorFlow that are not the user's. The library reads them from the process, and a worker thread has only
 * a copy of its environment: call it in the thread that starts the worker.
 *
 * Its remarks about instruction sets stay out of the terminal. Tensors come from an allocator of TensorFlow's own, not
 * from malloc. Chromium's, in Electron, gives every large tensor back to the system when it is freed, and each new one
 * is fetched page by page: an audit of 200,000 rows in the window takes 84 s in place of 108. glibc's (before 2.38) may
 * not find the memory of an aligned block again: an audit of 1,000,000 rows on disk had at its peak now 2,400 MiB, now
 * 3,600.
 *
 * oneDNN's kernels stay off. TensorFlow turns them on by itself on Windows and on processors with AVX512-VNNI, and then
 * says so on the terminal at every log level. With AVX2 they are up to a third faster for products with few rows or
 * columns, but 5–30 % slower in the large ones of effects-5000x1024.
 */
export function configureTensorflow(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_CPU_ALLOCATOR_USE_BFC'] ??= '1';
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
}

/**
 * Loads native TensorFlow: the addon alone, not the JavaScript of tfjs-node, which adds 0.3 s and needs functions that
 * Node 23 removed. The first call takes 0.2–0.7 s; the library stays loaded (about 320 MB resident).
 * @throws Error when the addon or libtensorflow cannot be loaded.
 */
export function loadTensorflow(): Tensorflow {
  configureTensorflow();
  const addon = moduleRequire()(findAddon()) as Addon; // The addon has no types of its own.
  const threads = usableThreads();
  const tensorflow: Tensorflow = {
    version: addon.TF_Version,
    threads,
    tensorCount: () => addon.getNumOfTensors(),
    scope(work) {
      const ops = new TensorOps(addon);
      try {
        return work(ops);
      } finally {
        ops.freeAll();
      }
    },
    hold: () => new TensorOps(addon),
  };
  // A process that loaded the library and ends before its first operation ends with a segmentation fault.
  tensorflow.scope((ops) =>
    ops.readFloat64(ops.matMul(ops.float64(Float64Array.of(1), [1, 1]), ops.float64(Float64Array.of(1), [1, 1]))),
  );
  return tensorflow;
}

/** Threads that one computation may use: as many as the environment allows TensorFlow, or there are processors. */
export function usableThreads(): number {
  return Number(process.env['TF_NUM_INTRAOP_THREADS']) || processors();
}

/** Processors this process may use; before Node 18 only how many there are is known. */
function processors(): number {
  const { availableParallelism }: { readonly availableParallelism?: () => number } = os;
  return availableParallelism?.() ?? os.cpus().length;
}

/** TensorFlow's operations on typed tensors. Wrong shapes and types are TensorFlow's to refuse: it throws an Error. */
export class TensorOps {
  readonly #addon: Addon;
  readonly #alive = new Set<number>();

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  free(...tensors: readonly Tensor[]): void {
    for (const { id } of tensors) if (this.#alive.delete(id)) this.#addon.deleteTensor(id);
  }

  /** Whether a tensor made here has not been freed. */
  holds({ id }: Tensor): boolean {
    return this.#alive.has(id);
  }

  freeAll(): void {
    for (const id of this.#alive) this.#addon.deleteTensor(id);
    this.#alive.clear();
  }

  /**
   * Float64 without loss: the pairs of 32-bit words of the array, then Bitcast. TensorFlow may read `data` in place:
   * leave it unchanged while the tensor lives.
   */
  float64(data: Float64Array, shape: readonly number[]): Tensor {
    const words = this.#create('int32', [...shape, 2], new Int32Array(data.buffer, data.byteOffset, 2 * data.length));
    const tensor = this.#run('Bitcast', [this.#type('T', 'int32'), this.#type('type', 'float64')], [words], 'float64');
    this.free(words);
    return tensor;
  }

  /** See {@link float64} for when `data` may change. */
  float32(data: Float32Array, shape: readonly number[]): Tensor {
    return this.#create('float32', shape, data);
  }

  int32(data: Int32Array, shape: readonly number[]): Tensor {
    return this.#create('int32', shape, data);
  }

  /** A copy of a float64 tensor. */
  readFloat64(tensor: Tensor): Float64Array {
    if (tensor.type !== 'float64') throw new BugError(`Read a ${tensor.type} tensor as float64.`);
    const words = this.#run('Bitcast', [this.#type('T', 'float64'), this.#type('type', 'int32')], [tensor], 'int32');
    const data = this.#addon.tensorDataSync(words.id);
    this.free(words);
    return new Float64Array(data.buffer, data.byteOffset, data.length / 2);
  }

  readInt32(tensor: Tensor): Int32Array {
    const data = this.#addon.tensorDataSync(tensor.id);
    if (!(data instanceof Int32Array)) throw new BugError(`Read a ${tensor.type} tensor as int32.`);
    return data;
  }

  readFloat32(tensor: Tensor): Float32Array {
    const data = this.#addon.tensorDataSync(tensor.id);
    if (!(data instanceof Float32Array)) throw new BugError(`Read a ${tensor.type} tensor as float32.`);
    return data;
  }

  /**
   * A picture as bytes, height×width×3 or, of PNG and WebP, ×4 with opacity. The first frame of an animation.
   * @throws Error when TensorFlow cannot decode the file.
   */
  decodeImage(file: Uint8Array, channels: 3 | 4): Tensor {
    const attributes = [
      this.#integer('channels', channels),
      this.#type('dtype', 'uint8'),
      this.#flag('expand_animations', false),
    ];
    return this.#run('DecodeImage', attributes, [this.#create('string', [], [file])], 'uint8');
  }

  /** A JPEG picture as bytes, height×width×3, `ratio` times smaller in both directions, rounded up. @throws Error */
  decodeJpeg(file: Uint8Array, ratio: 1 | 2 | 4 | 8): Tensor {
    const attributes = [
      this.#integer('channels', 3),
      this.#integer('ratio', ratio),
      // What other programs use; TensorFlow's own choice is a little faster and several levels off.
      { name: 'dct_method', type: this.#addon.TF_ATTR_STRING, value: 'INTEGER_ACCURATE' },
    ];
    return this.#run('DecodeJpeg', attributes, [this.#create('string', [], [file])], 'uint8');
  }

  /** A copy of a tensor of bytes, which the addon reads four at a time. */
  readBytes(tensor: Tensor): Uint8Array {
    const length = tensor.shape.reduce((product, size) => product * size, 1);
    const missing = -length & 3;
    const flat = this.reshape(tensor, [length]);
    const whole =
      missing === 0 ? flat : this.#concat([flat, this.#create('uint8', [missing], new Uint8Array(missing))], 0);
    const words = this.reshape(whole, [(length + missing) / 4, 4]);
    const read = this.#run('Bitcast', [this.#type('T', 'uint8'), this.#type('type', 'int32')], [words], 'int32');
    const { buffer, byteOffset } = this.readInt32(read);
    this.free(flat, whole, words, read);
    return new Uint8Array(buffer, byteOffset, length);
  }

  /** A·B of matrices, either read transposed. */
  matMul(a: Tensor, b: Tensor, transpose: { readonly a?: boolean; readonly b?: boolean } = {}): Tensor {
    const flags = [this.#flag('transpose_a', transpose.a === true), this.#flag('transpose_b', transpose.b === true)];
    return this.#run('MatMul', [this.#type('T', a.type), ...flags], [a, b], a.type);
  }

  /** The same numbers as another type; to float32 they are rounded to nearest. */
  cast(tensor: Tensor, type: ElementType): Tensor {
    const attributes = [this.#type('SrcT', tensor.type), this.#type('DstT', type), this.#flag('Truncate', false)];
    return this.#run('Cast', attributes, [tensor], type);
  }

  /** The same numbers in memory of their own. */
  copy(tensor: Tensor): Tensor {
    return this.#run('DeepCopy', [this.#type('T', tensor.type)], [tensor], tensor.type);
  }

  /** height×width of a matrix from row `top` and column `left` on. Copies, except for aligned runs of whole rows. */
  slice(matrix: Tensor, top: number, left: number, height: number, width: number): Tensor {
    const begin = this.int32(Int32Array.of(top, left), [2]);
    const size = this.int32(Int32Array.of(height, width), [2]);
    const attributes = [this.#type('T', matrix.type), this.#type('Index', 'int32')];
    const part = this.#run('Slice', attributes, [matrix, begin, size], matrix.type);
    this.free(begin, size);
    return part;
  }

  /** Elementwise, with broadcasting. */
  mul(a: Tensor, b: Tensor): Tensor {
    return this.#run('Mul', [this.#type('T', a.type)], [a, b], a.type);
  }

  add(a: Tensor, b: Tensor): Tensor {
    return this.#run('AddV2', [this.#type('T', a.type)], [a, b], a.type);
  }

  sub(a: Tensor, b: Tensor): Tensor {
    return this.#run('Sub', [this.#type('T', a.type)], [a, b], a.type);
  }

  sum(tensor: Tensor, axis: number): Tensor {
    return this.#reduce('Sum', tensor, axis);
  }

  max(tensor: Tensor, axis: number): Tensor {
    return this.#reduce('Max', tensor, axis);
  }

  /** The same elements in another shape; copies nothing. */
  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    const target = this.int32(Int32Array.from(shape), [shape.length]);
    const attributes = [this.#type('T', tensor.type), this.#type('Tshape', 'int32')];
    const reshaped = this.#run('Reshape', attributes, [tensor, target], tensor.type);
    this.free(target);
    return reshaped;
  }

  concatColumns(tensors: readonly Tensor[]): Tensor {
    if (tensors.length === 1) return this.reshape(tensors[0], tensors[0].shape);
    return this.#concat(tensors, 1);
  }

  /** The k largest of each row, descending, ties by column; values and columns. */
  topK(matrix: Tensor, k: number): { readonly values: Tensor; readonly columns: Tensor } {
    const count = this.int32(Int32Array.of(k), []);
    const attributes = [this.#flag('sorted', true), this.#type('T', matrix.type)];
    const [values, columns] = this.#runMany('TopKV2', attributes, [matrix, count], [matrix.type, 'int32']);
    this.free(count);
    return { values, columns };
  }

  /** Slices of a rank-3 tensor [q, G, g]: those that row i of `indices` (q×t, int32) names of slice i, [q, t, g]. */
  gatherSlices(tensor: Tensor, indices: Tensor): Tensor {
    const axis = this.int32(Int32Array.of(1), []);
    const attributes = [
      this.#type('Tparams', tensor.type),
      this.#type('Tindices', 'int32'),
      this.#type('Taxis', 'int32'),
      this.#integer('batch_dims', 1),
    ];
    const gathered = this.#run('GatherV2', attributes, [tensor, indices, axis], tensor.type);
    this.free(axis);
    return gathered;
  }

  /** Column of the largest element of each row of a matrix, the first of equals; int32. */
  argMax(matrix: Tensor): Tensor {
    const axis = this.int32(Int32Array.of(1), []);
    const attributes = [this.#type('T', matrix.type), this.#type('Tidx', 'int32'), this.#type('output_type', 'int32')];
    const columns = this.#run('ArgMax', attributes, [matrix, axis], 'int32');
    this.free(axis);
    return columns;
  }

  /** The transpose of a matrix. */
  transpose(matrix: Tensor): Tensor {
    const order = this.int32(Int32Array.of(1, 0), [2]);
    const attributes = [this.#type('T', matrix.type), this.#type('Tperm', 'int32')];
    const turned = this.#run('Transpose', attributes, [matrix, order], matrix.type);
    this.free(order);
    return turned;
  }

  /** Lower-triangular factor; depending on TensorFlow's version a failure is an Error or a matrix of NaN. */
  cholesky(matrix: Tensor): Tensor {
    return this.#run('Cholesky', [this.#type('T', matrix.type)], [matrix], matrix.type);
  }

  /**
   * Eigenvalues (ascending) and eigenvectors (as columns) of a symmetric matrix, of which the lower triangle is read.
   */
  selfAdjointEigen(matrix: Tensor): { readonly values: Tensor; readonly vectors: Tensor } {
    const attributes = [this.#flag('compute_v', true), this.#type('T', matrix.type)];
    const [values, vectors] = this.#runMany('SelfAdjointEigV2', attributes, [matrix], [matrix.type, matrix.type]);
    return { values, vectors };
  }

  /** L⁻¹·B, or L⁻ᵀ·B with `adjoint`. */
  triangularSolve(lower: Tensor, b: Tensor, adjoint = false): Tensor {
    const attributes = [this.#type('T', lower.type), this.#flag('lower', true), this.#flag('adjoint', adjoint)];
    return this.#run('MatrixTriangularSolve', attributes, [lower, b], lower.type);
  }

  #reduce(name: 'Sum' | 'Max', tensor: Tensor, axis: number): Tensor {
    const axes = this.int32(Int32Array.of(axis), [1]);
    const attributes = [this.#type('T', tensor.type), this.#type('Tidx', 'int32'), this.#flag('keep_dims', false)];
    const reduced = this.#run(name, attributes, [tensor, axes], tensor.type);
    this.free(axes);
    return reduced;
  }

  #concat(tensors: readonly Tensor[], along: number): Tensor {
    const axis = this.int32(Int32Array.of(along), []);
    const attributes = [
      this.#integer('N', tensors.length),
      this.#type('T', tensors[0].type),
      this.#type('Tidx', 'int32'),
    ];
    const joined = this.#run('ConcatV2', attributes, [...tensors, axis], tensors[0].type);
    this.free(axis);
    return joined;
  }

  #integer(name: string, value: number): OpAttribute {
    return { name, type: this.#addon.TF_ATTR_INT, value };
  }

  #type(name: string, type: ElementType): OpAttribute {
    return { name, type: this.#addon.TF_ATTR_TYPE, value: typeNumbers[type] };
  }

  #flag(name: string, value: boolean): OpAttribute {
    return { name, type: this.#addon.TF_ATTR_BOOL, value };
  }

  #create(type: ElementType, shape: readonly number[], data: TensorData): Tensor {
    const id = this.#addon.createTensor(shape, typeNumbers[type], data);
    this.#alive.add(id);
    return { id, type, shape };
  }

  #run(name: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], type: ElementType): Tensor {
    return this.#runMany(name, attributes, inputs, [type])[0];
  }

  #runMany(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    types: readonly ElementType[],
  ): Tensor[] {
    const ids = inputs.map((input) => input.id);
    const outputs = this.#addon.executeOp(name, attributes, ids, types.length);
    return outputs.map(({ id, shape }, i) => {
      this.#alive.add(id);
      return { id, type: types[i], shape };
    });
  }
}
