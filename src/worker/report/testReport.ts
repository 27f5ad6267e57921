import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditedProject, createAuditedProject } from '../../../tests/support/auditedProject';
import type { Verification } from '../../contract/verify';
import { randomAudit } from '../store/testProject';
import { writeReport } from './writeReport';

/** Ids and labels that would be markup, or hide, or reorder what stands beside them. */
export const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; </style>&amp;",
  'r\u202etxt.exe',
  '\u05d0\u05d1',
];

export async function openHostile(): Promise<AuditedProject> {
  const rows = Array.from(
    { length: 60 },
    (_, row) => `"${(hostile[row] ?? `r${row}`).replace(/"/g, '""')}",${row},${row % 2 ? '<b>dog' : 'cat'}`,
  );
  const project = await createAuditedProject({
    bytes: Buffer.from(`id,x,y\n${rows.join('\n')}\n`),
    labelColumn: 'y',
    idColumn: 'id',
  });
  const { store } = project;
  await store.audits.replace({ ...randomAudit(60, 3), classes: ['cat', '<b>dog'] });
  return project;
}

export const sources = { version: '1.2.3', threshold: 0.5, readPictures: undefined, signal: undefined, outputs: [] };

export async function report(
  { store, folder }: AuditedProject,
  more: Partial<Parameters<typeof writeReport>[1]> = {},
): Promise<string> {
  const file = join(folder, 'out', 'report.html');
  await writeReport(store, { file, overwrite: false, ...sources, ...more });
  // How its lines are broken is nothing that anybody sees.
  return readFileSync(file, 'utf8').replace(/\s+/g, ' ');
}

export async function decide(
  { store }: AuditedProject,
  rows: number[],
  kind: 'remove' | 'keep',
  note = '',
): Promise<void> {
  await store.decisions.append({ kind: 'decide', rows, decision: { kind }, title: kind, reviewer: 'Ada' });
  if (note !== '') await store.decisions.append({ kind: 'note', rows, note, title: 'note', reviewer: 'Ada' });
}

export function verification(rows: number[], actual: number): Verification {
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
