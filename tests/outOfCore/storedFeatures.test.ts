import { existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditResult } from '../../src/core/audit/auditTypes';
import { CancelledError, StorageError } from '../../src/core/base/errors';
import { createRandom } from '../../src/core/base/random';
import { splitCodes } from '../../src/core/base/splitCodes';
import type { FeatureSource } from '../../src/worker/compute/featureSource';
import { ComputeClient } from '../../src/worker/compute/thread/computeClient';
import { writeNpy } from '../../src/worker/store/npy/npy';
import { NpyRows } from '../../src/worker/store/npy/npyRows';
import { bundleThread } from '../backends/bundleThread';

const n = 6_000;
const d = 300;
const place = mkdtempSync(join(tmpdir(), 'assay-stored-'));
let compute: ComputeClient;
let thread = '';
const labels = new Int32Array(new SharedArrayBuffer(4 * n));
const split = new Uint8Array(new SharedArrayBuffer(n));
const sources: Record<'matrix' | 'float64' | 'float32', FeatureSource | undefined> = {
  matrix: undefined,
  float64: undefined,
  float32: undefined,
};

beforeAll(async () => {
  thread = await bundleThread('src/worker/compute/thread/computeThread.ts');
  compute = new ComputeClient({ threadPath: thread });
  const random = createRandom(4);
  const data = new Float64Array(new SharedArrayBuffer(8 * n * d));
  for (let i = 0; i < n; i++) {
    const [a, b] = [random.normal(), random.normal()];
    for (let j = 0; j < d; j++) data[i * d + j] = Math.fround(random.normal() + (j % 3 === 0 ? a : b));
    labels[i] = a + 0.5 * random.normal() > 0 ? 1 : 0;
    split[i] = i % 4 === 3 ? splitCodes.validation : splitCodes.train;
  }
  sources.matrix = { rows: n, columns: d, data };
  for (const [element, stored] of [
    ['float64', data],
    ['float32', Float32Array.from(data)],
  ] as const) {
    const path = join(place, `${element}.npy`);
    await writeNpy(path, { data: stored, shape: [n, d] });
    const rows = NpyRows.open(path);
    rows.close();
    sources[element] = rows.reference;
  }
});
afterAll(async () => {
  await compute.close();
  rmSync(place, { recursive: true, force: true });
  if (existsSync(thread)) await rm(dirname(thread), { recursive: true });
});

function audit(
  features: FeatureSource | undefined,
  signal?: AbortSignal,
  onStage?: (stage: string) => void,
): Promise<AuditResult> {
  if (features === undefined) throw new Error('not set up');
  return compute.audit(
    {
      input: { features, labels, classes: 2, split, unpenalised: [], l2: 1e-3, options: { experts: ['head'] } },
      backend: 'auto',
      seed: 1,
    },
    { ...(signal === undefined ? {} : { signal }), onProgress: ({ stage }) => onStage?.(stage) },
  );
}

/** All numbers of an audit as bytes. */
function bytesOf({ columns, classProbabilities, head }: AuditResult): string[] {
  return [...Object.entries(columns), ['mixture', classProbabilities] as const, ['theta', head.theta] as const].map(
    ([name, { buffer, byteOffset, byteLength }]) =>
      `${name} ${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}`,
  );
}

describe('features on disk, through the compute thread', () => {
  it('give the numbers that features in memory give, bit by bit, whichever type they are stored in', async () => {
    const inMemory = await audit(sources.matrix);
    expect(inMemory.columns.loss).toHaveLength(n);
    expect(inMemory.train.accuracy).toBeGreaterThan(0.7);
    for (const element of ['float64', 'float32'] as const) {
      expect(bytesOf(await audit(sources[element]))).toEqual(bytesOf(inMemory));
    }
  });

  it('can be cancelled while they are read, and then are read again', async () => {
    const abort = new AbortController();
    const stages: string[] = [];
    const running = audit(sources.float32, abort.signal, (stage) => {
      stages.push(stage);
      abort.abort();
    });
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(new Set(stages)).toEqual(new Set(['lambda']));
    expect((await audit(sources.float32)).unlabelledRows).toBe(0);
  });

  it('are named in the error when the file is cut short meanwhile', async () => {
    const path = join(place, 'short.npy');
    await writeNpy(path, { data: new Float32Array(n * d), shape: [n, d] });
    const reference: FeatureSource = { kind: 'npy', path, rows: n, columns: d, element: 'float32' };
    truncateSync(path, 4 * n * d);
    const failed = audit(reference);
    await expect(failed).rejects.toBeInstanceOf(StorageError);
    await expect(failed).rejects.toThrow(/short\.npy is damaged: it is cut short/);
  });
});
