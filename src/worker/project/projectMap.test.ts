import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CancelledError, InputError } from '../../core/base/errors';
import { createFloat64LinearAlgebra } from '../../core/linalg/float64LinearAlgebra';
import { findPlaneOfRows } from '../../core/linalg/planeOfRows';
import { openFeatures } from '../compute/featureSource';
import type { ComputeClient } from '../compute/thread/computeClient';
import { writeTestFile } from '../datasets/testFiles';
import { JobQueue } from '../jobs/jobQueue';
import type { ProjectStore } from '../store/projectStore';
import { projectOf, randomAudit } from '../store/testProject';
import { ProjectMap } from './projectMap';

const n = 60;
let place: string;
let store: ProjectStore;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-map-'));
  const lines = Array.from({ length: n }, (_, row) => [row, row === 5 ? '' : row * 1.5, `word ${row % 2}`, row % 2]);
  const file = writeTestFile(
    place,
    'data.csv',
    `id,x,word,label\n${lines.map((cells) => cells.join(',')).join('\n')}\n`,
  );
  store = await projectOf(file, join(place, 'p.assay'));
}, 60_000);

afterAll(async () => {
  await store.close();
  rmSync(place, { recursive: true, force: true });
});

/** Features of the rows, and of two more of a validation file. */
async function audit(seed: number): Promise<void> {
  const data = Float64Array.from({ length: 3 * (n + 2) }, (_, at) => Math.sin(seed + at * at));
  const audited = randomAudit(n, seed, ['0', '1']);
  await store.audits.replace({ ...audited, arrays: { ...audited.arrays, features: { data, shape: [n + 2, 3] } } });
}

function makeMap() {
  const findPlane = vi.fn<ComputeClient['findPlane']>(({ input }) => {
    const { rows, close } = openFeatures(input.features);
    const found = findPlaneOfRows(rows, { linalg: createFloat64LinearAlgebra() });
    close();
    return Promise.resolve(found);
  });
  const layOutNeighbours = vi.fn<ComputeClient['layOutNeighbours']>(({ input }, options) => {
    if (options?.signal?.aborted === true) return Promise.reject(new CancelledError());
    return Promise.resolve({ xy: input.start.map((value) => value + 1), recall: 1 });
  });
  const jobs = new JobQueue(() => undefined);
  // What else the client can do is not asked for.
  const compute = { findPlane, layOutNeighbours } as unknown as ComputeClient;
  return { findPlane, layOutNeighbours, jobs, map: new ProjectMap(store, jobs, compute) };
}

describe('the map of a project', () => {
  it('is refused before the first audit', async () => {
    await expect(makeMap().map.places({ kind: 'pca' })).rejects.toThrow(InputError);
  });

  it('computes the plane of the features once, and keeps it in the project until the next audit', async () => {
    await audit(1);
    const { map, findPlane } = makeMap();
    const [places, same] = await Promise.all([map.places({ kind: 'pca' }), map.places({ kind: 'pca' })]);
    expect(places?.xy).toHaveLength(2 * n);
    expect(same).toEqual(places);
    expect(places?.varianceShare).toBeGreaterThan(0.5);
    expect(findPlane).toHaveBeenCalledTimes(1);
    expect(await makeMap().map.places({ kind: 'pca' })).toEqual(places);

    await audit(2);
    const next = makeMap();
    const other = await next.map.places({ kind: 'pca' });
    expect(next.findPlane).toHaveBeenCalledTimes(1);
    expect(other?.xy).not.toEqual(places?.xy);
  });

  it('computes it again where what was kept is damaged', async () => {
    await audit(3);
    const places = await makeMap().map.places({ kind: 'pca' });
    const file = join(store.folder, 'arrays', `audit-${store.audits.requireLatest().generation}`, 'map-pca.npy');
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, 'damaged');
    const again = makeMap();
    expect(await again.map.places({ kind: 'pca' })).toEqual(places);
    expect(again.findPlane).toHaveBeenCalledTimes(1);
    expect(await makeMap().map.places({ kind: 'pca' })).toEqual(places);
  });

  it('has rows among their neighbours when a job has placed them, from their plane on', async () => {
    await audit(4);
    const { map, layOutNeighbours } = makeMap();
    expect(await map.places({ kind: 'umap' })).toBeNull();
    const job = map.start();
    expect(() => map.start()).toThrow(/being made already/);
    await job.result;
    const plane = await map.places({ kind: 'pca' });
    expect(layOutNeighbours.mock.calls[0]?.[0].input).toMatchObject({ rows: n, start: plane?.xy });
    const placed = await makeMap().map.places({ kind: 'umap' });
    expect(placed?.xy).toEqual(plane?.xy.map((value) => value + 1));

    // The next audit has another map.
    await audit(5);
    const next = makeMap();
    expect(await next.map.places({ kind: 'umap' })).toBeNull();
    const cancelled = next.map.start();
    cancelled.job.cancel();
    await expect(cancelled.result).rejects.toThrow(CancelledError);
    expect(await next.map.places({ kind: 'umap' })).toBeNull();
  });

  it('places rows by two columns of numbers, and not where a cell is blank', async () => {
    const { map } = makeMap();
    const places = await map.places({ kind: 'columns', x: 0, y: 1 });
    expect([...(places?.xy.subarray(0, 12) ?? [])]).toEqual([0, 0, 1, 1.5, 2, 3, 3, 4.5, 4, 6, 5, NaN]);
    const twice = await map.places({ kind: 'columns', x: 0, y: 0 });
    expect([...(twice?.xy.subarray(2, 4) ?? [])]).toEqual([1, 1]);
    await expect(map.places({ kind: 'columns', x: 0, y: 2 })).rejects.toThrow(/“word” holds no numbers/);
    await expect(map.places({ kind: 'columns', x: 0, y: 99 })).rejects.toThrow(InputError);
  });

  it('gives the values that colour it', async () => {
    const { values, names } = await makeMap().map.values('given_label');
    expect(values).toHaveLength(n);
    expect(names).toEqual(['0', '1']);
  });
});
