import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BugError, CancelledError, InputError } from '../../src/core/base/errors';
import { createRandom, drawNormals } from '../../src/core/base/random';
import { createFloat64LinearAlgebra } from '../../src/core/linalg/float64LinearAlgebra';
import { findPrincipalAxes, projectOnAxes } from '../../src/core/linalg/principalAxes';
import { besideRemark } from '../../src/worker/compute/beside/searchThread';
import { ComputeClient } from '../../src/worker/compute/thread/computeClient';
import type { ComputeAuditInput, ComputeSessionInput, LongRequest } from '../../src/worker/compute/thread/messages';
import { bundleThread } from './bundleThread';
import { nativeSkipReason } from './installedTensorflow';

let trialThread = '';
let realThread = '';
beforeAll(async () => {
  trialThread = await bundleThread('tests/backends/trialThread.ts');
  realThread = await bundleThread('src/worker/compute/thread/computeThread.ts');
});
afterAll(async () => {
  for (const path of [trialThread, realThread]) if (existsSync(path)) await rm(dirname(path), { recursive: true });
});

const clients: ComputeClient[] = [];
function client(threadPath: string, graceMs?: number): ComputeClient {
  const made = new ComputeClient({ threadPath, ...(graceMs === undefined ? {} : { graceMs }) });
  clients.push(made);
  return made;
}
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(clients.splice(0).map((made) => made.close()));
});

const features = { rows: 2, columns: 1, data: new Float64Array(new SharedArrayBuffer(16)) };
const base = { features, labels: Int32Array.of(0, 1), classes: 2, split: Uint8Array.of(0, 0), unpenalised: [] };
const audit = (l2: number): LongRequest<ComputeAuditInput> => ({
  input: { ...base, l2 },
  backend: 'auto',
  seed: 1,
});
const sessionInput: ComputeSessionInput = { ...base, l2: 1, kind: 'logistic', theta: Float64Array.of(0) };
const question = { rows: Int32Array.of(1, 2, 3), method: 'rif' } as const;

describe('ComputeClient with the thread of the application', () => {
  it('describes the backend that runs in the thread', async () => {
    const compute = client(realThread);
    const described = await compute.describe('auto');
    if (nativeSkipReason() === undefined) {
      expect(described).toMatchObject({ name: 'native', precision: 'float32', reason: '' });
      expect(described.description).toMatch(/^TensorFlow \d+\.\d+.* native, float64 and float32, \d+ threads?$/);
    } else {
      expect(described.name).toBe('wasm');
      expect(described.reason).toContain('Native TensorFlow cannot be used');
    }
    expect(await compute.describe('wasm')).toMatchObject({ name: 'wasm', precision: 'float32', reason: '' });
    expect(await compute.describe('float64')).toMatchObject({ name: 'float64', reason: '' });
  });

  it.skipIf(nativeSkipReason() !== undefined)('searches neighbours beside the fit of a larger audit', async () => {
    const [rows, columns] = [12_000, 60];
    const random = createRandom(2);
    const data = new Float64Array(new SharedArrayBuffer(8 * rows * columns));
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
    for (let at = 0; at < data.length; at++) {
      data[at] = random.normal() + (at % columns === 0 ? labels[Math.floor(at / columns)] : 0);
    }
    const log: string[] = [];
    const result = await client(realThread).audit(
      {
        input: {
          features: { rows, columns, data },
          labels,
          classes: 2,
          split: new Uint8Array(rows),
          unpenalised: [],
          l2: 1e-3,
        },
        backend: 'native',
        seed: 1,
      },
      { onLog: (text) => log.push(text) },
    );
    expect(result.neighbours?.recall).toBeGreaterThan(0.9);
    expect(log).toContain(besideRemark);
  });

  it('finds principal axes and places rows on them, on every backend alike', async () => {
    const [rows, columns, most] = [300, 40, 8];
    const data = new Float64Array(new SharedArrayBuffer(8 * rows * columns));
    // Narrower by a quarter from axis to axis.
    const drawn = drawNormals(createRandom(6), rows * columns);
    drawn.forEach((value, at) => (data[at] = 5 + value * 0.75 ** (at % columns)));
    const features = { rows, columns, data };
    const compute = client(realThread);
    const expected = findPrincipalAxes(features, most, { linalg: createFloat64LinearAlgebra() });
    if (expected === null) throw new Error('These rows differ.');
    for (const backend of nativeSkipReason() === undefined ? (['native', 'wasm'] as const) : (['wasm'] as const)) {
      const told: number[] = [];
      const axes = await compute.findAxes(
        { input: { features, most }, backend, seed: 1 },
        { onProgress: ({ done, total }) => told.push(done / total) },
      );
      expect(axes?.varianceShare).toBeCloseTo(expected.varianceShare, 9);
      expected.axes.data.forEach((value, at) => expect(axes?.axes.data[at]).toBeCloseTo(value, 6));
      expect(told.length).toBeGreaterThan(0);
      const input = { features, axes: expected };
      const places = await compute.placeOnAxes({ input, backend, seed: 1 });
      projectOnAxes(features, expected, { linalg: createFloat64LinearAlgebra() }).forEach((value, at) =>
        expect(places[at]).toBeCloseTo(value, 5),
      );
    }
    const abort = new AbortController();
    abort.abort();
    const request = { input: { features, most }, backend: 'auto', seed: 1 } as const;
    await expect(compute.findAxes(request, { signal: abort.signal })).rejects.toThrow(CancelledError);
  });

  it('says that no session is open', async () => {
    await expect(client(realThread).ask('estimateRemovalEffect', question)).rejects.toThrow(InputError);
  });
});

