import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Papa from 'papaparse';
import { InputError } from '../../src/core/base/errors';
import { usableThreads } from '../../src/worker/compute/native/tensorflowBinding';
import type { EncoderItem, EncoderKind } from '../../src/worker/encoders/encoder';
import { EncoderPool } from '../../src/worker/encoders/encoderPool';
import { findEncoder } from '../../src/worker/encoders/findEncoder';
import type { PictureWish } from '../../src/worker/pictures/thread/pictureMessages';
import type { PictureThreads } from '../../src/worker/pictures/thread/pictureThreads';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import type { AssayTask, TaskInputs } from './task';
import { benchContext } from './task';

/** As the review table asks for them. */
const thumbnailSide = 160;

/** Vectors of pictures or texts by the application's encoder threads, from decoded squares or from texts. */
export async function createEncodeTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const kind = settings['kind'] as EncoderKind; // The workload's.
  const encoder = await findEncoder(resolve(__dirname, '../..'), kind);
  if (encoder === null) throw new InputError(`There is no encoder of ${kind}: run "npm run setup".`);
  const files = String(settings['files']).split(',');
  const rows = (await Promise.all(files.map((name) => readTable(join(data, `${name}.csv`))))).flat();
  const reader = kind === 'pictures' ? startPictureThreads(join(__dirname, 'compute.js')) : null;
  const paths = rows.map(([path]) => path);
  const items: EncoderItem[] =
    reader === null
      ? rows.map(([subject, body]) => `${subject}\n${body}`)
      : await readAll(reader, data, paths, {
          kind: 'see',
          side: 'side' in encoder.settings ? encoder.settings.side : 0,
        });
  const { numbers } = encoder.settings;
  const pool = new EncoderPool({ threadPath: join(__dirname, 'encoder.js'), encoder, threads: usableThreads() });
  const vectors = new Float32Array(items.length * numbers);
  return {
    async run() {
      const started = performance.now();
      await pool.encode(items, benchContext(backend).signal, (first, _count, made) =>
        vectors.set(made, first * numbers),
      );
      return { rows_per_s: perSecond(items.length, started) };
    },
    outputs: () => ({ vectors: { data: vectors, shape: [items.length, numbers] } }),
    async more() {
      if (reader === null) return {};
      const started = performance.now();
      await readAll(reader, data, paths, { kind: 'fit', side: thumbnailSide });
      return { thumbnails_per_s: perSecond(paths.length, started) };
    },
  };
}

function perSecond(count: number, started: number): number {
  return (1000 * count) / (performance.now() - started);
}

async function readTable(file: string): Promise<string[][]> {
  return Papa.parse<string[]>(await readFile(file, 'utf8'), { skipEmptyLines: true }).data.slice(1);
}

/** @throws InputError for a picture that cannot be read. */
async function readAll(
  reader: PictureThreads,
  root: string,
  paths: readonly string[],
  wish: Extract<PictureWish, { readonly side: number }>,
): Promise<Uint8Array[]> {
  return Promise.all(
    paths.map(async (path) => {
      const read = await reader.read({ root, path }, wish);
      if (read.kind === 'problem') throw new InputError(`${path}: ${read.problem}`);
      return read.pixels.data;
    }),
  );
}
