import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/core/base/errors';
import { createRandom } from '../../src/core/base/random';
import type { ForestInput } from '../../src/core/ranking/forest/forestExpert';
import { forestTrees } from '../../src/core/ranking/forest/forestExpert';
import { type ForestGrowth, growHere } from '../../src/core/ranking/forest/forestGrowth';
import { quantiseFeatures } from '../../src/core/ranking/forest/quantiseFeatures';
import { forestThreadRole } from '../../src/worker/compute/beside/forestMessages';
import { ForestThreads } from '../../src/worker/compute/beside/forestThreads';
import { bundleThread } from './bundleThread';

const never = { cancelled: false, throwIfCancelled: () => undefined };
const [rows, columns, classes] = [3000, 20, 4];

/** Enough for a second thread to come while the first is at work. */
function inputFor(growth: Pick<ForestGrowth, 'allocate'>): ForestInput {
  const random = createRandom(2);
  const data = Float64Array.from({ length: rows * columns }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, (_, i) =>
    data[i * columns] + random.normal() > 0 ? 1 : i % classes,
  );
  const trainingRows = Int32Array.from(labels.keys()).filter((row) => row % 7 !== 0);
  const allocate = (bytes: number): Uint8Array => growth.allocate(bytes);
  const features = quantiseFeatures({ rows, columns, data }, trainingRows, undefined, allocate);
  return { features, labels, classes, trainingRows };
}

const workers: Worker[] = [];
function watched(worker: Worker): Worker {
  workers.push(worker);
  return worker;
}
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

function remarks() {
  const log: string[] = [];
  return { context: { signal: never, log: (text: string) => log.push(text) }, log };
}

const names = ['forest', 'trees'] as const;
const expected = names.map((name) => growHere.begin(name, inputFor(growHere), remarks().context).finish());

describe('ForestThreads with the thread of the application', () => {
  let script = '';
  beforeAll(async () => {
    script = await bundleThread('src/worker/compute/thread/computeThread.ts');
  });
  afterAll(async () => {
    if (existsSync(script)) await rm(dirname(script), { recursive: true });
  });
  const create = (threads: number): ForestThreads =>
    new ForestThreads({ threads, start: () => watched(new Worker(script, { workerData: forestThreadRole })) });

  it.each([1, 2, 3])('grows the same forests bit by bit with %d threads', (threads) => {
    const growth = create(threads);
    const input = inputFor(growth);
    const { context, log } = remarks();
    // Twice: the second time its threads are there from the beginning.
    for (let round = 0; round < 2; round++) {
      const pending = names.map((name) => growth.begin(name, input, context));
      pending.forEach((one, at) => {
        const done: number[] = [];
        const found = one.finish((grown, total) => done.push(grown / total));
        expect(found.probabilities).toEqual(expected[at].probabilities);
        expect(found.name).toBe(names[at]);
        expect(done).toEqual([...done].sort((a, b) => a - b));
        expect(done.at(-1)).toBe(1);
        one.stop();
      });
    }
    expect(log).toEqual([]);
    expect(workers).toHaveLength(threads - 1);
  });

  it('leaves trees to the other threads that these have grown before it is asked', async () => {
    const growth = create(2);
    const input = inputFor(growth);
    const { context } = remarks();
    let grownHere = forestTrees;
    // The first time the other thread has to start, which takes long on a busy machine.
    for (let tries = 0; tries < 5 && grownHere === forestTrees; tries++) {
      const pending = growth.begin('trees', input, context);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const counts = new Set<number>();
      expect(pending.finish((grown) => counts.add(grown)).probabilities).toEqual(expected[1].probabilities);
      grownHere = counts.size;
    }
    expect(grownHere).toBeLessThan(forestTrees);
  });

  it('stops when it is told to, and grows the next one', () => {
    const growth = create(2);
    const input = inputFor(growth);
    let asked = 0;
    const throwIfCancelled = (): void => {
      if (++asked > 3) throw new CancelledError();
    };
    const { context } = remarks();
    const cancelled = growth.begin('forest', input, { ...context, signal: { cancelled: false, throwIfCancelled } });
    expect(() => cancelled.finish()).toThrow(CancelledError);
    growth.begin('trees', input, context).stop();
    expect(growth.begin('trees', input, context).finish().probabilities).toEqual(expected[1].probabilities);
    expect(workers).toHaveLength(1);
  });
});

describe('ForestThreads', () => {
  it('starts no thread for what is short, or not in shared memory', () => {
    const growth = new ForestThreads({ threads: 2, start: () => watched(new Worker('', { eval: true })) });
    const input = inputFor(growth);
    const { context } = remarks();
    const few = { ...input, trainingRows: input.trainingRows.subarray(0, 100) };
    const { probabilities } = growHere.begin('forest', few, context).finish();
    expect(growth.begin('forest', few, context).finish().probabilities).toEqual(probabilities);
    expect(growth.begin('forest', inputFor(growHere), context).finish().probabilities).toEqual(
      expected[0].probabilities,
    );
    expect(workers).toHaveLength(0);
  });

  // Takes a tree and says that it has grown it, with wrong sums. The words are those of forestMessages.
  const takes = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ control, sums }) => {
      const words = new Int32Array(control);
      Atomics.store(words, 2 + ${forestTrees}, 1);
      sums.shares.fill(12345);
      Atomics.store(words, 2 + Atomics.add(words, 1, 1), 1);`;

  it.each([
    ['never comes', 'setInterval(() => undefined, 1000)', 0],
    ['cannot start', 'throw new Error("broken")', 0],
    ['hangs', `${takes} for (;;); });`, 1],
    ['dies', `${takes} process.exit(1); });`, 1],
    ['fails', `${takes} Atomics.store(words, 2 + ${forestTrees} + 1, 2); });`, 1],
  ])('grows by itself what a thread has taken that %s', async (_, code, lost) => {
    const growth = new ForestThreads({
      threads: 2,
      start: () => watched(new Worker(code, { eval: true })),
      deadMs: 200,
    });
    const { context, log } = remarks();
    const input = inputFor(growth);
    const pending = growth.begin('forest', input, context);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(pending.finish().probabilities).toEqual(expected[0].probabilities);
    expect(log).toHaveLength(lost);
    if (lost > 0)
      expect(log[0]).toMatch(/^A thread that grew trees was lost: \d of 150 trees of forest are grown again/);
  });
});
