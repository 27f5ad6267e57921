import { createHash } from 'node:crypto';
import { formatCount } from '../../../../core/base/format';
import type { CancellationSignal } from '../../../../core/job/jobContext';
import type { BlockMethod } from '../../datasetTypes';
import type { BlockEncoder, BlockRequest, BlockVectors } from './blockTypes';
import { nameBlock } from './blockTypes';
import { describeBlank, describeTexts, scanTexts } from './scanTexts';

/** Encodes texts that it does not remember; see ItemEncoder. */
interface TextNetwork {
  encode(
    items: { readonly digests: readonly Uint8Array[]; load(k: number): string },
    signal: CancellationSignal,
    onDone: (done: number) => void,
  ): Promise<Float32Array>;
  /** Why vectors are not kept for the next time; undefined while they are. */
  readonly keepingFailure: unknown;
  close(): Promise<void>;
}

/** A network of texts, and what the manifest says of it. */
interface ChosenNetwork {
  readonly method: Extract<BlockMethod, { kind: 'encoder' }>;
  open(): Promise<TextNetwork>;
}

/**
 * Texts by a network that was trained elsewhere: it learns nothing of these rows. The columns of a block together are
 * one text. One pass over the cells.
 */
export function createTextEncoder(choose: () => Promise<ChosenNetwork>): BlockEncoder {
  return {
    passes: 400,
    async encode(request) {
      const { method, open } = await choose();
      const network = await open();
      try {
        return await encodeWith(network, method, request);
      } finally {
        await network.close();
      }
    },
  };
}

async function encodeWith(
  network: TextNetwork,
  method: ChosenNetwork['method'],
  request: BlockRequest,
): Promise<BlockVectors> {
  const { columns, parts, openVectors, signal, onShare } = request;
  const total = parts.reduce((sum, { rows }) => sum + rows, 0);
  const { numbers } = method;
  const writer = await openVectors(numbers);
  let blank = 0;
  await scanTexts(parts, request, async (texts, firstRow) => {
    const rows = [...texts.keys()].filter((row) => texts[row] !== '');
    blank += texts.length - rows.length;
    const items = {
      digests: rows.map((row) => createHash('sha256').update(texts[row]).digest()),
      load: (k: number) => texts[rows[k]],
    };
    const vectors = await network.encode(items, signal, (done) => onShare((firstRow + done) / Math.max(1, total)));
    await writer.append(rows.length === texts.length ? vectors : spread(vectors, rows, texts.length * numbers));
  });
  const name = nameBlock(columns);
  return {
    kind: 'vectors',
    columns,
    vectors: await writer.finish(),
    names: Array.from({ length: numbers }, (_, k) => `${name}: number ${k + 1} of the encoder`),
    method,
    notes: [
      `${describeTexts(columns)} are turned into ${formatCount(numbers)} numbers each by the encoder ${method.encoder}; of long ones it reads the first ${formatCount(method.tokens)} words or parts of words.`,
    ],
    cautions: [
      ...describeBlank(name, blank),
      ...(network.keepingFailure === undefined
        ? []
        : [`The numbers of ${name} could not be kept: the next audit encodes the texts again. Is the disk full?`]),
    ],
  };
}

/** Vectors of some rows among those of all; zeros elsewhere. */
function spread(vectors: Float32Array, rows: readonly number[], length: number): Float32Array {
  const all = new Float32Array(length);
  const width = vectors.length / Math.max(1, rows.length);
  rows.forEach((row, k) => all.set(vectors.subarray(k * width, (k + 1) * width), row * width));
  return all;
}
