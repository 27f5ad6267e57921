import { afterEach, describe, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import type { Decision } from '../../core/review/decisions';
import { describeClassChanges } from './classWarnings';
import { planRemoval } from './removalRows';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

/** One row a letter; row 0 is the most suspicious, suspicion 1 − row/n. */
async function open(labels: string): Promise<AuditedProject> {
  const lines = [...labels].map((label, row) => `${row},${label}\n`);
  project = await createAuditedProject({ bytes: Buffer.from(`id,y\n${lines.join('')}`), labelColumn: 'y' });
  return project;
}

async function decide(rows: number[], decision: Decision): Promise<void> {
  await project?.store.decisions.append({ kind: 'decide', rows, decision, title: '', reviewer: '' });
}

describe('planRemoval', () => {
  it('leaves every class three rows, or what it has, and says whose rows stay', async () => {
    const { store } = await open('sbbbbaaaaa');
    const { rows, classes } = await planRemoval(store, { kind: 'suspicion', threshold: 0 });
    expect([...rows]).toEqual([1, 5, 6]);
    expect(classes).toEqual([
      { label: 'a', before: 5, after: 3, heldBack: 3 },
      { label: 'b', before: 4, after: 3, heldBack: 3 },
      { label: 's', before: 1, after: 1, heldBack: 1 },
    ]);
    expect(describeClassChanges(classes).join('\n')).toContain('1 row of “s”, which keeps 1');
  });

  it('says why no row is listed, and how near the most suspicious one comes', async () => {
    const { store } = await open('sbbbbaaaaa');
    const plan = async (choice: Parameters<typeof planRemoval>[1]) => (await planRemoval(store, choice)).empty;
    const threshold = 0.2;
    expect(await plan({ kind: 'suspicion', threshold })).toBeNull();
    expect(await plan({ kind: 'decisions' })).toBeNull();
    await decide([0], { kind: 'keep' });
    expect(await plan({ kind: 'suspicion', threshold: 0.95 })).toEqual({
      threshold: 0.95,
      highestSuspicion: 1,
      staying: 1,
    });
    const { store: none } = await open('a');
    expect(await planRemoval(none, { kind: 'suspicion', threshold: 0, top: 3 })).toMatchObject({
      empty: { threshold: null, highestSuspicion: 1, staying: 1 },
    });
  });

  it('fills a list of a fixed length with the next rows', async () => {
    const { store } = await open('sbbbbaaaaa');
    const { rows } = await planRemoval(store, { kind: 'suspicion', threshold: 0, top: 2 });
    expect([...rows]).toEqual([1, 5]);
  });

  it('empties a class when asked to, and names it', async () => {
    const { store } = await open('sbbbbaaaaa');
    const { rows, classes } = await planRemoval(store, { kind: 'suspicion', threshold: 0.55, emptyClasses: true });
    expect([...rows]).toEqual([0, 1, 2, 3, 4]);
    expect(describeClassChanges(classes)).toEqual(['2 classes vanish from the data: “b” 4 → 0, “s” 1 → 0 rows.']);
  });

  it('obeys decisions, counts them, and takes no more from a class that they have shrunk', async () => {
    const { store } = await open('aaaaaabbbb');
    await decide([3, 4, 5, 6, 7, 8, 9], { kind: 'remove' });
    const decisions = await planRemoval(store, { kind: 'decisions' });
    expect([...decisions.rows].sort()).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(describeClassChanges(decisions.classes)).toEqual([
      'A class vanishes from the data: “b” 4 → 0 rows.',
      'More than 40 % of a class goes: “a” 6 → 3 rows.',
    ]);
    const both = await planRemoval(store, { kind: 'suspicion', threshold: 0 });
    expect([...both.rows].sort()).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(both.classes.find(({ label }) => label === 'a')).toEqual({ label: 'a', before: 6, after: 3, heldBack: 3 });
  });
});

describe('describeClassChanges', () => {
  it('tells a class that shrinks by more than half from one that loses a little', () => {
    expect(
      describeClassChanges([
        { label: 'few', before: 10, after: 4, heldBack: 0 },
        { label: 'many', before: 1000, after: 990, heldBack: 0 },
      ]),
    ).toEqual(['A class shrinks by more than half: “few” 10 → 4 rows.']);
  });
});
