import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '../../src/core/base/errors';
import { createFloat32Rows } from '../../src/core/base/featureRows';
import type { Matrix } from '../../src/core/base/matrix';
import { createRandom } from '../../src/core/base/random';
import type { NeighbourRequest, Neighbours } from '../../src/core/ranking/neighbours/neighbours';
import { searchThreadRole } from '../../src/worker/compute/beside/searchMessages';
import { besideRemark, SearchThread } from '../../src/worker/compute/beside/searchThread';
import { createNativeLinearAlgebra } from '../../src/worker/compute/native/nativeLinearAlgebra';
import { loadTensorflow } from '../../src/worker/compute/native/tensorflowBinding';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';
import { bundleThread } from './bundleThread';
import { nativeSkipReason } from './installedTensorflow';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const seed = 5;
// Enough for candidates that both threads measure.
const rows = 24_000;
const columns = 180;

function sharedRows(): Matrix {
  const random = createRandom(3);
  const data = new Float64Array(new SharedArrayBuffer(8 * rows * columns));
  for (let at = 0; at < data.length; at++) data[at] = random.normal() / (1 + (at % columns));
  return { rows, columns, data };
}

const features = sharedRows();
const all = Int32Array.from({ length: rows }, (_, row) => row);
const request: NeighbourRequest = {
  features,
  references: all.subarray(100),
  queries: all.subarray(0, rows - 100),
  k: 10,
};

const workers: Worker[] = [];
function watched(worker: Worker): Worker {
  workers.push(worker);
  return worker;
}
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

function remarks(): {
  readonly context: { signal: typeof never; log: (text: string) => void };
  readonly log: string[];
} {
  const log: string[] = [];
  return { context: { signal: never, log: (text) => log.push(text) }, log };
}

describe.skipIf(nativeSkipReason() !== undefined)('SearchThread with the thread of the application', () => {
  let script = '';
  beforeAll(async () => {
    script = await bundleThread('src/worker/compute/thread/computeThread.ts');
  });
  afterAll(async () => {
    if (existsSync(script)) await rm(dirname(script), { recursive: true });
  });
  const create = (): SearchThread =>
    new SearchThread({ start: () => watched(new Worker(script, { workerData: searchThreadRole })) });

  it('finds what a search with the same seed finds here, while this thread waits or works', () => {
    const thread = create();
    const here = loadTensorflow();
    const random = createRandom(seed);
    const { context, log } = remarks();
    const pending = thread.begin(request, seed, context);
    const shares: number[] = [];
    const expectedLog: string[] = [];
    const given = {
      signal: never,
      random,
      log: (text: string) => expectedLog.push(text),
      linalg: createNativeLinearAlgebra(here),
    };
    const expected = createNeighbourSearch(here).search(request, given);
    const found = pending?.finish((done, total) => shares.push(done / total));
    const expectSame = (given: Neighbours | null | undefined): void => {
      if (given === null || given === undefined) throw new Error('There was no search.');
      expect(given.rows.findIndex((row, at) => row !== expected.rows[at])).toBe(-1);
      expect(given.squaredDistances.findIndex((value, at) => value !== expected.squaredDistances[at])).toBe(-1);
      expect([given.k, given.method, given.recall]).toEqual([expected.k, expected.method, expected.recall]);
    };
    expect(expected.method).toBe('approximate');
    expectSame(found);
    expect(log).toEqual([...expectedLog, besideRemark]);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    pending?.stop();
    // The same thread once more; this one waits from the beginning, and helps.
    expectSame(thread.begin(request, seed, context)?.finish());
    expect(workers).toHaveLength(1);
  });

  it('ends when it is cancelled or not wanted any more, and serves the next one', () => {
    const thread = create();
    const { context } = remarks();
    let asked = 0;
    const throwIfCancelled = (): undefined => {
      if (++asked > 3) throw new CancelledError();
    };
    const cancelled = thread.begin(request, seed, { ...context, signal: { cancelled: false, throwIfCancelled } });
    expect(() => cancelled?.finish()).toThrow(CancelledError);
    thread.begin(request, seed, context)?.stop();
    expect(thread.begin(request, seed, context)?.finish()?.k).toBe(10);
    expect(workers).toHaveLength(1);
  });

  it('passes errors on', () => {
    const pending = create().begin({ ...request, k: 0 }, seed, remarks().context);
    expect(() => pending?.finish()).toThrow(InputError);
  });
});

describe('SearchThread', () => {
  const start = (code: string) => (): Worker => watched(new Worker(code, { eval: true }));

  it('is for many rows in shared memory only', () => {
    const thread = new SearchThread({ start: start('') });
    const { context } = remarks();
    const copied = { ...features, data: features.data.slice() };
    const stored = createFloat32Rows(Float32Array.from(features.data), rows, columns);
    const few = { ...request, queries: all.subarray(0, 50) };
    for (const other of [{ ...request, features: copied }, { ...request, features: stored }, few]) {
      expect(thread.begin(other, seed, context)).toBeNull();
    }
    expect(workers).toHaveLength(0);
  });

  it.each([
    ['hangs', 'setInterval(() => undefined, 1000)'],
    ['ends', 'process.exit(1)'],
    ['throws', 'throw new Error("broken")'],
  ])('gives up a thread that %s, and starts another one for the next search', async (_, code) => {
    const thread = new SearchThread({ start: start(code), deadMs: 200 });
    const { context, log } = remarks();
    expect(thread.begin(request, seed, context)?.finish()).toBeNull();
    expect(log).toEqual(['The thread that searched neighbours did not answer: they are searched again.']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    thread.begin(request, seed, context)?.stop();
    expect(workers).toHaveLength(2);
  });
});
