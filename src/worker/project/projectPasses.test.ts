import { afterEach, describe, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import type { Query } from '../../contract/review';
import type { Decision } from '../../core/review/decisions';
import { planExport } from '../exports/planExport';
import { ReviewService } from '../review/reviewService';
import { ProjectRows } from '../rows/projectRows';
import { openProject, type ProjectStore } from '../store/projectStore';
import { ProjectPasses } from './projectPasses';

let project: AuditedProject | undefined;
let again: ProjectStore | undefined;
afterEach(async () => {
  await again?.close();
  again = undefined;
  await project?.remove();
  project = undefined;
});

interface Opened {
  readonly store: ProjectStore;
  readonly passes: ProjectPasses;
  readonly review: ReviewService;
}

function around(store: ProjectStore): Opened {
  const review = new ReviewService(
    store,
    () => 'Cy',
    () => undefined,
  );
  const onSwitched = async (): Promise<void> => {
    review.views.clear();
    store.review.forget();
  };
  return {
    store,
    review,
    passes: new ProjectPasses({ store, rows: new ProjectRows(store), reviewer: () => 'Cy', onSwitched }),
  };
}

/** 30 rows; the first has decided rows 0 to 11, with a note on row 0. */
async function open(): Promise<Opened> {
  const rows = Array.from({ length: 30 }, (_, row) => `r${row},t${row},${row % 2 === 0 ? 'cat' : 'dog'}`);
  project = await createAuditedProject({
    bytes: Buffer.from(`id,text,y\n${rows.join('\n')}\n`),
    labelColumn: 'y',
    idColumn: 'id',
  });
  const { store } = project;
  for (let row = 0; row < 12; row++) {
    const decision: Decision = row % 3 === 0 ? { kind: 'remove' } : { kind: 'keep' };
    await store.log.append({ kind: 'decide', rows: [row], decision, title: `decide r${row}`, reviewer: 'Ada' });
  }
  await store.log.append({ kind: 'note', rows: [0], note: 'secret', title: 'note on r0', reviewer: 'Ada' });
  return around(store);
}

const query = (queue: Query['queue'], search = ''): Query => ({ queue, threshold: 0.5, filters: [], search, sort: [] });
const decide = ({ review }: Opened, rows: number[], decision: Decision) =>
  review.decide({ selection: { kind: 'rows', rows }, decision, threshold: 0.5 });

describe('a second pass', () => {
  it('hides what the first decided, everywhere, and shows it again as it was', async () => {
    const opened = await open();
    const { store, passes, review } = opened;
    const before = await review.overview(0.5);
    await passes.start({ kind: 'decided' }, ' Ben ');
    expect(passes.current).toMatchObject({
      reviewer: 'Ben',
      rowCount: 12,
      state: 'open',
      rowsAre: 'all 12 decided rows',
    });
    expect(await review.overview(0.5)).toMatchObject({
      pending: 12,
      kept: 0,
      removed: 0,
      rate: null,
      undo: null,
      redoCount: 0,
      rowsInAll: 12,
    });
    expect([...(await store.review.query(query('pending')))]).toHaveLength(12);
    expect([...(await store.review.query(query('all')))]).toHaveLength(12);
    expect([...(await store.review.query(query('decided')))]).toEqual([]);
    expect([...(await store.review.query(query('all', 'secret')))]).toEqual([]);
    const rows = await store.review.readRows([0, 1, 2]);
    expect(rows.map(({ decision, note }) => [decision, note])).toEqual([
      [null, ''],
      [null, ''],
      [null, ''],
    ]);
    expect(new Set((await store.review.readValues('decision')).values)).toEqual(new Set([0]));
    expect(await review.history({ offset: 0, limit: 10 })).toEqual({ total: 0, items: [] });
    expect(await review.undo({ threshold: 0.5 })).toBeNull();
    expect((await planExport(store, 0.5)).removed).toBe(0);
    expect((await planExport(store, 0.5)).pass).toContain('files hold what Ben has decided in it (0 of 12 rows)');
    await expect(passes.compare(1)).rejects.toThrow(/must not know/);
    await expect(decide(opened, [20], { kind: 'keep' })).rejects.toThrow(/not among the rows of this pass/);
    await passes.leave('aside');
    expect(await review.overview(0.5)).toEqual(before);
    expect((await review.history({ offset: 0, limit: 50 })).total).toBe(13);
  });

  it('is as safe as the first: it goes on where it was after the project was closed, and can be undone', async () => {
    const opened = await open();
    await opened.passes.start({ kind: 'list', text: 'r3\nr4\nr25\n' }, 'Ben');
    await decide(opened, [3], { kind: 'keep' });
    await decide(opened, [25], { kind: 'remove' });
    const { folder } = opened.store;
    await opened.store.close();
    again = await openProject(folder);
    // A command is about the first review.
    expect(again.decisions.state.rows.size).toBe(12);
    await again.passes.resume();
    const reopened = around(again);
    expect(reopened.passes.current).toMatchObject({ reviewer: 'Ben', rowCount: 3 });
    expect([...again.decisions.state.rows.keys()].sort()).toEqual([25, 3]);
    expect(again.decisions.state.rows.get(25)).toMatchObject({ reviewer: 'Ben', decision: { kind: 'remove' } });
    expect((await reopened.review.undo({ threshold: 0.5 }))?.title).toBe('remove r25');
    expect((await reopened.review.overview(0.5)).pending).toBe(2);
    await expect(reopened.passes.start({ kind: 'decided' }, 'Dee')).rejects.toThrow(/under way/);
    await reopened.passes.leave('aside');
    await reopened.passes.enter(1);
    expect((await reopened.passes.list())[0]).toMatchObject({ pass: 1, state: 'open', decided: 1 });
    await again.close();
    project = { ...(project as AuditedProject), store: (again = await openProject(folder)) };
  });

  it('is compared with the first, and what differs is settled in it, each with one undo', async () => {
    const opened = await open();
    const { store, passes, review } = opened;
    await passes.start({ kind: 'decided' }, 'Ben');
    for (let row = 0; row < 12; row++) {
      const same: Decision = row % 3 === 0 ? { kind: 'remove' } : { kind: 'keep' };
      await decide(
        opened,
        [row],
        row === 1 ? { kind: 'remove' } : row === 3 ? { kind: 'relabel', label: 'dog' } : same,
      );
    }
    await passes.leave('ended');
    const compared = await passes.compare(1);
    expect(compared).toMatchObject({
      firstReviewers: ['Ada'],
      rows: 12,
      both: 12,
      same: 10,
      differences: 2,
      settled: 0,
      open: [1, 3],
    });
    expect(await passes.difference(1, 2)).toBeNull();
    expect(await passes.difference(1, 3)).toMatchObject({
      first: { decision: { kind: 'remove' }, reviewer: 'Ada' },
      second: { decision: { kind: 'relabel', label: 'dog' }, reviewer: 'Ben' },
      settled: false,
    });
    const settle = (row: number, take: 'first' | 'second') => review.changeBy(() => passes.settle(1, row, take), 0.5);
    expect((await settle(3, 'second'))?.title).toBe('settle relabel r3 as dog, as Ben did');
    expect(store.log.state.rows.get(3)).toMatchObject({ decision: { kind: 'relabel', label: 'dog' }, reviewer: 'Cy' });
    // Deciding anew settles too.
    await decide(opened, [1], { kind: 'later' });
    expect(await passes.compare(1)).toMatchObject({ same: 10, differences: 2, settled: 2, open: [] });
    await review.undo({ threshold: 0.5 });
    await review.undo({ threshold: 0.5 });
    expect(store.log.state.rows.get(3)).toMatchObject({ decision: { kind: 'remove' }, reviewer: 'Ada' });
    expect(await passes.compare(1)).toMatchObject({ settled: 0, open: [1, 3] });
    await settle(1, 'first');
    expect(await passes.compare(1)).toMatchObject({ settled: 1, open: [3] });
  });

  it('is about a share of the decided rows, drawn, and refuses what makes no sense', async () => {
    const { store, passes } = await open();
    await expect(passes.start({ kind: 'decided' }, '  ')).rejects.toThrow(/whose pass/);
    await expect(passes.start({ kind: 'list', text: 'nobody' }, 'Ben')).rejects.toThrow(/no id/);
    await passes.start({ kind: 'share', share: 0.25 }, 'Ben');
    const drawn = [...(await store.review.query(query('all')))];
    expect(drawn).toHaveLength(3);
    expect(drawn.every((row) => row < 12)).toBe(true);
    await passes.leave('ended');
    await expect(passes.enter(1)).rejects.toThrow(/has ended/);
    await expect(passes.leave('ended')).rejects.toThrow(/No second pass/);
    await expect(passes.compare(2)).rejects.toThrow(/no pass 2/);
    expect((await passes.compare(1)).share).toBeNull();
  });
});
