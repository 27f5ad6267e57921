import type { ReviewRow } from '../../contract/review';
import { scoreColumnsOf, type ScoredAudit } from '../../contract/scoreColumns';
import type { ProjectStore } from '../store/projectStore';
import { formatDataLines } from './csvText';
import type { WritingOptions } from './exportRequest';
import { scanReviewed } from './scanReviewed';
import type { StagedWriter } from './stagedFiles';

export type FileColumn = readonly [name: string, read: (row: ReviewRow) => string | number | null];

/**
 * The columns of `scores.csv` of such an audit, in this order: part of the interface, see product documentation.
 */
export function fileColumnsOf(audit: ScoredAudit): readonly FileColumn[] {
  return [
    ['row', (row) => row.row],
    ['id', (row) => row.id],
    ['split', (row) => row.split],
    ['given_label', (row) => row.givenLabel],
    ['suggested_label', (row) => row.suggestedLabel],
    ['rank', (row) => row.rank],
    ['suspicion', (row) => row.suspicion],
    ...scoreColumnsOf(audit).map(({ name, field }) => [name, (row: ReviewRow) => row[field]] as const),
    ['reasons', (row) => row.reasons.join('; ')],
  ];
}

/** What decides which scores the latest audit has. */
export function scoredBy({ audits: { latest } }: ProjectStore): ScoredAudit {
  return {
    labels: latest?.classes.length === 0 ? 'numbers' : 'classes',
    issues: latest?.summary.media?.issues ?? [],
  };
}

/** Writes `scores.csv`: one line per input row, in input order; empty cells where a score does not exist. */
export async function writeScores(store: ProjectStore, writer: StagedWriter, options: WritingOptions): Promise<void> {
  const fileColumns = fileColumnsOf(scoredBy(store));
  await writer.write(formatDataLines([fileColumns.map(([name]) => name)]));
  await scanReviewed(store, options, async (rows) => {
    const lines = rows.map((row) => {
      const given = { ...row, givenLabel: row.labelAsGiven };
      return fileColumns.map(([, read]) => read(given));
    });
    await writer.write(formatDataLines(lines));
  });
}
