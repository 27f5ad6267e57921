import { afterEach, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../../tests/support/auditedProject';

let project: AuditedProject | undefined;
afterEach(() => project?.remove());

it('tells the changes of one row, latest first, undone ones too, and no others', async () => {
  project = await createAuditedProject({ bytes: Buffer.from('x,y\n1,a\n2,b\n3,a\n'), labelColumn: 'y' });
  const { decisions } = project.store;
  const said = { kind: 'decide', reviewer: 'Ada' } as const;
  await decisions.append({ ...said, rows: [0], decision: { kind: 'keep' }, title: 'keep 0' });
  await decisions.append({ ...said, rows: [0, 1], decision: { kind: 'remove' }, title: 'remove 2 rows' });
  await decisions.append({ kind: 'note', rows: [1], note: 'why?', title: 'note on 1', reviewer: 'Ben' });
  const { entry } = await decisions.append({ ...said, rows: [0], decision: null, title: 'restore 0' });
  await decisions.append({ kind: 'undo', target: entry.seq, reviewer: 'Ada' });
  expect(decisions.history(0, 10, 0)).toMatchObject({
    total: 3,
    items: [
      { title: 'restore 0', state: 'undone' },
      { title: 'remove 2 rows', state: 'done' },
      { title: 'keep 0', state: 'done', reviewer: 'Ada' },
    ],
  });
  expect(decisions.history(0, 1, 1)).toMatchObject({ total: 2, items: [{ title: 'note on 1', reviewer: 'Ben' }] });
  expect(decisions.history(0, 10, 2)).toEqual({ total: 0, items: [] });
  expect(decisions.history(0, 10).total).toBe(4);
});
