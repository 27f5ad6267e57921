import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundle, entries } from '../bundling';
import { auditFeatures } from '../src/core/audit/auditFeatures';
import type { Matrix } from '../src/core/base/matrix';
import { createRandom } from '../src/core/base/random';
import { findPrincipalAxes, projectOnAxes } from '../src/core/linalg/principalAxes';
import { forestThreadRole } from '../src/worker/compute/beside/forestMessages';
import { ForestThreads } from '../src/worker/compute/beside/forestThreads';
import type { ChosenBackend } from '../src/worker/compute/chooseBackend';
import { createLinearAlgebra } from '../src/worker/compute/chooseBackend';
import { usableThreads } from '../src/worker/compute/native/tensorflowBinding';
import { createNeighbourSearch } from '../src/worker/compute/neighbourSearch';
import { Encoders } from '../src/worker/encoders/encoders';
import { openPictureVectors } from '../src/worker/jobs/pictureVectors';
import { startPictureThreads } from '../src/worker/pictures/thread/startPictureThreads';
import { createTemporaryFolder } from './runner/temporaryFolder';
import { averagePrecision, plantErrors } from './suspicion/plantedErrors';

const share = 0.1;
const seeds = [1, 2, 3];
const noises = ['uniform', 'asymmetric'] as const;
const root = process.cwd();
const signal = { cancelled: false, throwIfCancelled: () => undefined };

/** Features of one set of pictures: blocks side by side. */
type Ways = readonly ('encoder' | 'pixels')[];

/**
 * Average precision against planted errors by the number of principal axes that pictures are taken by, `all`: none is
 * left out; `100+50`, of the encoder and of pixels. CSV files of `picture` and `label` (c0 …) as peers/pictures.py
 * makes them: `pictureAxes encoder,pixels,both 50,100+50,all FILE.csv …`.
 */
export async function main([ways = '', counts = '', ...files]: readonly string[]): Promise<void> {
  if (files.length === 0) throw new Error('Usage: pictureAxes WAYS COUNTS FILE.csv …');
  const built = createTemporaryFolder(join(root, 'node_modules', '.cache', 'assay-bench'), 'axes-');
  try {
    await bundle(root, { compute: entries.compute, encoder: entries.encoder }, built.path);
    const compute = join(built.path, 'compute.js');
    const encoders = new Encoders({ applicationFolder: root, encoderThread: join(built.path, 'encoder.js') });
    const pictures = startPictureThreads(compute);
    const forests = new ForestThreads({
      start: () => new Worker(compute, { workerData: forestThreadRole }),
      threads: usableThreads(),
    });
    const backend = await createLinearAlgebra('auto');
    for (const file of files) {
      const { paths, labels } = readSet(file);
      const made = new Map<string, Matrix>();
      for (const way of ['encoder', 'pixels'] as const) {
        made.set(way, await encode(dirname(file), way, paths, { pictures, encoders }));
      }
      for (const asked of ways.split(',')) {
        const used: Ways = asked === 'both' ? ['encoder', 'pixels'] : [asked as Ways[number]];
        for (const count of counts.split(',')) {
          const features = sideBySide(
            used.map((way, k) => scaled(narrowed(made.get(way) as Matrix, count.split('+')[k] ?? count, backend))),
            labels.length,
          );
          const found = noises.map((noise) =>
            seeds.map((seed) => measure(features, labels, noise, seed, backend, forests)),
          );
          const all = found.flat();
          console.log(
            `${basename(file, '.csv')}\t${asked}\t${count}\t${found.map((one) => one.map((value) => value.toFixed(3)).join(' ')).join('\t')}\tmean ${(all.reduce((sum, value) => sum + value, 0) / all.length).toFixed(4)}`,
          );
        }
      }
    }
    await pictures.close();
  } finally {
    built.remove();
  }
  process.exit(0);
}

function readSet(file: string): { readonly paths: string[]; readonly labels: Int32Array } {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const cells = lines.map((line) => line.split(','));
  return { paths: cells.map(([path]) => path), labels: Int32Array.from(cells, ([, label]) => Number(label.slice(1))) };
}

async function encode(
  folder: string,
  way: Ways[number],
  paths: readonly string[],
  tools: Parameters<typeof openPictureVectors>[2],
): Promise<Matrix> {
  const vectors = await openPictureVectors(folder, way, tools);
  try {
    const { numbers } = vectors.method;
    const data = new Float64Array(paths.length * numbers);
    for (let from = 0; from < paths.length; from += 256) {
      const part = await vectors.encode(paths.slice(from, from + 256), signal, () => undefined);
      data.set(part.vectors, from * numbers);
    }
    return { rows: paths.length, columns: numbers, data };
  } finally {
    await vectors.close();
  }
}

function narrowed(vectors: Matrix, count: string, { linalg }: ChosenBackend): Matrix {
  if (count === 'all') return vectors;
  const axes = findPrincipalAxes(vectors, Number(count), { linalg });
  if (axes === null) throw new Error('All pictures are the same.');
  return {
    rows: vectors.rows,
    columns: axes.axes.columns,
    data: Float64Array.from(projectOnAxes(vectors, axes, { linalg })),
  };
}

/** Centred, one scale, as a block of an audit. */
function scaled({ rows, columns, data }: Matrix): Matrix {
  const means = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) means[at % columns] += data[at] / rows;
  const centred = data.map((value, at) => value - means[at % columns]);
  const scale = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / data.length);
  return { rows, columns, data: centred.map((value) => value / scale) };
}

/** With the intercept, in shared memory. */
function sideBySide(blocks: readonly Matrix[], rows: number): Matrix {
  const columns = blocks.reduce((sum, block) => sum + block.columns, 1);
  const data = new Float64Array(new SharedArrayBuffer(8 * rows * columns)).fill(1);
  let first = 0;
  for (const block of blocks) {
    for (let row = 0; row < rows; row++) {
      data.set(block.data.subarray(row * block.columns, (row + 1) * block.columns), row * columns + first);
    }
    first += block.columns;
  }
  return { rows, columns, data };
}

function measure(
  features: Matrix,
  truth: Int32Array,
  noise: (typeof noises)[number],
  seed: number,
  { linalg, tensorflow }: ChosenBackend,
  forests: ForestThreads,
): number {
  const classes = 1 + truth.reduce((most, label) => Math.max(most, label), 0);
  const { labels, wrong } = plantErrors(truth, classes, noise, share, seed);
  const { columns } = auditFeatures(
    {
      features,
      labels,
      classes,
      split: new Uint8Array(labels.length),
      unpenalised: [features.columns - 1],
      l2: 'auto',
      neighbours: createNeighbourSearch(tensorflow),
      forests,
    },
    { linalg, signal, random: createRandom(7), progress: () => undefined, log: () => undefined },
  );
  return averagePrecision(columns.suspicionLogOdds, wrong);
}
