import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import type { Picture } from '../../contract/pictures';
import type { Verification } from '../../contract/verify';
import { InputError } from '../../core/base/errors';
import { randomAudit } from '../store/testProject';
import { writeReport } from './writeReport';

let project: AuditedProject | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

/** Ids and labels that would be markup, or hide, or reorder what stands beside them. */
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; </style>&amp;",
  'r\u202etxt.exe',
  '\u05d0\u05d1',
];

async function open(): Promise<AuditedProject> {
  const rows = Array.from(
    { length: 60 },
    (_, row) => `"${(hostile[row] ?? `r${row}`).replace(/"/g, '""')}",${row},${row % 2 ? '<b>dog' : 'cat'}`,
  );
  project = await createAuditedProject({
    bytes: Buffer.from(`id,x,y\n${rows.join('\n')}\n`),
    labelColumn: 'y',
    idColumn: 'id',
  });
  const { store } = project;
  await store.audits.replace({ ...randomAudit(60, 3), classes: ['cat', '<b>dog'] });
  return project;
}

const sources = { version: '1.2.3', threshold: 0.5, readPictures: undefined, signal: undefined };

async function report(
  { store, folder }: AuditedProject,
  more: Partial<Parameters<typeof writeReport>[1]> = {},
): Promise<string> {
  const file = join(folder, 'out', 'report.html');
  await writeReport(store, { file, overwrite: false, ...sources, ...more });
  return readFileSync(file, 'utf8');
}

async function decide({ store }: AuditedProject, rows: number[], kind: 'remove' | 'keep', note = ''): Promise<void> {
  await store.decisions.append({ kind: 'decide', rows, decision: { kind }, title: kind, reviewer: 'Ada' });
  if (note !== '') await store.decisions.append({ kind: 'note', rows, note, title: 'note', reviewer: 'Ada' });
}

function verification(rows: number[], actual: number): Verification {
  const none = { pairs: 0, pearson: null, spearman: null, slope: null, medianRelativeError: null };
  const predicted = { if: actual, rif: actual, newton: actual };
  return {
    id: 'v',
    startedAt: '2026-01-02T00:00:00.000Z',
    seconds: 1,
    auditStartedAt: '2026-01-01T00:00:00.000Z',
    rowCount: rows.length,
    rows,
    otherRows: 0,
    trainRows: 50,
    repeats: 20,
    seed: 7,
    ridgeConvention: 'fixed',
    validationLabels: 'weighted',
    retrainError: 1e-6,
    measurements: [
      {
        name: 'validation_loss',
        before: 0.5,
        predicted,
        actual,
        random: Array.from({ length: 20 }, (_, k) => ({ predicted, actual: (k - 10) / 1e4 })),
        randomMean: 0,
        randomDeviation: 1e-3,
        rank: 1,
        percentile: 0,
        agreement: { if: none, rif: none, newton: none },
      },
    ],
  };
}

describe('the report', () => {
  it('is one page without script, link or anything from elsewhere, whatever the data holds', async () => {
    const opened = await open();
    await decide(opened, [0, 1, 2, 3, 4], 'remove', hostile[0]);
    const page = await report(opened);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(page).not.toMatch(
      /<script|<img(?! alt="" src="data:image\/png;base64,)|onerror=alert\(1\)>|<a |<link|https?:\/\//i,
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('&lt;b&gt;dog');
    expect(page).not.toContain('\u202e');
    expect(page).toContain('⟨U+202E⟩');
    expect(page.match(/<style>/g)).toHaveLength(1);
    // Every tag that is opened is closed, in order: nothing of the data has become one.
    expect(unclosed(page)).toEqual([]);
  });

  it('says what was decided, by whom and why', async () => {
    const opened = await open();
    await decide(opened, [10, 11, 12], 'remove', 'scanned twice');
    await decide(opened, [13], 'keep');
    const page = await report(opened);
    expect(page).toContain('3 of 60 labels found wrong');
    expect(page).toContain('4 inspected: 0 relabelled, 3 removed, 1 kept');
    expect(page).toContain('Ada: scanned twice');
    expect(page).toContain('Nothing was verified by retraining.');
  });

  it('gives the verdict of the latest verification of this audit, and says what it was about', async () => {
    const opened = await open();
    await decide(opened, [10, 11, 12], 'remove');
    const other = { ...verification([1], -0.3), auditStartedAt: '2025-01-01T00:00:00.000Z' };
    await opened.store.meta.write('verifications', [other, verification([10, 11, 12], -0.05)]);
    const page = await report(opened);
    expect(page).toContain('Removing those 3 rows lowers the validation loss by 10 % (0.5000 → 0.4500)');
    expect(page).toContain('<b>Worth it.</b>');
    expect(page).toContain('0.5000 → 0.4500</b>');
    await opened.store.meta.write('verifications', [verification([20, 21], 0.05)]);
    const second = await report(opened);
    expect(second).toContain('Removing 2 rows chosen by hand raises');
    expect(second).toContain('Not worth it');
    // What nobody decided on is no figure at the top.
    expect(second).not.toContain('0.5000 → 0.5500</b>');
  });

  it('shows pictures as they are read, and says where one cannot be', async () => {
    const opened = await open();
    const { store } = opened;
    const columns = store.sources.columns.map((column) =>
      column.name === 'x' ? { ...column, type: 'picture' as const } : column,
    );
    await store.sources.saveColumns(columns);
    await decide(opened, [10, 11], 'remove');
    const red: Picture = {
      kind: 'picture',
      width: 1,
      height: 1,
      pixels: { width: 1, height: 1, data: new Uint8Array([255, 0, 0]) },
    };
    const page = await report(opened, {
      readPictures: (rows) =>
        Promise.resolve(rows.map((row) => (row === 10 ? red : { kind: 'problem', problem: 'gone' }))),
    });
    expect(page).toContain('src="data:image/png;base64,iVBORw0KGgo');
    expect(page).toContain('no picture');
  });

  it('never writes over what it reads or what others wrote', async () => {
    const opened = await open();
    const { folder, store } = opened;
    const source = store.sources.requireSource().fingerprint.path;
    await expect(writeReport(store, { file: source, overwrite: true, ...sources })).rejects.toThrow(InputError);
    const theirs = join(folder, 'theirs.html');
    writeFileSync(theirs, 'mine');
    await expect(writeReport(store, { file: theirs, overwrite: false, ...sources })).rejects.toThrow('did not write');
    expect(readFileSync(theirs, 'utf8')).toBe('mine');
  });
});

/** Tags left open, or closed without having been opened. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', self] of page.matchAll(
    /<(\/?)([a-z][a-z0-9]*)(?:\s(?:"[^"]*"|[^"<>])*?)?(\/?)>/gi,
  )) {
    if (self === '/' || ['meta', 'img', 'br'].includes(name)) continue;
    if (closing === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else open.push(`/${name}`);
  }
  return open;
}
