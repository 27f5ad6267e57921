import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, StorageError } from '../../core/base/errors';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import { temporaryFolder } from './projectFolder';
import { createProject, openProject, type ProjectStore } from './projectStore';
import { DecisionLog } from './review/decisionLog';
import { Database } from './tables/database';
import { openElsewhere, projectOf } from './testProject';

const makeFolder = temporaryFolders();
afterEach(() => vi.restoreAllMocks());

async function sampleProject(): Promise<ProjectStore> {
  const folder = makeFolder();
  const store = await projectOf(writeTestFile(folder, 'data.csv', 'a,b\n1,2\n3,4\n'), join(folder, 'p.assay'));
  // One connection for small writes and two that have read are open.
  await store.meta.write('key', 'value');
  await Promise.all([store.sources.readCells([0]), store.sources.readCells([1])]);
  return store;
}

/** The step is taken, and fails then. */
function failAfter(target: object, method: string, name: string): void {
  const prototype = target as Record<string, (...values: unknown[]) => unknown>;
  const original = prototype[method];
  vi.spyOn(prototype, method).mockImplementation(function (this: object, ...values) {
    const taken = original.apply(this, values);
    const fail = (): never => {
      throw new Error(name);
    };
    return taken instanceof Promise ? taken.then(fail) : fail();
  });
}

const steps: readonly (readonly [name: string, target: () => object, method: string])[] = [
  ['checkpoint', () => Database.prototype, 'checkpoint'],
  ['connection', () => DuckDBConnection.prototype, 'closeSync'],
  ['instance', () => DuckDBInstance.prototype, 'closeSync'],
];

async function isFree(folder: string): Promise<void> {
  vi.restoreAllMocks();
  openElsewhere(folder);
  const again = await openProject(folder);
  expect(await again.meta.read('key')).toBe('value');
  await again.close();
}

describe('closing a project store', () => {
  it.each(steps)('frees the folder when its %s fails, and tells why', async (name, target, method) => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const store = await sampleProject();
    failAfter(target(), method, name);
    await expect(store.close()).rejects.toThrow(name);
    expect(existsSync(temporaryFolder(store.folder))).toBe(false);
    expect(log.mock.calls.every(([text]) => String(text).includes(name))).toBe(true);
    await isFree(store.folder);
  });

  it('frees the folder when everything fails, and tells what failed first', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const store = await sampleProject();
    for (const [name, target, method] of steps) failAfter(target(), method, name);
    await expect(store.close()).rejects.toThrow('checkpoint');
    expect(log.mock.calls.map(([text]) => String(text)).join()).toMatch(/connection.*instance/s);
    await isFree(store.folder);
  });

  it('frees the folder when scans were stopped on their way', async () => {
    const store = await sampleProject();
    const stop = (): never => {
      throw new CancelledError();
    };
    await expect(store.sources.scan([0, 1], stop)).rejects.toThrow(CancelledError);
    await expect(store.sources.scanPlaces(stop)).rejects.toThrow(CancelledError);
    await store.close();
    await isFree(store.folder);
  });

  it('ends a scan under way, which does not pass for one of all rows', async () => {
    const folder = makeFolder();
    const text = `a,b\n${'1,2\n'.repeat(150_000)}`;
    const store = await projectOf(writeTestFile(folder, 'data.csv', text), join(folder, 'p.assay'));
    const rows: number[] = [];
    const scan = store.sources.scan([0, 1], (firstRow) => {
      if (rows.push(firstRow) === 1) store.interruptReading();
    });
    await expect(scan).rejects.toThrow(StorageError);
    expect(rows.length).toBeLessThan(150_000 / 2_048 - 1);
    let closing: Promise<void> | undefined;
    const late = store.sources.scan([0, 1], () => {
      closing ??= store.close();
    });
    await expect(late).rejects.toThrow('closed');
    await closing;
    openElsewhere(store.folder);
  });

  it('has freed the folder also for whoever closes it a second time meanwhile', async () => {
    const store = await sampleProject();
    const first = store.close();
    await store.close();
    await isFree(store.folder);
    await first;
  });

  it('is not kept by readers that could not be opened', async () => {
    const { folder } = await sampleProject().then(async (store) => {
      await store.close();
      return store;
    });
    const store = await openProject(folder);
    vi.spyOn(DuckDBInstance.prototype, 'connect').mockRejectedValue(new Error('no connection'));
    const read = (count: number) => Array.from({ length: count }, () => store.sources.countDuplicateRows([]));
    const failed = await Promise.allSettled(read(7));
    expect(failed.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(3);
    vi.restoreAllMocks();
    expect(await Promise.all(read(7))).toEqual(new Array(7).fill(0));
    await store.close();
    await isFree(folder);
  });

  it('fails at nothing when the folder has gone', async () => {
    const store = await sampleProject();
    rmSync(store.folder, { recursive: true });
    await store.close();
    const made = await createProject(store.folder);
    await made.close();
  });

  it('frees what was opened half-way, and tells why it was not opened', async () => {
    const store = await sampleProject();
    await store.close();
    vi.spyOn(console, 'error').mockReturnValue();
    vi.spyOn(DecisionLog, 'open').mockRejectedValue(new StorageError('no log'));
    for (const [name, target, method] of steps) failAfter(target(), method, name);
    await expect(openProject(store.folder)).rejects.toThrow('no log');
    await isFree(store.folder);
  });

  it('leaves nothing of a project that could not be made, and frees its folder', async () => {
    const folder = join(makeFolder(), 'new.assay');
    vi.spyOn(console, 'error').mockReturnValue();
    failAfter(Database.prototype, 'close', 'database');
    const prepare = (): Promise<void> => Promise.reject(new StorageError('not prepared'));
    await expect(createProject(folder, { prepare })).rejects.toThrow('not prepared');
    expect(existsSync(folder)).toBe(false);
    vi.restoreAllMocks();
    const made = await createProject(folder);
    await made.close();
  });
});
