import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Query } from '../../../contract/review';
import { InputError } from '../../../core/base/errors';
import { writeTestFile } from '../../datasets/testFiles';
import { openProject, type ProjectStore } from '../projectStore';
import { projectOf, randomAudit } from '../testProject';

const n = 60;
let place: string;
let store: ProjectStore;
const query: Query = {
  queue: 'all',
  threshold: 0.5,
  filters: [{ kind: 'cells', column: 0, values: ['7'], inverted: true }],
  search: '',
  sort: [{ column: 'row', descending: true }],
};

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-saved-'));
  const lines = Array.from({ length: n }, (_, row) => `${row},${row % 2}\n`);
  store = await projectOf(writeTestFile(place, 'data.csv', `x,label\n${lines.join('')}`), join(place, 'p.assay'));
  await store.audits.replace(randomAudit(n, 3));
});

afterAll(async () => {
  await store.close();
  rmSync(place, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  await store.close();
  store = await openProject(join(place, 'p.assay'));
}

describe('saved views', () => {
  it('are made, renamed, updated and deleted, and are there when the project is opened again', async () => {
    await store.views.save({ kind: 'save-view', id: null, name: 'One', query, look: '{}' });
    await store.views.save({ kind: 'save-view', id: null, name: 'Two', query, look: '' });
    await reopen();
    const [one, two] = await store.views.read();
    expect(one).toMatchObject({ name: 'One', query, look: '{}' });
    const changed = { ...query, queue: 'pending' as const };
    await store.views.save({ kind: 'save-view', id: one?.id ?? '', name: 'First', query: changed, look: '{}' });
    await store.views.delete(two?.id ?? '');
    await reopen();
    expect(await store.views.read()).toEqual([{ id: one?.id, name: 'First', query: changed, look: '{}' }]);
  });

  it('have names of their own, and what is gone cannot be updated', async () => {
    const view = { kind: 'save-view', id: null, name: 'First', query, look: '' } as const;
    await expect(store.views.save(view)).rejects.toThrow(/a view “First” already/);
    await expect(store.views.save({ ...view, id: 'gone', name: 'Other' })).rejects.toThrow(InputError);
    expect(await store.views.read()).toHaveLength(1);
  });
});

describe('work lists', () => {
  it('keep the rows that were there, say how many are decided, and can be asked for', async () => {
    await store.lists.make('Mine', Int32Array.of(40, 3, 17, 59));
    await store.decisions.append({
      kind: 'decideEach',
      rows: [3, 4, 59],
      decisions: [{ kind: 'keep' }, { kind: 'later' }],
      which: [0, 0, 1],
      reviewer: 'me',
      title: 'some',
    });
    await reopen();
    const [list] = await store.lists.read();
    expect(list).toMatchObject({ name: 'Mine', rows: 4, decided: 2 });
    const id = list?.id ?? '';
    expect([...(await store.lists.readRows(id))]).toEqual([3, 17, 40, 59]);
    const asked = { ...query, filters: [{ kind: 'list', column: 'list', list: id, words: 'Mine' }] } satisfies Query;
    expect([...(await store.review.query(asked))]).toEqual([59, 40, 17, 3]);
    const others = { ...asked, filters: [{ ...asked.filters[0], inverted: true }] } satisfies Query;
    expect(await store.review.query(others)).toHaveLength(n - 4);

    await store.lists.rename(id, 'Yours');
    await reopen();
    expect(await store.lists.read()).toMatchObject([{ id, name: 'Yours', rows: 4, decided: 2 }]);
    await store.lists.delete(id);
    expect(await store.lists.read()).toEqual([]);
    await expect(store.review.query(asked)).rejects.toThrow(/not in the project any more/);
    await expect(store.lists.rename(id, 'x')).rejects.toThrow(InputError);
    await expect(store.lists.make('None', new Int32Array(0))).rejects.toThrow(InputError);
  });

  it('pass over what they cannot read, and rows that the data does not have', async () => {
    const entry = { name: 'Odd', createdAt: '2026-01-01T00:00:00.000Z', rows: 2 };
    await store.meta.write('workLists', [{ ...entry, id: 'a' }, { id: 5 }, 'x']);
    const bytes = Buffer.alloc(8);
    bytes.writeInt32LE(5, 0);
    bytes.writeInt32LE(n, 4);
    await store.meta.write('workList a', bytes.toString('base64'));
    expect(await store.lists.read()).toMatchObject([{ id: 'a', rows: 1 }]);
  });

  it('take back decisions of many rows at once', async () => {
    const target = store.decisions.state.undoable?.seq ?? 0;
    await store.decisions.append({ kind: 'undo', target, reviewer: 'me' });
    expect(store.decisions.state.rows.size).toBe(0);
  });
});
