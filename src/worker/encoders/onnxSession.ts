import type * as Onnx from 'onnxruntime-node';
import { moduleRequire } from '../moduleRequire';

/** An input or an output of a network. */
export interface OnnxValue {
  readonly name: string;
  /** "float32", "int64", …; '' for what is no tensor. */
  readonly type: string;
  /** Sizes that are free have names, or are below 1. */
  readonly shape: readonly (number | string)[];
}

/** A loaded network. One thread: several sessions side by side use half the processor time of one with several. */
export interface OnnxSession {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  int64(data: BigInt64Array, shape: readonly number[]): Onnx.Tensor;
  float32(data: Float32Array, shape: readonly number[]): Onnx.Tensor;
  /** The numbers of one output, row-major. Blocks the thread. */
  run(
    feeds: Readonly<Record<string, Onnx.Tensor>>,
    output: string,
  ): Promise<{ readonly data: Float32Array; readonly shape: readonly number[] }>;
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
    inputs: session.inputMetadata.map(describeValue),
    outputs: session.outputMetadata.map(describeValue),
    int64: (data, shape) => new onnx.Tensor('int64', data, shape),
    float32: (data, shape) => new onnx.Tensor('float32', data, shape),
    async run(feeds, output) {
      const { [output]: found } = await session.run(feeds, [output]);
      const { data, dims } = found;
      if (!(data instanceof Float32Array)) throw new Error(`the output ${output} is ${found.type}, not float32`);
      return { data, shape: dims };
    },
    close: () => session.release(),
  };
}

function describeValue(value: Onnx.InferenceSession.ValueMetadata): OnnxValue {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: '', shape: [] };
}
