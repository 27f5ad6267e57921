import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../../core/review/decisions';
import { writeTestFile } from '../datasets/testFiles';
import type { ProjectStore } from '../store/projectStore';
import { projectOf, randomAudit } from '../store/testProject';
import { drawSpotCheck, readSpotChecks } from './spotChecks';

const n = 400;
let place: string;
let store: ProjectStore;
let suspicions: Float64Array;
/** Labelled training rows. */
let training: Set<number>;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-spots-'));
  const lines = Array.from({ length: n }, (_, row) => `${row},${row % 2}`);
  store = await projectOf(writeTestFile(place, 'data.csv', `x,label\n${lines.join('\n')}\n`), join(place, 'p.assay'));
  const audit = randomAudit(n, 3, ['a', 'b']);
  await store.audits.replace(audit);
  suspicions = audit.columns.suspicion;
  training = new Set([...audit.split.keys()].filter((row) => audit.split[row] === 0 && audit.labels[row] >= 0));
});

afterAll(async () => {
  await store.close();
  rmSync(place, { recursive: true, force: true });
});

async function decide(rows: readonly number[], decision: Decision): Promise<void> {
  await store.decisions.append({ kind: 'decide', rows, decision, title: '', reviewer: '' });
}

describe('spot checks', () => {
  it('are undecided rows below the threshold, each once, and are counted as they are decided', async () => {
    expect(await readSpotChecks(store, 0.6)).toEqual({ drawn: 0, right: 0, wrong: 0, open: [] });
    const [outside] = [...training].filter((row) => suspicions[row] < 0.6);
    await decide([outside], { kind: 'remove' });
    const rows = await drawSpotCheck(store, 0.6, 20);
    expect(new Set(rows).size).toBe(20);
    for (const row of rows) {
      expect(training.has(row)).toBe(true);
      expect(suspicions[row]).toBeLessThan(0.6);
      expect(row).not.toBe(outside);
    }
    await decide(rows.slice(0, 3), { kind: 'keep' });
    await decide(rows.slice(3, 5), { kind: 'relabel', label: 'b' });
    await decide([rows[5]], { kind: 'later' });
    expect(await readSpotChecks(store, 0.6)).toEqual({ drawn: 20, right: 3, wrong: 2, open: rows.slice(6) });
  });

  it('count for lower thresholds by the rows below these, and for higher ones not at all', async () => {
    const { drawn } = await readSpotChecks(store, 0.6);
    const lower = await readSpotChecks(store, 0.3);
    expect(lower.drawn).toBeLessThan(drawn);
    expect(lower.open.every((row) => suspicions[row] < 0.3)).toBe(true);
    expect(await readSpotChecks(store, 0.7)).toEqual({ drawn: 0, right: 0, wrong: 0, open: [] });
  });

  it('are fewer where there are fewer rows, and do not outlive their audit', async () => {
    const all = await drawSpotCheck(store, 0.05, 500);
    expect(all.length).toBe(
      [...training].filter((row) => suspicions[row] < 0.05 && !store.decisions.state.rows.has(row)).length,
    );
    const next = randomAudit(n, 4, ['a', 'b']);
    await store.audits.replace({ ...next, summary: { ...next.summary, startedAt: '2026-02-02T00:00:00.000Z' } });
    expect((await readSpotChecks(store, 0.6)).drawn).toBe(0);
  });
});
