import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Papa from 'papaparse';
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
import { joinTexts } from '../src/worker/datasets/features/blocks/scanTexts';
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

/** What rows become; those of one set stand side by side. */
type Way = 'encoder' | 'pixels' | 'text' | 'lists';

/**
 * Average precision against planted errors by the number of principal axes that rows are taken by, `all`: none is left
 * out; `100+50`, of the encoder and of pixels. `encoder`, `pixels` and `both`: CSV files of `picture` and `label`
 * (c0 …) as peers/pictures.py makes them; `text`, by the encoder of texts: the cells before the label, as
 * peers/texts.py makes them; `lists`: of `vector`, a list of numbers as JSON, and `label`. `:600` behind a file, 600
 * rows of it that each seed draws anew: `axes encoder,pixels,both 50,100+50,all FILE.csv:600 …`.
 */
export async function main([ways = '', counts = '', ...files]: readonly string[]): Promise<void> {
  if (files.length === 0) throw new Error('Usage: axes WAYS COUNTS FILE.csv …');
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
    for (const given of files) {
      const [, file, rows] = /^(.*?)(?::(\d+))?$/.exec(given) ?? [];
      const { cells, labels } = readSet(file);
      const draws = seeds.map((seed) => drawRows(labels.length, rows === undefined ? null : Number(rows), seed));
      const made = new Map<Way, Matrix>();
      for (const asked of ways.split(',')) {
        const used: readonly Way[] = asked === 'both' ? ['encoder', 'pixels'] : [asked as Way];
        for (const way of used) {
          if (made.has(way)) continue;
          made.set(way, await makeVectors(way, dirname(file), cells, { pictures, encoders }));
        }
        for (const count of counts.split(',')) {
          const found: number[][] = noises.map(() => []);
          seeds.forEach((seed, k) => {
            const drawn = draws[k];
            const blocks = used.map((way, at) => {
              const vectors = rowsOf(made.get(way) as Matrix, drawn);
              return scaled(narrowed(vectors, count.split('+')[at] ?? count, backend));
            });
            const features = sideBySide(blocks, drawn.length);
            const truth = drawn.map((row) => labels[row]);
            noises.forEach((noise, at) => found[at].push(measure(features, truth, noise, seed, backend, forests)));
          });
          const all = found.flat();
          console.log(
            `${basename(file, '.csv')}${rows === undefined ? '' : ` ${rows}`}\t${asked}\t${count}\t${found.map((one) => one.map((value) => value.toFixed(3)).join(' ')).join('\t')}\tmean ${(all.reduce((sum, value) => sum + value, 0) / all.length).toFixed(4)}`,
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

/** The cells of each row before its label. */
function readSet(file: string): { readonly cells: string[][]; readonly labels: Int32Array } {
  const [, ...rows] = Papa.parse<string[]>(readFileSync(file, 'utf8'), { skipEmptyLines: true }).data;
  return {
    cells: rows.map((row) => row.slice(0, -1)),
    labels: Int32Array.from(rows, (row) => Number(row[row.length - 1].slice(1))),
  };
}

/** So many rows drawn by the seed, ascending; all of them for `null`. */
function drawRows(count: number, rows: number | null, seed: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, row) => row);
  if (rows === null) return order;
  createRandom(seed).shuffle(order);
  return order.subarray(0, rows).sort();
}

function rowsOf({ columns, data }: Matrix, rows: Int32Array): Matrix {
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, k) => taken.set(data.subarray(row * columns, (row + 1) * columns), k * columns));
  return { rows: rows.length, columns, data: taken };
}

async function makeVectors(
  way: Way,
  folder: string,
  cells: readonly (readonly string[])[],
  tools: Parameters<typeof openPictureVectors>[2],
): Promise<Matrix> {
  if (way === 'text') return encodeTexts(tools.encoders, cells);
  return way === 'lists' ? readLists(cells) : encode(folder, way, cells, tools);
}

function readLists(cells: readonly (readonly string[])[]): Matrix {
  const lists = cells.map(([list]) => JSON.parse(list) as number[]);
  return { rows: lists.length, columns: lists[0].length, data: Float64Array.from(lists.flat()) };
}

async function encode(
  folder: string,
  way: Exclude<Way, 'text' | 'lists'>,
  cells: readonly (readonly string[])[],
  tools: Parameters<typeof openPictureVectors>[2],
): Promise<Matrix> {
  const vectors = await openPictureVectors(folder, way, tools);
  try {
    const { numbers } = vectors.method;
    const paths = cells.map(([path]) => path);
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

async function encodeTexts(encoders: Encoders, cells: readonly (readonly string[])[]): Promise<Matrix> {
  const encoder = await encoders.find('text');
  if (encoder === null) throw new Error('There is no encoder of texts: run "npm run setup".');
  const texts = cells.map((own) => joinTexts(own, new Set()).text);
  const digests = texts.map((text) => createHash('sha256').update(text).digest());
  const network = await encoders.open(encoder);
  try {
    const vectors = await network.encode({ digests, load: (k) => texts[k] }, signal);
    return { rows: texts.length, columns: encoder.settings.numbers, data: Float64Array.from(vectors) };
  } finally {
    await network.close();
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
