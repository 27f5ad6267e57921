import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { ColumnRole } from '../../contract/dataset';
import { temporaryFolders, writeTestFile } from '../datasets/testFiles';
import type { ProjectStore } from '../store/projectStore';
import { projectOf } from '../store/testProject';
import { DuplicateWatch } from './duplicateWatch';

const makeFolder = temporaryFolders();
let store: ProjectStore | undefined;
afterEach(async () => {
  await store?.close();
  store = undefined;
});

/** Two rows repeat another, and one more where the first column is an id. */
async function openRows(): Promise<ProjectStore> {
  const folder = makeFolder();
  const text = ['name,x,y', 'a,1,u', 'a,1,u', 'a,1,u', 'b,1,u', 'c,2,v'].join('\n');
  store = await projectOf(writeTestFile(folder, 'data.csv', `${text}\n`), join(folder, 'p.assay'));
  await setRole(store, 'feature');
  return store;
}

async function setRole({ sources }: ProjectStore, role: ColumnRole): Promise<void> {
  await sources.saveColumns(sources.columns.map((column, k) => ({ ...column, role: k === 0 ? role : 'feature' })));
}

it('counts once for the ids there are, again for others, and not for those that have given way', async () => {
  const rows = await openRows();
  const count = vi.spyOn(rows.sources, 'countDuplicateRows');
  const known = vi.fn();
  const watch = new DuplicateWatch(rows, known);
  await watch.resume();
  watch.refresh();
  expect(watch.rows).toBeNull();
  await watch.settled();
  expect(watch.rows).toBe(2);
  expect([count.mock.calls.length, known.mock.calls.length]).toEqual([1, 1]);
  await setRole(rows, 'id');
  watch.refresh();
  await watch.settled();
  expect(watch.rows).toBe(3);
  // A count that ends when another column has become the id.
  let end: (count: number) => void = () => undefined;
  count.mockImplementationOnce(() => new Promise((resolve) => (end = resolve)));
  await setRole(rows, 'feature');
  watch.refresh();
  await setRole(rows, 'id');
  end(99);
  await watch.settled();
  expect(watch.rows).toBe(3);
});

it('takes up what the project knows, forgets it with its rows, and counts nothing once it is stopped', async () => {
  const rows = await openRows();
  const first = new DuplicateWatch(rows, () => undefined);
  await first.resume();
  await first.settled();
  const count = vi.spyOn(rows.sources, 'countDuplicateRows');
  const watch = new DuplicateWatch(rows, () => undefined);
  await watch.resume();
  expect(watch.rows).toBe(2);
  await watch.forget();
  expect(watch.rows).toBeNull();
  watch.stop();
  watch.refresh();
  await watch.settled();
  expect(watch.rows).toBeNull();
  expect(count).not.toHaveBeenCalled();
});
