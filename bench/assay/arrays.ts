import { join } from 'node:path';
import { InputError } from '../../src/core/base/errors';
import type { Matrix } from '../../src/core/base/matrix';
import { readNpy } from '../../src/worker/store/npy/npy';

/** A float64 array of two dimensions. */
export async function readMatrix(folder: string, name: string): Promise<Matrix> {
  const { data, shape } = await readNpy(join(folder, `${name}.npy`));
  const [rows, columns] = shape;
  if (shape.length !== 2) throw new InputError(`${name}.npy has ${shape.length} dimensions, not 2.`);
  return { rows, columns, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

export async function readVector(folder: string, name: string): Promise<Float64Array> {
  const { data } = await readNpy(join(folder, `${name}.npy`));
  return data instanceof Float64Array ? data : Float64Array.from(data);
}

/** Integers; with `rows` only the first ones. */
export async function readLabels(folder: string, name: string, rows?: number): Promise<Int32Array> {
  const { data } = await readNpy(join(folder, `${name}.npy`));
  return Int32Array.from(data.subarray(0, rows));
}
