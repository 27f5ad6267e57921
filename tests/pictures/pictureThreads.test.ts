import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/core/base/errors';
import { readLook } from '../../src/worker/pictures/pictureLook';
import { makeBomb, makePng } from '../../src/worker/pictures/testPictures';
import { pictureThreadRole } from '../../src/worker/pictures/thread/pictureMessages';
import { PictureThreads } from '../../src/worker/pictures/thread/pictureThreads';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import { bundleThread } from '../backends/bundleThread';
import { golden, goldenFile } from './pictureData';

const place = mkdtempSync(join(tmpdir(), 'assay-pictures-'));
const root = join(place, 'data');
const wish = { kind: 'fit', side: 128 } as const;
let script = '';
let threads: PictureThreads;

beforeAll(async () => {
  mkdirSync(join(root, 'cats'), { recursive: true });
  writeFileSync(
    join(root, 'cats', 'one.png'),
    makePng(300, 150, (x, y) => [x % 256, y, 9]),
  );
  writeFileSync(join(root, 'cats', 'turned.jpg'), goldenFile('orientation-6.jpg'));
  writeFileSync(join(root, 'empty.png'), '');
  writeFileSync(join(root, 'drawing.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  writeFileSync(join(root, 'bomb.png'), makeBomb(50_000, 50_000));
  writeFileSync(
    join(place, 'secret.png'),
    makePng(2, 2, () => [1, 2, 3]),
  );
  symlinkSync(join(place, 'secret.png'), join(root, 'link.png'));
  symlinkSync(place, join(root, 'out'));
  symlinkSync(join(root, 'cats', 'one.png'), join(root, 'within.png'));
  script = await bundleThread('src/worker/compute/thread/computeThread.ts');
  threads = startPictureThreads(script);
});
afterAll(async () => {
  await threads.close();
  rmSync(place, { recursive: true, force: true });
  rmSync(dirname(script), { recursive: true, force: true });
});

describe('PictureThreads', () => {
  it('sees the square in the middle, and measures all of a picture', async () => {
    const seen = await threads.read({ root, path: 'cats/turned.jpg' }, { kind: 'see', side: 8 });
    if (seen.kind === 'problem') throw new Error(seen.problem);
    expect(seen.pixels).toMatchObject({ width: 8, height: 8 });
    const { width, height } = golden.pictures.find(({ name }) => name === 'orientation-6.jpg') ?? {};
    expect(readLook(seen.look, 0)).toMatchObject({ width, height });
  });

  it('keeps a thumbnail of a large picture by what its file holds', async () => {
    const thumbnails = join(place, 'thumbnails');
    writeFileSync(
      join(root, 'large.png'),
      makePng(640, 480, (x, y) => [x % 256, y % 256, 9]),
    );
    const read = (path: string) => threads.read({ root, path }, { ...wish, thumbnails });
    const first = await read('large.png');
    expect(first).toMatchObject({ kind: 'picture', width: 640, height: 480, pixels: { width: 128, height: 96 } });
    const kept = (): string[] =>
      readdirSync(thumbnails, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('-128'));
    expect(kept()).toHaveLength(1);
    copyFileSync(join(root, 'large.png'), join(root, 'same.png'));
    expect(await read('same.png')).toEqual(first);
    // A small one is not worth the room.
    await read('cats/one.png');
    expect(kept()).toHaveLength(1);
    rmSync(join(root, 'large.png'));
    expect(await read('large.png')).toEqual({ kind: 'problem', problem: 'The file is missing.' });
  });

  it('gives the SHA-256 of a file, of whatever it holds', async () => {
    const digest = async (path: string): Promise<string> => {
      const read = await threads.read({ root, path }, { kind: 'digest' });
      return read.kind === 'problem' ? read.problem : Buffer.from(read.digest).toString('hex');
    };
    const file = readFileSync(join(root, 'cats/one.png'));
    expect(await digest('cats/one.png')).toBe(createHash('sha256').update(file).digest('hex'));
    expect(await digest('link.png')).toBe('The path leads out of the folder of the data.');
  });

  it('reads pictures side by side, made smaller and turned', async () => {
    const files = Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? 'cats/one.png' : 'cats/turned.jpg'));
    const outcomes = await Promise.all(files.map((path) => threads.read({ root, path }, wish)));
    expect(outcomes[0]).toMatchObject({ kind: 'picture', width: 300, height: 150, pixels: { width: 128, height: 64 } });
    expect(outcomes[1]).toMatchObject({ kind: 'picture', width: 17, height: 23, pixels: { width: 17, height: 23 } });
    expect(outcomes.map(({ kind }) => kind)).toEqual(files.map(() => 'picture'));
  });

  it.each([
    ['nowhere.png', 'The file is missing.'],
    ['cats', 'The file cannot be opened.'],
    ['', 'No file is named.'],
    ['empty.png', 'The file is empty.'],
    ['drawing.png', 'The file is an SVG drawing; PNG, JPEG, WebP, GIF and BMP are read.'],
    ['bomb.png', /50,000 × 50,000 pixels/],
    ['../secret.png', 'The path leads out of the folder of the data.'],
    ['cats/../../secret.png', 'The path leads out of the folder of the data.'],
    ['..\\secret.png', 'The path leads out of the folder of the data.'],
    ['/etc/hostname', 'The path leads out of the folder of the data.'],
    ['C:\\secret.png', 'The path leads out of the folder of the data.'],
    ['link.png', 'The path leads out of the folder of the data.'],
    ['out/secret.png', 'The path leads out of the folder of the data.'],
    ['cats/one.png\0.txt', 'The path leads out of the folder of the data.'],
  ])('says what is wrong with %j', async (path, problem) => {
    const outcome = await threads.read({ root, path }, wish);
    expect(outcome.kind).toBe('problem');
    if (outcome.kind === 'problem') expect(outcome.problem).toMatch(problem);
  });

  it('follows a link that stays in the folder', async () => {
    const outcome = await threads.read({ root, path: 'within.png' }, wish);
    expect(outcome.kind).toBe('picture');
  });

  it('reads what somebody looks at before the rest, and leaves out what was given up', async () => {
    const alone = new PictureThreads({
      start: () => new Worker(script, { workerData: pictureThreadRole }),
      threads: 1,
    });
    const ended: string[] = [];
    const giveUp = new AbortController();
    const read = (name: string, options = {}): Promise<unknown> =>
      alone.read({ root, path: 'cats/one.png' }, wish, options).then(
        () => ended.push(name),
        (error: unknown) => expect(error).toBeInstanceOf(CancelledError),
      );
    const all = [
      read('first'),
      read('later'),
      read('given up', { signal: giveUp.signal }),
      read('seen', { urgent: true }),
    ];
    giveUp.abort();
    await Promise.all(all);
    expect(ended).toEqual(['first', 'seen', 'later']);
    await alone.close();
    await expect(alone.read({ root, path: 'cats/one.png' }, wish)).rejects.toThrow(CancelledError);
  });

  it('goes on with another thread when one is lost', async () => {
    let started = 0;
    const dying = new PictureThreads({
      start: () => {
        started++;
        return started === 1
          ? new Worker('process.exit(3)', { eval: true })
          : new Worker(script, { workerData: pictureThreadRole });
      },
      threads: 1,
    });
    const file = { root, path: 'cats/one.png' };
    const outcomes = await Promise.all([dying.read(file, wish), dying.read(file, wish)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['problem', 'picture']);
    await dying.close();
  });

  it('gives up a picture that takes too long', async () => {
    const hanging = new PictureThreads({
      start: () => {
        const worker = new Worker('require("worker_threads").parentPort.on("message", () => { for (;;); })', {
          eval: true,
        });
        return worker;
      },
      threads: 1,
      longestMs: 50,
      longestLoadMs: 50,
    });
    const outcome = await hanging.read({ root, path: 'cats/one.png' }, wish);
    expect(outcome).toEqual({ kind: 'problem', problem: 'The picture was given up: decoding it takes too long.' });
    await hanging.close();
  });
});
