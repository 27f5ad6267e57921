import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StorageError } from '../../core/base/errors';
import type { ComputeClient } from '../compute/thread/computeClient';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import { Encoders } from '../encoders/encoders';
import { JobQueue } from '../jobs/jobQueue';
import { startPictureThreads } from '../pictures/thread/startPictureThreads';
import { EffectsService } from '../review/effectsService';
import { ProjectStore } from '../store/projectStore';
import { SourceStore } from '../store/sources/sourceStore';
import { openElsewhere } from '../store/testProject';
import { inspectFile } from './dataFile';
import { DatasetFindings } from './datasetFindings';
import { OpenProject } from './openProject';
import { ProjectDataset } from './projectDataset';
import type { ProjectEnvironment } from './projectEnvironment';

const makeFolder = temporaryFolders();
afterEach(() => vi.restoreAllMocks());

class Compute {
  closeSession(): Promise<void> {
    return Promise.resolve();
  }
}

function environment(): ProjectEnvironment {
  return {
    // Only a session is closed.
    compute: new Compute() as unknown as ComputeClient,
    pictures: startPictureThreads('none'),
    encoders: new Encoders({ applicationFolder: '', encoderThread: '' }),
    version: '0.0.0',
    reviewer: () => '',
    emit: () => undefined,
    onNews: () => undefined,
  };
}

async function makeProject(): Promise<OpenProject> {
  const folder = makeFolder();
  const file = writeTestFile(folder, 'data.csv', 'a,label\n1,x\n2,y\n3,x\n4,y\n');
  const place = join(folder, 'p.assay');
  const project = await OpenProject.create(place, await inspectFile(file), environment());
  await project.dataset.reading.whenLoaded();
  return project;
}

/** In the order in which they are taken. */
const steps = {
  silence: ProjectDataset.prototype,
  cancelAll: JobQueue.prototype,
  'effects.close': EffectsService.prototype,
  'jobs.idle': JobQueue.prototype,
  interruptReading: ProjectStore.prototype,
  'findings.settled': DatasetFindings.prototype,
  closeSession: Compute.prototype,
  'store.close': ProjectStore.prototype,
};
const names = Object.keys(steps) as (keyof typeof steps)[]; // Of an object with these keys only.

/** The method of that name (after its point) fails; a store is closed before it does, as the system would see to it. */
function failAt(name: string, target: object, how: 'throws' | 'rejects'): void {
  const prototype = target as Record<string, (...values: unknown[]) => unknown>;
  const method = name.replace(/^.*\./, '');
  const original = prototype[method];
  vi.spyOn(prototype, method).mockImplementation(function (this: object, ...values) {
    const error = new StorageError(`${name} ${how}`);
    if (name === 'store.close')
      return (original.call(this, ...values) as Promise<void>).then(() => Promise.reject(error));
    if (how === 'throws') throw error;
    return Promise.reject(error);
  });
}

/** With a clock on which every wait is short. */
async function soon(act: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const patience = setInterval(() => void vi.advanceTimersByTime(10_000), 5);
  try {
    await act();
  } finally {
    clearInterval(patience);
    vi.useRealTimers();
  }
}

async function isFree(folder: string): Promise<void> {
  vi.restoreAllMocks();
  openElsewhere(folder);
  const again = await OpenProject.fromFolder(folder, environment());
  expect(again.dataset.summary().rowCount).toBe(4);
  await again.close();
}

describe.each(['throws', 'rejects'] as const)('closing a project of which a step %s', (how) => {
  it.each(names)('takes all others when it is %s', async (name) => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const project = await makeProject();
    failAt(name, steps[name], how);
    await expect(project.close()).rejects.toThrow(`${name} ${how}`);
    expect(log).not.toHaveBeenCalled();
    await isFree(project.describe().folder);
  });

  it('takes all when each fails, and tells the first', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const project = await makeProject();
    for (const name of names) failAt(name, steps[name], how);
    await expect(project.close()).rejects.toThrow(`silence ${how}`);
    expect(log).toHaveBeenCalledTimes(names.length - 1);
    await isFree(project.describe().folder);
  });
});

describe('closing a project', () => {
  it('waits neither for a question that is never answered nor for one that fails', async () => {
    const project = await makeProject();
    const failed = Promise.reject(new Error('no answer'));
    failed.catch(() => undefined);
    await soon(() => project.close([new Promise(() => undefined), failed]));
    await isFree(project.describe().folder);
  });

  it('does not wait for a job that ignores that it is cancelled, and tells so', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const project = await makeProject();
    const deaf = project.jobs.start({ kind: 'study', stages: [], run: () => new Promise(() => undefined) });
    await vi.waitFor(() => expect(deaf.job.snapshot.state).toBe('running'));
    await soon(() => project.close());
    expect(log.mock.calls).toEqual([['closed although a cancelled job had not ended after 10 s']]);
    await isFree(project.describe().folder);
  });

  it('cancels every job, also when one does not let itself be cancelled', async () => {
    const project = await makeProject();
    const endsBadly = project.jobs.start({
      kind: 'study',
      stages: [],
      run: (job) =>
        new Promise((_resolve, reject) => {
          job.onCancel(() => {
            throw new Error('cannot be cancelled');
          });
          job.onCancel(() => reject(new Error('ends badly')));
        }),
    });
    const waiting = project.jobs.start({ kind: 'study', stages: [], run: () => new Promise(() => undefined) });
    const ends = Promise.allSettled([endsBadly.result, waiting.result]);
    await vi.waitFor(() => expect(endsBadly.job.snapshot.state).toBe('running'));
    await expect(project.close()).rejects.toThrow('cannot be cancelled');
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect([endsBadly, waiting].map(({ job }) => job.snapshot.state)).toEqual(['cancelled', 'cancelled']);
    await isFree(project.describe().folder);
  });
});

describe('a project that is opened half-way', () => {
  it.each([
    ['its rows cannot be shown', 'readCells', () => SourceStore.prototype],
    ['what was found out earlier cannot be taken up', 'resume', () => ProjectDataset.prototype],
  ] as const)('is closed when %s', async (_why, method, target) => {
    const project = await makeProject();
    const { folder } = project.describe();
    await project.close();
    const log = vi.spyOn(console, 'error').mockReturnValue();
    failAt(method, target(), 'rejects');
    failAt('store.close', ProjectStore.prototype, 'rejects');
    await expect(OpenProject.fromFolder(folder, environment())).rejects.toThrow(method);
    expect(log.mock.calls.join()).toContain('close rejects');
    await isFree(folder);
  });

  it('is closed when reading cannot begin', async () => {
    const folder = makeFolder();
    const file = writeTestFile(folder, 'data.csv', 'a,label\n1,x\n2,y\n3,x\n4,y\n');
    failAt('dataset.start', ProjectDataset.prototype, 'rejects');
    await expect(OpenProject.fromSource(file, folder, environment())).rejects.toThrow('dataset.start');
    vi.restoreAllMocks();
    const project = await OpenProject.fromSource(file, folder, environment());
    await project.dataset.reading.whenLoaded();
    await project.close();
    await isFree(project.describe().folder);
  });
});
