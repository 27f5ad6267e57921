import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auditSettingsSchema } from '../../src/contract/audit';
import type { Evidence, RemovalEffects } from '../../src/contract/review';
import { CancelledError } from '../../src/core/base/errors';
import { createRandom } from '../../src/core/base/random';
import { ComputeClient } from '../../src/worker/compute/thread/computeClient';
import type { ComputeAuditInput, ComputeSessionInput } from '../../src/worker/compute/thread/messages';
import { Encoders } from '../../src/worker/encoders/encoders';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import { OpenProject } from '../../src/worker/project/openProject';
import { bundleThread } from '../backends/bundleThread';

let thread = '';
beforeAll(async () => {
  thread = await bundleThread('src/worker/compute/thread/computeThread.ts');
});
afterAll(async () => {
  if (existsSync(thread)) await rm(dirname(thread), { recursive: true });
});

/** Says what kinds of features were handed over. */
class WatchedClient extends ComputeClient {
  readonly audited: ComputeAuditInput['features'][] = [];
  readonly opened: ComputeSessionInput['features'][] = [];

  override audit(...[request, options]: Parameters<ComputeClient['audit']>): ReturnType<ComputeClient['audit']> {
    this.audited.push(request.input.features);
    return super.audit(request, options);
  }

  override openSession(
    ...[input, options]: Parameters<ComputeClient['openSession']>
  ): ReturnType<ComputeClient['openSession']> {
    this.opened.push(input.features);
    return super.openSession(input, options);
  }
}

interface Opened {
  readonly project: OpenProject;
  readonly compute: WatchedClient;
  readonly arrays: string;
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function csvOf(n: number, classes: number, seed: number): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: n }, () => {
    const values = Array.from({ length: 6 }, () => random.normal());
    const score = values[0] - values[1] + 0.7 * random.normal();
    const label = score > 0.4 ? classes - 1 : score < -0.4 ? 0 : random.integer(classes);
    const colour = ['red', 'green', 'blue'][random.integer(3)];
    return [...values.map((value) => value.toFixed(5)), random.uniform() < 0.05 ? '' : colour, `c${label}`].join(',');
  });
  return `a,b,c,d,e,f,colour,label\n${lines.join('\n')}\n`;
}

async function open(csv: string, matrixBytes: number): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-disk-'));
  const file = join(folder, 'data.csv');
  writeFileSync(file, csv);
  const compute = new WatchedClient({ threadPath: thread });
  const project = await OpenProject.fromSource(file, folder, {
    compute,
    pictures: startPictureThreads(thread),
    encoders: new Encoders({ applicationFolder: '', encoderThread: '' }),
    version: '0',
    reviewer: () => 'me',
    emit: () => undefined,
    onNews: () => undefined,
    matrixBytes,
  });
  cleanUps.push(async () => {
    await project.close();
    await compute.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await project.dataset.reading.whenLoaded();
  return { project, compute, arrays: join(project.describe().folder, 'arrays') };
}

const settings = (l2: 'auto' | number) => auditSettingsSchema.parse({ l2, backend: 'auto' });

/** Everything an audit leaves that a person can see, without times and places. */
async function outcome({ project, arrays }: Opened, n: number): Promise<unknown> {
  const [audit, ...others] = readdirSync(arrays).map((name) => join(arrays, name));
  expect(others).toEqual([]);
  return {
    arrays: readdirSync(audit)
      .sort()
      .map((name) => [name, readFileSync(join(audit, name)).toString('base64')]),
    summary: { ...project.audits.latest, startedAt: '', seconds: 0, stageSeconds: {} },
    rows: await project.review.rows({ rows: Array.from({ length: n }, (_, row) => row) }),
  };
}

async function answers({ project }: Opened): Promise<{ effects: RemovalEffects; evidence: Evidence[] }> {
  const effects = await project.effects.removalEffects({ kind: 'rows', rows: [3, 5, 8, 13, 21, 34] });
  const evidence = [await project.effects.evidence(5), await project.effects.evidence(40)];
  return { effects, evidence };
}

describe('an audit with features on disk', () => {
  it.each([
    ['binary', 2, 1e-3 as const],
    ['three classes, λ chosen', 3, 'auto' as const],
  ])('is the audit in memory, to the last bit, and so are its answers (%s)', async (_name, classes, l2) => {
    const n = 900;
    const csv = csvOf(n, classes, 11);
    const inMemory = await open(csv, 2 ** 30);
    const onDisk = await open(csv, 0);
    for (const { project } of [inMemory, onDisk]) await project.audits.start(settings(l2)).result;
    expect(inMemory.compute.audited[0]).toMatchObject({ data: expect.any(Float64Array) });
    expect(onDisk.compute.audited[0]).toMatchObject({ kind: 'npy', rows: n, element: 'float64' });
    expect(await outcome(onDisk, n)).toEqual(await outcome(inMemory, n));

    const answered = await answers(onDisk);
    expect(answered).toEqual(await answers(inMemory));
    expect(answered.effects.rif).not.toBeNull();
    expect(inMemory.compute.opened[0]).toMatchObject({ data: expect.any(Float64Array) });
    expect(onDisk.compute.opened[0]).toMatchObject({ kind: 'npy', rows: n });
  });

  it('takes the rows of a validation file after its own', async () => {
    const n = 300;
    const results = [];
    for (const matrixBytes of [2 ** 30, 0]) {
      const opened = await open(csvOf(n, 2, 5), matrixBytes);
      const second = join(opened.arrays, '../../validation.csv');
      writeFileSync(second, csvOf(120, 2, 6));
      await opened.project.dataset.addValidationFile(second);
      await opened.project.audits.start(settings(1e-2)).result;
      expect(opened.compute.audited[0]).toMatchObject({ rows: 420 });
      results.push(await outcome(opened, n));
    }
    expect(results[1]).toEqual(results[0]);
  });

  it('leaves nothing when it is cancelled while features are written, and the audit there was', async () => {
    const n = 12_000;
    const opened = await open(csvOf(n, 2, 3), 0);
    const { project, arrays } = opened;
    await project.audits.start({ ...settings(1e-2), experts: ['head'] }).result;
    const before = await outcome(opened, 50);
    const folders = readdirSync(arrays);

    const started = project.audits.start({ ...settings(1e-1), experts: ['head'] });
    let partial: string[] = [];
    const watch = setInterval(() => {
      const drafts = readdirSync(arrays).filter((name) => !folders.includes(name));
      if (drafts.length === 0) return;
      partial = readdirSync(join(arrays, drafts[0]));
      if (partial.length === 0) return;
      clearInterval(watch);
      started.job.cancel();
    }, 1);
    await expect(started.result).rejects.toBeInstanceOf(CancelledError);
    clearInterval(watch);
    expect(partial).toEqual([expect.stringMatching(/^\.assay-.*\.part$/)]);
    expect(readdirSync(arrays)).toEqual(folders);
    expect(await outcome(opened, 50)).toEqual(before);
    expect((await answers(opened)).effects.rif).not.toBeNull();
  });

  it('removes the features of the audit it replaces, also while a session reads them', async () => {
    const opened = await open(csvOf(400, 2, 9), 0);
    await opened.project.audits.start(settings(1e-2)).result;
    await answers(opened);
    await opened.project.audits.start(settings(1e-1)).result;
    if (process.platform !== 'win32') expect(readdirSync(opened.arrays)).toHaveLength(1);
    expect((await answers(opened)).effects.rif).not.toBeNull();
    expect(opened.compute.opened).toHaveLength(2);
  });
});
