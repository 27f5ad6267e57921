import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AuditedProject } from '../../../tests/support/auditedProject';
import type { Explanation } from '../../contract/explain';
import type { GroupComparison } from '../../contract/groups';
import { mostMarked } from '../../contract/report';
import { InputError } from '../../core/base/errors';
import { keepRun, readRuns } from '../jobs/keptRuns';
import { readMarks, writeMark } from './reportMarks';
import { decide, hostile, openHostile, report, verification } from './testReport';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

const auditStartedAt = '2026-01-01T00:00:00.000Z';

/** Why row 0 is predicted as it is; its id and the classes are hostile. */
const explanation: Explanation = {
  id: 'e',
  startedAt: auditStartedAt,
  seconds: 1,
  auditStartedAt,
  row: 0,
  givenLabel: 'cat',
  trained: true,
  probabilities: [
    { label: '<b>dog', probability: 0.75 },
    { label: 'cat', probability: 0.25 },
  ],
  predicted: '<b>dog',
  other: 'cat',
  goal: 'restore',
  margin: 1.1,
  supporting: [
    {
      row: 1,
      label: '<b>dog',
      if: -0.2,
      rif: -0.25,
      leverage: 0.1,
      predictedWithout: { margin: 1, predicted: '<b>dog' },
      retrained: null,
    },
  ],
  opposing: [],
  sets: [],
  restoring: [1, 2],
  flip: {
    flips: true,
    rows: [1, 2],
    predictedAfter: 'cat',
    runnerUp: 'cat',
    marginBefore: 1.1,
    marginAfter: -0.1,
    largestTried: 2,
  },
  comparison: {
    size: 2,
    others: 10,
    of: 'validation',
    asFew: 1,
    median: 5,
    setSize: 2,
    randomSets: 20,
    randomFlips: 0,
  },
  typed: null,
  values: null,
  shared: [],
  trust: [],
};

const comparison: GroupComparison = {
  id: 'g',
  startedAt: auditStartedAt,
  seconds: 1,
  auditStartedAt: '2025-06-01T00:00:00.000Z',
  column: 'source <i>',
  threshold: 0.5,
  validationLabels: 'given',
  validationLoss: 0.5,
  validationAccuracy: 0.9,
  classes: [],
  confusion: null,
  emptyGroups: 0,
  groups: [
    {
      value: '<u>web',
      rows: 20,
      suspects: 5,
      suspectRows: [],
      pairs: [],
      confusion: null,
      loss: { if: -0.01, rif: -0.02, newton: -0.03, retrained: -0.04 },
      lossGiven: null,
      accuracy: null,
      trust: [],
    },
  ],
};

describe('runs marked to be in the report', () => {
  it('are shown with all they say, whatever the data holds, and no longer once the mark is gone', async () => {
    project = await openHostile();
    const { store } = project;
    await store.meta.write('explanations', [explanation]);
    await store.meta.write('groups', [comparison]);
    expect(await report(project)).not.toContain('Why ');
    await writeMark(store, { kind: 'explanation', id: 'e', marked: true });
    await writeMark(store, { kind: 'groups', id: 'g', marked: true });
    const page = await report(project);
    expect(page).toContain('Why &lt;script&gt;alert(1)&lt;/script&gt; is predicted &lt;b&gt;dog');
    expect(page).toContain('Without these 2 training rows it is cat.');
    expect(page).toContain('with probability 75.0 %');
    expect(page).toContain('−0.2500');
    expect(page).toContain('Groups by source &lt;i&gt;');
    expect(page).toContain('of an earlier audit, 1 June 2025');
    expect(page).toContain('25.0 % (11.2–46.9 %)');
    expect(page).toContain('<b>−0.0400</b>');
    for (const text of [hostile[0], '<u>web', '<b>dog', 'source <i>']) expect(page).not.toContain(text);
    const typed = [{ column: '<i>x</i>', text: '<s>7' }];
    await store.meta.write('explanations', [{ ...explanation, row: null, typed }]);
    const second = await report(project);
    expect(second).toContain('Why a typed row is predicted');
    expect(second).toContain('&lt;i&gt;x&lt;/i&gt;: <b>&lt;s&gt;7');
    await writeMark(store, { kind: 'explanation', id: 'e', marked: false });
    expect(await report(project)).not.toContain('is predicted');
  });

  it('the verification marked last is the proof, the others stand beside it', async () => {
    project = await openHostile();
    const { store } = project;
    await decide(project, [10, 11, 12], 'remove');
    const named = (id: string, rows: number[], actual: number, chosenBy: string) => ({
      ...verification(rows, actual),
      id,
      chosenBy,
    });
    await store.meta.write('verifications', [
      named('new', [1], 0.2, 'the newest'),
      named('two', [10, 11, 12], -0.05, 'the removal list'),
      named('one', [20, 21], -0.01, 'by <em>hand</em>'),
    ]);
    expect(await report(project)).toContain('Removing the most suspicious row raises');
    await writeMark(store, { kind: 'verification', id: 'one', marked: true });
    await writeMark(store, { kind: 'verification', id: 'two', marked: true });
    const page = await report(project);
    expect(page).toContain('Removing those 3 rows lowers the validation loss by 10 %');
    expect(page).toContain('Also verified: by &lt;em&gt;hand&lt;/em&gt;');
    expect(page).not.toContain('Also verified: the removal list');
  });

  it('stay in the project when newer ones push the others out, and are no more than people read', async () => {
    project = await openHostile();
    const { store } = project;
    const kept = { kind: 'groups', key: 'groups', count: 2, schema: z.object({ id: z.string() }) } as const;
    await writeMark(store, { kind: 'groups', id: 'a', marked: true });
    for (const id of ['a', 'b', 'c', 'd']) await keepRun(store, kept, { id });
    expect((await readRuns(store, kept)).map(({ id }) => id)).toEqual(['d', 'c', 'a']);
    for (let k = 1; k < mostMarked; k += 1) await writeMark(store, { kind: 'groups', id: `m${k}`, marked: true });
    await expect(writeMark(store, { kind: 'groups', id: 'z', marked: true })).rejects.toThrow(InputError);
    expect((await readMarks(store)).groups).toHaveLength(mostMarked);
    await store.meta.write('reportMarks', { groups: 7 });
    expect((await readMarks(store)).groups).toEqual([]);
  });
});
