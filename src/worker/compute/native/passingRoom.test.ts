import { describe, expect, it } from 'vitest';
import { PassingRoom } from './passingRoom';
import { loadTensorflow } from './tensorflowBinding';

const tensorflow = loadTensorflow();

describe('PassingRoom', () => {
  it('is one for all tensors that come after each other, larger when one needs it', () => {
    const room = new PassingRoom();
    const buffers = [4, 4, 100_000, 8].map((rows) =>
      tensorflow.scope((ops) => {
        let buffer: ArrayBufferLike | undefined;
        const tensor = room.fill(ops, [rows, 2], 'float64', (out) => {
          buffer = out.buffer;
          expect([out.length, out.byteOffset]).toEqual([2 * rows, 0]);
          out.fill(rows);
        });
        expect(ops.readFloat64(tensor)).toEqual(new Float64Array(2 * rows).fill(rows));
        return buffer;
      }),
    );
    expect(buffers[1]).toBe(buffers[0]);
    expect(buffers[2]).not.toBe(buffers[1]);
    expect(buffers[3]).toBe(buffers[2]);
  });

  it('leaves a tensor alone that lives, and copies of it for good', () => {
    const room = new PassingRoom();
    tensorflow.scope((ops) => {
      const fill = (value: number) => room.fill(ops, [3, 4], 'float32', (out) => out.fill(value));
      const first = fill(1);
      const copy = ops.copy(first);
      const second = fill(2);
      expect([...ops.readFloat32(first), ...ops.readFloat32(second)]).toEqual([
        ...new Array<number>(12).fill(1),
        ...new Array<number>(12).fill(2),
      ]);
      ops.free(first, second);
      fill(3);
      expect(ops.readFloat32(copy)).toEqual(new Float32Array(12).fill(1));
    });
  });
});
