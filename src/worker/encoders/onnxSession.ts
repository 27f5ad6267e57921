import type * as Onnx from 'onnxruntime-node';
import { moduleRequire } from '../moduleRequire';

/** A loaded network. One thread: several sessions side by side use half the processor time of one with several. */
export interface OnnxSession {
  readonly inputNames: readonly string[];
  /** Sizes that are free have names. */
  readonly outputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  int64(data: BigInt64Array, shape: readonly number[]): Onnx.Tensor;
  float32(data: Float32Array, shape: readonly number[]): Onnx.Tensor;
  /** The numbers of one output, row-major. Blocks the thread. */
  run(feeds: Readonly<Record<string, Onnx.Tensor>>, output: string): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads a network from a file: 0.1–0.6 s, some 100 MB for one of 23 MB. onnxruntime-node may be missing, where there
 * is none for the machine.
 * @throws Error when the library or the file cannot be loaded.
 */
export async function openOnnxSession(file: string): Promise<OnnxSession> {
  // The package has these types; it is looked for at run time because it may be missing.
  const onnx = moduleRequire()('onnxruntime-node') as typeof Onnx;
  const session = await onnx.InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Fatal: what goes wrong is thrown, and standard error is the command line's.
    logSeverityLevel: 4,
  });
  return {
    inputNames: session.inputNames,
    outputs: session.outputMetadata.map((output) => ({
      name: output.name,
      shape: output.isTensor ? output.shape : [],
    })),
    int64: (data, shape) => new onnx.Tensor('int64', data, shape),
    float32: (data, shape) => new onnx.Tensor('float32', data, shape),
    async run(feeds, output) {
      const { [output]: found } = await session.run(feeds, [output]);
      const { data } = found;
      if (!(data instanceof Float32Array)) throw new Error(`the output ${output} is ${found.type}, not float32`);
      return data;
    },
    close: () => session.release(),
  };
}