describe('ComputeClient', () => {
  it('cancels a running audit, and the next one runs in the same thread', async () => {
    const compute = client(trialThread);
    const controller = new AbortController();
    const running = compute.audit(audit(1), { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(running).rejects.toThrow(CancelledError);
    await compute.openSession(sessionInput);
    expect((await compute.ask('estimateRemovalEffect', question)).otherRows).toBe(1);
  });

  it('cancels an audit that waits for its turn at once', async () => {
    const compute = client(trialThread);
    const [first, second] = [new AbortController(), new AbortController()];
    const running = compute.audit(audit(1), { signal: first.signal });
    const waiting = compute.audit(audit(1), { signal: second.signal });
    second.abort();
    await expect(waiting).rejects.toThrow(CancelledError);
    first.abort();
    await expect(running).rejects.toThrow(CancelledError);
  });

  it('answers questions to the session while an audit runs', async () => {
    const compute = client(trialThread);
    await compute.openSession(sessionInput);
    let asked: Promise<unknown> = Promise.resolve();
    const result = await compute.audit(audit(5), {
      onProgress: () => {
        asked = Promise.all([
          compute.ask('estimateRemovalEffect', question),
          compute.ask('estimateRemovalEffect', question),
        ]);
      },
    });
    expect(result.effectiveDof).toBe(2);
    expect(await asked).toMatchObject([{ trainRows: 3 }, { trainRows: 3 }]);
  });

  it('ends a thread that does not react, opens the session again and answers what was waiting', async () => {
    const compute = client(trialThread, 100);
    expect(await compute.openSession(sessionInput)).toEqual({ parameters: 3 });
    expect((await compute.ask('estimateRemovalEffect', question)).otherRows).toBe(1);
    expect((await compute.ask('estimateRemovalEffect', question)).otherRows).toBe(2);
    const controller = new AbortController();
    let waiting: Promise<{ otherRows: number }> | undefined;
    const stuck = compute.audit(audit(3), {
      signal: controller.signal,
      onProgress: () => {
        waiting = compute.ask('estimateRemovalEffect', question);
        controller.abort();
      },
    });
    await expect(stuck).rejects.toThrow(CancelledError);
    // A fresh thread counts its questions from one.
    expect((await waiting)?.otherRows).toBe(1);
  });

  it.each([
    [2, /stopped unexpectedly \(exit code 7\)/],
    [4, /swallowed|thrown by nobody in particular/],
  ])('rejects what ran in a thread that crashes (%i) and starts a new one', async (l2, message) => {
    const compute = client(trialThread);
    await compute.openSession(sessionInput);
    const crash = compute.audit(audit(l2));
    await expect(crash).rejects.toThrow(BugError);
    await expect(crash).rejects.toThrow(message);
    expect((await compute.ask('estimateRemovalEffect', question)).trainRows).toBe(3);
    expect((await compute.describe('auto')).name).toBe('float64');
  });

  it('rejects what waits when an answer cannot be read, and asks a question once more', async () => {
    const compute = client(trialThread);
    await compute.openSession(sessionInput);
    const post = vi.spyOn(Worker.prototype, 'postMessage');
    let waiting: Promise<{ otherRows: number }> | undefined;
    const running = compute.audit(audit(3), {
      onProgress: () => {
        waiting = compute.ask('estimateRemovalEffect', question);
        const worker = post.mock.contexts[0] as Worker; // A method of it was called.
        setImmediate(() => worker.emit('messageerror', new Error('not deserialised')));
      },
    });
    await expect(running).rejects.toThrow('an answer of it could not be read');
    // A fresh thread counts its questions from one.
    expect((await waiting)?.otherRows).toBe(1);
  });

  it.each([
    [2, 'ends'],
    [3, 'does not answer'],
  ])('closes a session whose thread %2$s, and goes on with another one', async (l2) => {
    const compute = client(trialThread);
    await compute.openSession({ ...sessionInput, l2 });
    await compute.closeSession();
    await compute.openSession(sessionInput);
    expect((await compute.ask('estimateRemovalEffect', question)).otherRows).toBe(1);
  });

  it('closes a session that hangs in a question, which ends with it', async () => {
    const compute = client(trialThread);
    await compute.openSession(sessionInput);
    const hangs = compute.ask('estimateRemovalEffect', { ...question, rows: Int32Array.of(3) });
    const ended = expect(hangs).rejects.toThrow('No audit is loaded');
    await compute.closeSession();
    await ended;
  });

  it('says why a session could not be closed', async () => {
    const compute = client(trialThread);
    await compute.openSession({ ...sessionInput, l2: 4 });
    await expect(compute.closeSession()).rejects.toThrow('not disposed');
    await compute.openSession(sessionInput);
    await compute.closeSession();
  });

  it('says that a thread script is missing instead of waiting for ever', async () => {
    await expect(client('/nowhere/compute.js').describe('auto')).rejects.toThrow(/Cannot find module/);
  });

  it('waits for the first library of a thread when it is closed: to end it meanwhile would end the process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-slow-thread-'));
    const slow = join(folder, 'slow.js');
    const answer = "{ kind: 'result', id, result: { ok: true, value: { name: 'late' } } }";
    writeFileSync(
      slow,
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', ({ id }) => setTimeout(() => parentPort.postMessage(${answer}), 2500));`,
    );
    try {
      const compute = client(slow);
      const described = compute.describe('auto');
      await compute.close();
      expect(await described).toEqual({ name: 'late' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('rejects what is still running when it is closed, and everything afterwards', async () => {
    const compute = client(trialThread);
    const running = compute.audit(audit(1));
    const rejected = expect(running).rejects.toThrow(CancelledError);
    await compute.describe('auto');
    await compute.close();
    await rejected;
    await expect(compute.describe('auto')).rejects.toThrow('closed');
  });
});
