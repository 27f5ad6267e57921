import { afterEach, describe, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import { InputError } from '../../core/base/errors';
import { findRelabelled } from '../exports/relabelling';
import { openProject, type ProjectStore } from '../store/projectStore';
import { chooseLabels } from './chooseLabels';
import { describeSimilarLabels } from './describeLabels';
import { readLabelSummary } from './labelSummary';

let project: AuditedProject | undefined;
let again: ProjectStore | undefined;
afterEach(async () => {
  await again?.close();
  again = undefined;
  await project?.remove();
  project = undefined;
});

const table = 'id,y\n1,cat\n2,CAT\n3,cat\u00a0\n4,dog\n5,d\u200bog\n6,\u200b\n7,\n8,cat\n9,dog\n';

async function open(text: string): Promise<ProjectStore> {
  project = await createAuditedProject({ bytes: Buffer.from(text), labelColumn: 'y', idColumn: 'id' });
  return project.store;
}

async function choose(store: ProjectStore, choice: Parameters<typeof chooseLabels>[2]): Promise<void> {
  await chooseLabels(store, await readLabelSummary(store), choice, 'Ada');
}

describe('labels of a project', () => {
  it('are counted as the audit reads them', async () => {
    const store = await open(table);
    const before = await readLabelSummary(store);
    expect(before).toMatchObject({ column: 'y', classCount: 4, unlabelled: 2, similarity: { state: 'open' } });
    expect(before?.padded).toEqual({ rows: 1, example: 'cat\u00a0' });
    await choose(store, { choice: 'merge', perhaps: false });
    const after = await readLabelSummary(store);
    expect(after?.classes).toEqual([
      { label: 'cat', count: 4 },
      { label: 'dog', count: 3 },
    ]);
    expect(after?.similarity.state).toBe('merged');
  });

  it('are said with everything that hides in them', async () => {
    const labels = await readLabelSummary(await open(table));
    const text = describeSimilarLabels('y', labels?.similarity ?? { sure: [], perhaps: [], state: 'none' }).join('\n');
    expect(text).toContain(
      'Labels in y look alike and seem to mean one class, “cat”: “cat” (3 rows), “CAT” (1), which differ in capitals.',
    );
    expect(text).toContain('“d⟨U+200B⟩og” (1), which differ in hidden characters.');
  });

  it('stay merged over a restart, and come apart again when that is undone', async () => {
    const store = await open(table);
    await choose(store, { choice: 'merge', perhaps: false });
    const { folder } = store;
    await store.close();
    again = await openProject(folder);
    expect((await readLabelSummary(again))?.similarity.state).toBe('merged');
    expect(again.decisions.state.undoableLabels('y')?.title).toBe('merge labels');
    // Another decision since is no hindrance, and stays.
    const decision = { kind: 'keep' } as const;
    await again.decisions.append({ kind: 'decide', rows: [1], decision, title: '', reviewer: '' });
    await choose(again, { choice: 'undo' });
    expect((await readLabelSummary(again))?.similarity.state).toBe('open');
    await expect(choose(again, { choice: 'undo' })).rejects.toBeInstanceOf(InputError);
    const name = again.decisions.history(0, 5).items.find(({ title }) => title === 'merge labels');
    expect(name).toMatchObject({ title: 'merge labels', state: 'undone' });
    expect(again.decisions.state.rows.get(1)?.decision).toEqual({ kind: 'keep' });
  });

  it('are written into the relabelled copy in their class’s spelling, unless a row was decided otherwise', async () => {
    const store = await open(table);
    expect((await findRelabelled(store)).size).toBe(0);
    await choose(store, { choice: 'merge', perhaps: false });
    expect([...(await findRelabelled(store))]).toEqual([
      [1, 'cat'],
      [2, 'cat'],
      [4, 'dog'],
    ]);
    await store.decisions.append({
      kind: 'decide',
      rows: [1],
      decision: { kind: 'relabel', label: 'dog' },
      title: '',
      reviewer: '',
    });
    await store.decisions.append({
      kind: 'decide',
      rows: [4],
      decision: { kind: 'relabel', label: 'd\u200bog' },
      title: '',
      reviewer: '',
    });
    expect([...(await findRelabelled(store))].sort()).toEqual([
      [1, 'dog'],
      [2, 'cat'],
    ]);
  });

  it('cannot be merged where none look alike', async () => {
    const store = await open('id,y\n1,a\n2,b\n3,a\n4,b\n');
    await expect(choose(store, { choice: 'merge', perhaps: true })).rejects.toThrow('No labels look alike.');
  });
});
