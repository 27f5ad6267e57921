import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../bundling';
import { ReviewState } from '../../core/review/reviewState';
import { openProject } from './projectStore';

const root = resolve(__dirname, '../../..');
const rows = 50_000;
let place: string;
let program: string;
let project: string;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-durability-'));
  await bundle(root, { program: 'src/worker/store/durability.entry.ts' }, place);
  program = join(place, 'program.js');
  project = join(place, 'p.assay');
  const csv = join(place, 'data.csv');
  writeFileSync(csv, `id,x,label\n${Array.from({ length: rows }, (_, k) => `r${k},${k % 97},${k % 2}`).join('\n')}\n`);
  await finished(start('make', [csv]));
}, 120_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly errors: string[];
}

function start(mode: string, more: readonly string[] = []): Started {
  const child = spawn(process.execPath, [program, project, mode, String(rows), ...more], {
    // The native module is found from the project's own packages, wherever the built program is.
    env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  let rest = '';
  child.stdout.on('data', (data: Buffer) => {
    const parts = (rest + data.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
  return { child, lines, errors };
}

async function finished({ child, errors }: Started): Promise<void> {
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(errors.join(''), `exit code ${String(code)}`).toBe('');
}

async function waitFor(started: Started, done: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!done()) {
    if (started.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`The process ended early. ${started.errors.join('')}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function kill(started: Started): Promise<void> {
  const gone = new Promise((resolve) => started.child.once('close', resolve));
  started.child.kill('SIGKILL');
  await gone;
}

/** Opens the project after a kill and checks that everything acknowledged is there and fits together. */
async function checkAfterKill(acknowledged: number): Promise<void> {
  const store = await openProject(project);
  try {
    expect(store.decisions.state.lastSeq).toBeGreaterThanOrEqual(acknowledged);
    // At most the one decision that was being written when the process died.
    expect(store.decisions.state.lastSeq).toBeLessThanOrEqual(acknowledged + 1);
    const history = store.decisions.history(0, 1_000_000);
    expect(history.items.map(({ seq }) => seq)).toEqual(
      Array.from({ length: store.decisions.state.lastSeq }, (_, k) => store.decisions.state.lastSeq - k),
    );
    expect(store.decisions.state).toBeInstanceOf(ReviewState);
    if (store.audits.latest === null) return;
    // The table for filters agrees with the log.
    const removed = await store.review.query({ queue: 'decided', threshold: 0.5, filters: [], search: '', sort: [] });
    expect([...removed].sort((a, b) => a - b)).toEqual([...store.decisions.state.rows.keys()].sort((a, b) => a - b));
    // The audit is one of those written, whole: its scores, arrays and record belong together.
    const theta = await store.audits.readArray('theta');
    const all = await store.review.query({
      queue: 'all',
      threshold: 0.5,
      filters: [],
      search: '',
      sort: [{ column: 'rank', descending: false }],
    });
    expect(all).toHaveLength(rows);
    expect(theta.data[0]).toBeGreaterThanOrEqual(1);
  } finally {
    await store.close();
  }
}

function lastDecision(lines: readonly string[]): number {
  return Math.max(0, ...lines.filter((line) => /^\d+$/.test(line)).map(Number));
}

describe('kill -9', () => {
  it('loses no acknowledged decision, whenever it comes', async () => {
    let acknowledged = 0;
    for (let round = 0; round < 6; round++) {
      const started = start('decide');
      const wanted = acknowledged + 1 + round * 7;
      await waitFor(started, () => lastDecision(started.lines) >= wanted);
      await kill(started);
      acknowledged = lastDecision(started.lines);
      await checkAfterKill(acknowledged);
    }
    expect(acknowledged).toBeGreaterThan(20);
  });

  it('loses no acknowledged decision of a second pass either, and leaves the first review alone', async () => {
    const before = await openProject(project);
    const { lastSeq } = before.log.state;
    await before.close();
    let acknowledged = 0;
    for (let round = 0; round < 3; round++) {
      const started = start('pass');
      const wanted = acknowledged + 1 + round * 7;
      await waitFor(started, () => lastDecision(started.lines) >= wanted);
      await kill(started);
      acknowledged = lastDecision(started.lines);
      const store = await openProject(project);
      await store.passes.resume();
      expect(store.decisions).not.toBe(store.log);
      expect(store.decisions.notices).toEqual([]);
      expect(store.decisions.state.lastSeq).toBeGreaterThanOrEqual(acknowledged);
      expect(store.decisions.state.lastSeq).toBeLessThanOrEqual(acknowledged + 1);
      expect(store.log.state.lastSeq).toBe(lastSeq);
      await store.close();
    }
  });

  it('loses none while audits are being replaced, and leaves a whole audit', async () => {
    let audits = 0;
    for (let round = 0; round < 5; round++) {
      const started = start('decide+audit');
      await waitFor(started, () => lastDecision(started.lines) > 0);
      const until = Date.now() + 150 + round * 230;
      const written = (): number => started.lines.filter((line) => line.startsWith('audit')).length;
      // The last round waits for an audit, however slow the machine.
      await waitFor(started, () => Date.now() > until && (round < 4 || audits + written() > 0));
      await kill(started);
      audits += written();
      await checkAfterKill(lastDecision(started.lines));
    }
    expect(audits).toBeGreaterThan(0);
  });
});

describe('a project in use', () => {
  it('is not opened by a second process, and is free again when the first one is killed', async () => {
    const holder = start('hold');
    await waitFor(holder, () => holder.lines.includes('open'));
    await expect(openProject(project)).rejects.toThrow(
      new RegExp(`is open in another program \\(process ${holder.child.pid}\\)`),
    );
    await kill(holder);
    await (await openProject(project)).close();
  });
});
