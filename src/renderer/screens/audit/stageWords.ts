import type { JobSnapshot } from '../../../contract/jobs';
import { formatCount } from '../../../core/base/format';
import { formatShare } from '../../format/numbers';

type Stage = JobSnapshot['stages'][number];

/** What people read for the engine's stages, and whether their progress counts rows (else parts of the work). */
const stages: Readonly<Record<string, { readonly title: string; readonly counts?: 'rows' }>> = {
  reading: { title: 'Read the file' },
  features: { title: 'Build features' },
  lambda: { title: 'Choose λ by leave-one-out' },
  fit: { title: 'Fit the head' },
  influence: { title: 'Leverage and influence of every row' },
  neighbours: { title: 'Nearest neighbours', counts: 'rows' },
  ranking: { title: 'Rank rows, suggest labels' },
  saving: { title: 'Save the scores' },
  verifying: { title: 'Retrain without the rows' },
  layout: { title: 'Place rows among their neighbours' },
  groups: { title: 'Compare the groups' },
  explaining: { title: 'Find the rows behind it' },
  exporting: { title: 'Write the files' },
};

/** "fit" → "Fit the head"; a stage not known here is called by its name. */
export function titleStage(name: string): string {
  return stages[name]?.title ?? name.charAt(0).toUpperCase() + name.slice(1);
}

/** What stands beside a stage's title: "waiting", "2,410 of 3,563 rows · …", "68 % · λ 1e-3", or "done". */
export function describeStage(stage: Stage): string {
  if (stage.state === 'waiting') return 'waiting';
  const parts: string[] = [];
  // A total of 1 only means "not done yet": it is no number of anything.
  if (stage.state === 'running' && stage.total > 1) {
    const inRows = stages[stage.name]?.counts === 'rows';
    parts.push(
      inRows
        ? `${formatCount(stage.done)} of ${formatCount(stage.total)} rows`
        : formatShare(stage.done / stage.total, 0),
    );
  }
  if (stage.detail !== '') parts.push(stage.detail);
  if (parts.length === 0) parts.push(stage.state === 'done' ? 'done' : 'running');
  return parts.join(' · ');
}
