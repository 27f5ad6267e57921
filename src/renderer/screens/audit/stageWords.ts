import type { JobSnapshot } from '../../../contract/jobs';
import { formatCount } from '../../format/numbers';

/** What stands beside a stage's name: "waiting", "2,410 of 3,563 · …", or the engine's own word on it. */
export function describeStage(stage: JobSnapshot['stages'][number]): string {
  if (stage.state === 'waiting') return 'waiting';
  const parts: string[] = [];
  // A total of 1 only means "not done yet": it is no number of anything.
  if (stage.state === 'running' && stage.total > 1) {
    parts.push(`${formatCount(stage.done)} of ${formatCount(stage.total)}`);
  }
  if (stage.detail !== '') parts.push(stage.detail);
  if (parts.length === 0) parts.push(stage.state === 'done' ? 'done' : 'running');
  return parts.join(' · ');
}
