import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import Papa from 'papaparse';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import { type ImportGroup, importGroups, type ReadingChoice } from '../../contract/decisions';
import type { Decision, RowReview } from '../../core/review/decisions';
import { exportProject } from '../exports/exportProject';
import { ProjectRows } from '../rows/projectRows';
import { ProjectDecisions } from './projectDecisions';
import { ProjectPasses } from './projectPasses';

const open: AuditedProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.remove();
});

type Cells = readonly (readonly string[])[];

async function projectOf(rows: Cells, withIds = true): Promise<AuditedProject> {
  const text = Papa.unparse([['id', 'text', 'y'], ...rows.map((row) => [...row])], { newline: '\n' });
  const project = await createAuditedProject({
    bytes: Buffer.from(`${text}\n`),
    labelColumn: 'y',
    ...(withIds ? { idColumn: 'id' } : {}),
  });
  open.push(project);
  return project;
}

function decisionsOf({ store }: AuditedProject): ProjectDecisions {
  const rows = new ProjectRows(store);
  const reviewer = (): string => 'Ben';
  const passes = new ProjectPasses({ store, rows, reviewer, onSwitched: async () => undefined });
  return new ProjectDecisions({ store, rows, passes, reviewer });
}

async function decide({ store }: AuditedProject, row: number, decision: Decision, note = ''): Promise<void> {
  const by = { rows: [row], title: 'test', reviewer: 'Ada' };
  await store.decisions.append({ kind: 'decide', decision, ...by });
  if (note !== '') await store.decisions.append({ kind: 'note', note, ...by });
}

async function exportDecisions({ store, folder }: AuditedProject): Promise<string> {
  const out = join(folder, 'out');
  await exportProject(store, { folder: out, kinds: ['decisions'], removal: { kind: 'decisions' }, appVersion: '0' });
  return join(out, 'decisions.csv');
}

/** What a file would do, by group: rows, or lines where no row was found. */
async function groupsOf(
  project: AuditedProject,
  file: string,
  choice: ReadingChoice = {},
): Promise<Partial<Record<ImportGroup, number[]>>> {
  const decisions = decisionsOf(project);
  const { importId, counts } = await decisions.preview(file, choice);
  const groups: Partial<Record<ImportGroup, number[]>> = {};
  for (const group of importGroups) {
    if (counts[group] === 0) continue;
    groups[group] = (await decisions.page(importId, group, 0, 500)).map(({ row, line }) => row ?? line);
  }
  return groups;
}

async function importAll(
  project: AuditedProject,
  file: string,
  conflicts: 'ours' | 'theirs' = 'ours',
): Promise<number> {
  const decisions = decisionsOf(project);
  const { importId } = await decisions.preview(file);
  const change = await decisions.apply(importId, { conflicts, except: [], changed: false });
  return change?.rows.length ?? 0;
}

const stateOf = ({ store }: AuditedProject): [number, RowReview][] =>
  [...store.decisions.state.rows].sort(([a], [b]) => a - b);

function written(project: AuditedProject, text: string): string {
  const file = join(project.folder, 'list.csv');
  writeFileSync(file, text);
  return file;
}

/** Awkward on purpose: formulas, quotes, line ends, blanks, apostrophes, what looks like a number. */
const awkward = ['=1+1', "'=x", 'a "b"', ' two\nlines ', '0012', '1e5', '-1', '@x', 'é', ';', '', "''", '\tt'];
const anyText = fc.oneof(fc.constantFrom(...awkward), fc.string({ maxLength: 8 }));
const anyDecision: fc.Arbitrary<Decision> = fc.constantFrom<Decision>(
  { kind: 'keep' },
  { kind: 'remove' },
  { kind: 'later' },
  { kind: 'relabel', label: '=cat' },
  { kind: 'relabel', label: 'dog' },
);

