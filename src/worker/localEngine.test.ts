import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { CancelledError, InputError } from '../core/base/errors';
import { ComputeClient } from './compute/thread/computeClient';
import { temporaryFolders, writeTestFile } from './datasets/testFiles';
import { LocalEngine } from './localEngine';
import { inspectFile } from './project/dataFile';

const folder = temporaryFolders();
const rows = Array.from({ length: 30 }, (_, i) => `${i},${i % 7},${'ab'[i % 2]}`);

/** Reading asks nothing of the compute thread. */
function createEngine(heard: string[] = []): LocalEngine {
  return new LocalEngine({
    version: '0',
    applicationFolder: '',
    computeThread: '',
    encoderThread: '',
    onJob: ({ kind, state }) => heard.push(`${kind} ${state}`),
  });
}

async function readInto(engine: LocalEngine, place: string, project?: string): Promise<string> {
  const file = await inspectFile(writeTestFile(place, 'data.csv', ['x,y,label', ...rows, ''].join('\n')));
  return (await engine.readFile(file, project)).describe().folder;
}

it('leaves a project that was made where it was asked for, once it has finished', async () => {
  const [place, heard] = [folder(), [] as string[]];
  const engine = createEngine(heard);
  const target = join(place, 'made.assay');
  await readInto(engine, place, target);
  expect(heard).toContain('load done');
  expect(existsSync(join(target, 'manifest.json'))).toBe(false);
  await engine.finish();
  expect(existsSync(join(target, 'manifest.json'))).toBe(true);
  const again = createEngine();
  expect((await again.openFolder(target)).dataset.summary().rowCount).toBe(30);
  await again.finish();
});

it('leaves nothing when it gives up, nor of a project that nobody wants to keep', async () => {
  const place = folder();
  const failing = createEngine();
  await readInto(failing, place, join(place, 'above/made.assay'));
  await expect(failing.giveUp(new Error('why'))).rejects.toThrow('why');
  expect(readdirSync(place)).toEqual(['data.csv']);
  const engine = createEngine();
  const temporary = await readInto(engine, place);
  expect(existsSync(temporary)).toBe(true);
  await engine.finish();
  expect(existsSync(temporary)).toBe(false);
});

it('removes what was made also when it cannot be closed, and tells why it gave up', async () => {
  const [place, engine] = [folder(), createEngine()];
  const log = vi.spyOn(console, 'error').mockReturnValue();
  const closing = vi.spyOn(ComputeClient.prototype, 'close').mockRejectedValue(new Error('no end'));
  await readInto(engine, place, join(place, 'made.assay'));
  await expect(engine.giveUp(new Error('why'))).rejects.toThrow('why');
  expect(log.mock.calls.join()).toContain('no end');
  expect(readdirSync(place)).toEqual(['data.csv']);
  closing.mockRestore();
  log.mockRestore();
});

it('opens nothing more once it is cancelled, and closes what it has opened all the same', async () => {
  const place = folder();
  const engine = createEngine();
  const target = join(place, 'made.assay');
  engine.cancel();
  expect(() => engine.throwIfCancelled()).toThrow(CancelledError);
  await expect(readInto(engine, place, target)).rejects.toThrow(CancelledError);
  await expect(engine.giveUp(new Error('why'))).rejects.toThrow('why');
  expect(existsSync(target)).toBe(false);
  const next = createEngine();
  await expect(next.openFolder(target)).rejects.toThrow(InputError);
  await expect(next.giveUp(new Error('why'))).rejects.toThrow('why');
});
