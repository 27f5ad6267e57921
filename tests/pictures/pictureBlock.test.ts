import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Column } from '../../src/contract/dataset';
import { CancelledError } from '../../src/core/base/errors';
import { createFloat32Rows } from '../../src/core/base/featureRows';
import { CellBlock } from '../../src/worker/datasets/cells/cellBlock';
import type { BlockRequest } from '../../src/worker/datasets/features/blocks/blockTypes';
import { createPictureEncoder } from '../../src/worker/datasets/features/blocks/pictureEncoder';
import { Encoders } from '../../src/worker/encoders/encoders';
import { PictureLooks } from '../../src/worker/jobs/pictureLooks';
import { openPictureVectors } from '../../src/worker/jobs/pictureVectors';
import { lookNumbers, readLook } from '../../src/worker/pictures/pictureLook';
import { makePng } from '../../src/worker/pictures/testPictures';
import type { PictureReader, PictureThreads } from '../../src/worker/pictures/thread/pictureThreads';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import { bundleThread } from '../backends/bundleThread';

const root = mkdtempSync(join(tmpdir(), 'assay-block-'));
// Set-up has brought nothing to this folder.
const encoders = new Encoders({ applicationFolder: root, encoderThread: '' });
const cacheBefore = process.env.ASSAY_CACHE;
let script = '';
let pictures: PictureThreads;

beforeAll(async () => {
  process.env.ASSAY_CACHE = join(root, 'cache');
  writeFileSync(
    join(root, 'red.png'),
    makePng(40, 30, () => [255, 0, 0]),
  );
  writeFileSync(
    join(root, 'blue.png'),
    makePng(9, 9, () => [0, 0, 255]),
  );
  writeFileSync(join(root, 'broken.png'), 'broken');
  script = await bundleThread('src/worker/compute/thread/computeThread.ts');
  pictures = startPictureThreads(script);
});
afterAll(async () => {
  await pictures.close();
  if (cacheBefore === undefined) delete process.env.ASSAY_CACHE;
  else process.env.ASSAY_CACHE = cacheBefore;
  rmSync(root, { recursive: true, force: true });
  rmSync(dirname(script), { recursive: true, force: true });
});

const column: Column = {
  index: 0,
  name: 'photo',
  type: 'picture',
  role: 'feature',
  reason: '',
  missing: 0,
  distinct: null,
  range: null,
  examples: [],
};

function requestFor(paths: readonly string[], cancelled = false): BlockRequest {
  return {
    columns: [column],
    root,
    parts: [{ scan: async (_, onBlock) => onBlock(CellBlock.ofColumns(0, [paths])), rows: paths.length }],
    labelledRows: new Uint8Array(paths.length).fill(1),
    missing: [],
    openVectors: async (width) => {
      const written: number[] = [];
      return {
        append: async (block) => void written.push(...block),
        finish: async () => createFloat32Rows(Float32Array.from(written), written.length / width, width),
      };
    },
    signal: { cancelled, throwIfCancelled: () => undefined },
    onShare: () => undefined,
  };
}

const encoder = createPictureEncoder((folder) => openPictureVectors(folder, 'pixels', { pictures, encoders }), 20);

it('pictures become a block by their pixels and colours where there is no encoder', async () => {
  const made = await encoder.encode(requestFor(['red.png', 'broken.png', 'blue.png', '', 'red.png']));
  if (made.kind === 'none') throw new Error(made.reason);
  expect(made.method).toMatchObject({ kind: 'pictures', by: 'their small pixels and colours', numbers: 256 });
  const rows = new Float32Array(5 * 256);
  made.vectors.read(0, 5, rows);
  const row = (k: number): number[] => [...rows.subarray(256 * k, 256 * (k + 1))];
  expect(row(0).slice(0, 3)).toEqual([1, 0, 0].map((value) => expect.closeTo(value, 5) as number));
  expect(row(2).slice(0, 3)).toEqual([0, 0, 1].map((value) => expect.closeTo(value, 5) as number));
  expect(row(4)).toEqual(row(0));
  expect([...row(1), ...row(3)]).toEqual(Array(512).fill(0));
  expect(made.names[255]).toBe('photo: number 256 of the picture');
  expect(made.notes).toEqual([
    'The pictures of photo are turned into 256 numbers each by their small pixels and colours.',
  ]);
  expect(made.cautions).toEqual([
    '2 pictures of photo could not be read, and all numbers of them are 0, before they are centred: broken.png: The file is no picture; PNG, JPEG, WebP, GIF and BMP are read. no path: No file is named.',
  ]);
});

it('what was seen of a file is kept, by what it holds: the next time none is decoded', async () => {
  const wishes: string[] = [];
  const counted: PictureReader = {
    read: (file, wish, options) => {
      wishes.push(wish.kind);
      return pictures.read(file, wish, options);
    },
  };
  writeFileSync(
    join(root, 'green.png'),
    makePng(50, 50, (x) => [0, 5 * x, 0]),
  );
  const looks: Float32Array[] = [];
  const looking = createPictureEncoder(
    (folder) => openPictureVectors(folder, 'pixels', { pictures: counted, encoders }),
    20,
    (seen) => looks.push(seen),
  );
  const paths = ['green.png', 'broken.png', 'renamed.png'];
  copyFileSync(join(root, 'green.png'), join(root, 'renamed.png'));
  const encode = async (): Promise<Float32Array> => {
    const made = await looking.encode(requestFor(paths));
    if (made.kind === 'none') throw new Error(made.reason);
    const rows = new Float32Array(3 * 256);
    made.vectors.read(0, 3, rows);
    return rows;
  };
  const first = await encode();
  expect(wishes.filter((wish) => wish === 'look')).toHaveLength(3);
  wishes.length = 0;
  expect(await encode()).toEqual(first);
  // A damaged file is looked at again: it may have been mended meanwhile under the same name.
  expect(wishes.filter((wish) => wish === 'look')).toHaveLength(1);
  expect(looks[1]).toEqual(looks[0]);
  expect(readLook(looks[0], 0)).toMatchObject({ width: 50, height: 50 });
  expect(readLook(looks[0], lookNumbers).width).toBeNaN();
  expect(readLook(looks[0], 2 * lookNumbers).contents).toBe(readLook(looks[0], 0).contents);

  // Where the encoder has looked, nothing is decoded for the pixels.
  writeFileSync(
    join(root, 'blue.png'),
    makePng(50, 50, (x) => [0, 0, 5 * x]),
  );
  wishes.length = 0;
  const squares: (string | undefined)[] = [];
  for (const side of [224, null, 224]) {
    const own = await PictureLooks.open({ root, threads: counted, side });
    const seen = await own.see(['blue.png'], { cancelled: false, throwIfCancelled: () => undefined });
    squares.push(side === null ? undefined : Buffer.from(seen.squareDigest(0)).toString('hex'));
    await own.close();
  }
  expect(squares[2]).toBe(squares[0]);
  expect(wishes).toEqual(['digest', 'see', 'digest', 'digest']);
});

it('of which none can be read there is no block', async () => {
  const made = await encoder.encode(requestFor(['broken.png', 'nowhere.png']));
  expect(made).toMatchObject({ kind: 'none', reason: 'none of its pictures can be read' });
});

it('encoding pictures is cancelled', async () => {
  await expect(encoder.encode(requestFor(['red.png'], true))).rejects.toThrow(CancelledError);
});