describe('decisions that travel', () => {
  it('are the same in a fresh project of the same data, whatever the texts are', async () => {
    const decided = fc.array(fc.record({ row: fc.nat(9), decision: anyDecision, note: anyText }), { maxLength: 12 });
    const ids = fc.array(anyText, { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(ids, decided, fc.boolean(), async (names, changes, withIds) => {
        const rows = names.map((name, row) => [name.replace(/[\0\r]/g, ''), `t${row % 4}`, row % 2 ? '=cat' : 'dog']);
        const [from, to] = [await projectOf(rows, withIds), await projectOf(rows, withIds)];
        for (const { row, decision, note } of changes) await decide(from, row, decision, note.replace(/[\0\r]/g, ''));
        const file = await exportDecisions(from);
        if (changes.length > 0) await importAll(to, file);
        expect(stateOf(to)).toEqual(stateOf(from));
        for (const project of open.splice(0)) await project.remove();
      }),
      { seed: 1, numRuns: 10 },
    );
  }, 120_000);

  it('list exactly what is different in a changed copy: reordered, one cell changed, one row gone, one twice', async () => {
    const changes = fc.record({
      order: fc.shuffledSubarray([...Array(12).keys()], { minLength: 12, maxLength: 12 }),
      chosen: fc.shuffledSubarray([...Array(12).keys()], { minLength: 3, maxLength: 3 }),
    });
    const rows = Array.from({ length: 12 }, (_, row) => [`r${row}`, `text ${row}`, row % 2 ? 'cat' : 'dog']);
    await fc.assert(
      fc.asyncProperty(changes, async ({ order, chosen: [changed, gone, twice] }) => {
        const from = await projectOf(rows);
        for (let row = 0; row < 12; row++) await decide(from, row, { kind: row % 3 === 0 ? 'remove' : 'keep' });
        const file = await exportDecisions(from);
        const kept = order
          .filter((row) => row !== gone)
          .map((row) => (row === changed ? [`r${row}`, 'other', 'cat'] : rows[row]));
        // A second row of the same id, at a place that is no row's of that id in the file.
        const copy = [...kept, [`r${twice}`, 'an impostor', 'dog'], ['x', 'filler', 'cat']];
        const to = await projectOf(copy);
        const groups = await groupsOf(to, file);
        expect(groups.changed).toEqual([kept.findIndex(([id]) => id === `r${changed}`)]);
        expect(groups.gone).toEqual([gone + 2]);
        expect(groups.several).toBeUndefined();
        expect(groups.applied).toHaveLength(10);
        await importAll(to, file);
        for (const [row, { decision }] of stateOf(to)) {
          const was = Number(copy[row][0].slice(1));
          expect(decision?.kind).toBe(was % 3 === 0 ? 'remove' : 'keep');
        }
        for (const project of open.splice(0)) await project.remove();
      }),
      { seed: 2, numRuns: 4 },
    );
  }, 120_000);

  it('say which rows are meant by one id where these have the same cells, and follow rows without ids', async () => {
    const rows = [
      ['a', 't', 'cat'],
      ['b', 't', 'dog'],
      ['c', 'u', 'cat'],
      ['d', 'v', 'dog'],
    ];
    const from = await projectOf(rows);
    await decide(from, 1, { kind: 'remove' });
    const file = await exportDecisions(from);
    const twins = await projectOf([rows[1], rows[0], rows[2], rows[1]]);
    expect(await groupsOf(twins, file)).toEqual({ several: [2] });
    const moved = await projectOf([rows[2], rows[3], rows[1], rows[0]], false);
    expect(await groupsOf(moved, file)).toEqual({ applied: [2] });
    const replaced = await projectOf([rows[0], ['b', 'else', 'dog'], rows[2]], false);
    expect(await groupsOf(replaced, file)).toEqual({ changed: [1] });
  });

  it('meet decisions that are there: the same, others, notes; theirs or ours counts, one by one', async () => {
    const rows = Array.from({ length: 6 }, (_, row) => [`r${row}`, `t${row}`, row % 2 ? 'cat' : 'dog']);
    const [from, to] = [await projectOf(rows), await projectOf(rows)];
    for (let row = 0; row < 5; row++) await decide(from, row, { kind: 'remove' }, row === 4 ? 'blurred' : '');
    await decide(to, 0, { kind: 'remove' });
    await decide(to, 1, { kind: 'keep' });
    await decide(to, 2, { kind: 'keep' });
    await decide(to, 4, { kind: 'remove' });
    const before = stateOf(to);
    const file = await exportDecisions(from);
    expect(await groupsOf(to, file)).toEqual({ same: [0], conflict: [1, 2], applied: [3, 4] });
    const decisions = decisionsOf(to);
    const { importId } = await decisions.preview(file);
    const [, second] = await decisions.page(importId, 'conflict', 0, 10);
    expect(second).toMatchObject({ theirs: { reviewer: 'Ada' }, ours: { decision: { kind: 'keep' } } });
    await decisions.apply(importId, { conflicts: 'theirs', except: [second.index], changed: false });
    const kinds = stateOf(to).map(([row, { decision, note }]) => [row, decision?.kind, note]);
    expect(kinds).toEqual([
      [0, 'remove', ''],
      [1, 'remove', ''],
      [2, 'keep', ''],
      [3, 'remove', ''],
      [4, 'remove', 'blurred'],
    ]);
    const undone = to.store.decisions.state.undoable?.seq ?? 0;
    await to.store.decisions.append({ kind: 'undo', target: undone, reviewer: 'Ben' });
    expect(stateOf(to)).toEqual(before);
    await expect(decisions.apply(importId, { conflicts: 'ours', except: [], changed: false })).rejects.toThrow(
      /Choose it again/,
    );
  });

  it('refuse to be taken when something was decided meanwhile', async () => {
    const rows = Array.from({ length: 4 }, (_, row) => [`r${row}`, `t${row}`, row % 2 ? 'cat' : 'dog']);
    const [from, to] = [await projectOf(rows), await projectOf(rows)];
    await decide(from, 1, { kind: 'remove' });
    const decisions = decisionsOf(to);
    const { importId } = await decisions.preview(await exportDecisions(from));
    await decide(to, 1, { kind: 'keep' });
    await expect(decisions.apply(importId, { conflicts: 'theirs', except: [], changed: false })).rejects.toThrow(
      /Compare it again/,
    );
  });
});

describe('files made elsewhere', () => {
  const rows = [
    ['a', 't', 'cat'],
    ['b', 'u', 'dog'],
    ['=c', 'v', 'cat'],
    ['d', 'w', 'dog'],
  ];

  it('are removal lists of ids, of numbers, and of Assay', async () => {
    const project = await projectOf(rows);
    expect(await groupsOf(project, written(project, "b\n'=c\nnobody\n"))).toEqual({ applied: [1, 2], gone: [3] });
    expect(await groupsOf(project, written(project, 'row\n0\n3\n9\nx\n'))).toEqual({
      applied: [0, 3],
      gone: [4],
      unreadable: [5],
    });
    await importAll(
      project,
      written(project, 'row,id,reason,score,rank,decision,reviewer,time,note\n1,b,,0.9,1,,Cy,,why\n'),
    );
    expect(stateOf(project)).toMatchObject([[1, { decision: { kind: 'remove' }, reviewer: 'Cy', note: 'why' }]]);
  });

  it('are sheets of ids and labels, whose columns are guessed or chosen', async () => {
    const project = await projectOf(rows);
    const sheet = written(project, 'id;label;comment\r\na;cat;sure\r\nb;cat;\r\n=c;;\r\nd;bird;\r\n');
    expect(await groupsOf(project, sheet)).toEqual({ applied: [0, 1], unreadable: [5] });
    const decisions = decisionsOf(project);
    const { importId, blank, header, reading } = await decisions.preview(sheet);
    expect({ blank, header, reading }).toEqual({
      blank: 1,
      header: ['id', 'label', 'comment'],
      reading: { kind: 'labels', by: 'id', names: 0, label: 1, note: 2, issuesAs: 'later' },
    });
    await decisions.apply(importId, { conflicts: 'ours', except: [], changed: false });
    expect(stateOf(project)).toMatchObject([
      [0, { decision: { kind: 'keep' }, note: 'sure', reviewer: 'Ben' }],
      [1, { decision: { kind: 'relabel', label: 'cat' } }],
    ]);
    const other = written(project, 'who,what\nb,dog\n');
    const choice = { kind: 'labels', by: 'id', names: 0, label: 1 } as const;
    expect(await groupsOf(project, other, choice)).toMatchObject({ conflict: [1] });
  });

  it('are label issues as cleanlab writes them: flags or the predicted labels', async () => {
    const project = await projectOf(rows);
    const issues =
      ',is_label_issue,label_score,given_label,predicted_label\n0,True,0.1,cat,dog\n1,False,0.9,dog,dog\n2,True,0.2,dog,cat\n3,True,0.1,dog,emu\n';
    const file = written(project, issues);
    expect(await groupsOf(project, file)).toEqual({ applied: [0, 3], changed: [2] });
    expect(await groupsOf(project, file, { issuesAs: 'relabel' })).toEqual({
      applied: [0],
      changed: [2],
      unreadable: [5],
    });
    // Without a column of rows each line is the row of its place.
    const plain = written(project, issues.replace(/^\d*,/gm, ''));
    expect(await groupsOf(project, plain)).toEqual({ applied: [0, 3], changed: [2] });
    await importAll(project, plain);
    expect(stateOf(project).map(([row, { decision }]) => [row, decision?.kind])).toEqual([
      [0, 'later'],
      [3, 'later'],
    ]);
  });

  it('are told apart from data, and refused where they are none', async () => {
    const project = await projectOf(rows);
    const decisions = decisionsOf(project);
    await decide(project, 0, { kind: 'keep' });
    expect(await decisions.recognise(await exportDecisions(project))).toBe(true);
    expect(await decisions.recognise(project.file)).toBe(false);
    await expect(decisions.preview(written(project, ' \n'))).rejects.toThrow(/is empty/);
    await expect(decisions.preview(written(project, 'a\0b'))).rejects.toThrow(/is no text/);
    await expect(decisions.preview(project.folder)).rejects.toThrow(/is no file|is a folder/);
    await expect(decisions.preview(join(project.folder, 'none.csv'))).rejects.toThrow(/There is no file/);
  });

  it('have lines that contradict each other or say nothing Assay knows', async () => {
    const project = await projectOf(rows);
    const file = await exportDecisions(project);
    const header = 'row,id,content,given_label,decision,new_label,flag,note,reviewer,time';
    const lines = [
      '1,b,,,keep,,,,,',
      '1,b,,,remove,,,,,',
      '3,d,,,kep,,,,,',
      '0,a,,,,,soon,,,',
      '2,,,,relabel,emu,,,,',
      ',,,,keep,,,,,',
    ];
    writeFileSync(file, `${header}\n${lines.join('\n')}\n`);
    const decisions = decisionsOf(project);
    const { importId } = await decisions.preview(file);
    const problems = (await decisions.page(importId, 'unreadable', 0, 10)).map(({ line, problem }) => [
      line,
      problem.slice(0, 34),
    ]);
    expect(problems).toEqual([
      [3, 'Line 2 says otherwise of the same '],
      [4, '“kep” is no decision: Assay writes'],
      [5, '“soon” is no flag: Assay writes la'],
      [6, 'The data has no label “emu”. Spell'],
      [7, 'It names no row: its id is blank.'],
    ]);
  });
});
