import type { FloatType, Tensor, TensorOps } from './tensorflowBinding';

const pageBytes = 2 ** 16;

/**
 * Room that blocks of rows pass through on their way to TensorFlow, the same for one after the other: fresh memory
 * costs twice what reading does, and arrays that are dropped during a long call may not be collected before it ends.
 * TensorFlow takes numbers in place that begin at a multiple of 64 bytes, as pages of WebAssembly do; others it
 * copies.
 */
export class PassingRoom {
  #room = new ArrayBuffer(0);
  /** What was made from the room last, which may look at it as long as it lives. */
  #last: { readonly ops: TensorOps; readonly tensor: Tensor } | undefined;

  /** A tensor of the numbers that `read` writes. In the room unless the last tensor made there lives. */
  fill(
    ops: TensorOps,
    [rows, columns]: readonly [rows: number, columns: number],
    type: FloatType,
    read: (out: Float32Array | Float64Array) => void,
  ): Tensor {
    const numbers = rows * columns;
    const isTaken = this.#last?.ops.holds(this.#last.tensor) === true;
    const bytes = numbers * (type === 'float32' ? 4 : 8);
    const buffer = isTaken ? new ArrayBuffer(bytes) : this.#grow(bytes);
    let tensor: Tensor;
    if (type === 'float32') {
      const out = new Float32Array(buffer, 0, numbers);
      read(out);
      tensor = ops.float32(out, [rows, columns]);
    } else {
      const out = new Float64Array(buffer, 0, numbers);
      read(out);
      tensor = ops.float64(out, [rows, columns]);
    }
    if (!isTaken) this.#last = { ops, tensor };
    return tensor;
  }

  #grow(bytes: number): ArrayBuffer {
    if (this.#room.byteLength < bytes) {
      this.#room = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) }).buffer;
    }
    return this.#room;
  }
}
