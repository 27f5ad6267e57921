import type { JobContext } from '../job/jobContext';
import { discriminantExpert, discriminantWork } from '../ranking/suspicion/discriminant';
import type { ExpertSource } from '../ranking/suspicion/expertSource';
import type { AuditInput } from './auditTypes';
import type { SuspicionHead } from './measureHeads';

/** Multiply-adds a second, about; for progress alone. */
const workRate = 2e10;

/** The linear discriminant of the features that the head was fitted to. */
export function discriminantSource(
  { problem }: Pick<SuspicionHead, 'problem'>,
  { labels, classes }: Pick<AuditInput, 'labels' | 'classes'>,
  { linalg }: Pick<JobContext, 'linalg'>,
): ExpertSource {
  const { features, unpenalised } = problem;
  const seconds = discriminantWork(features.rows, features.columns, classes) / workRate;
  return {
    name: 'discriminant',
    seconds: { first: seconds, again: seconds },
    judge: (kept, { onBlock }) => discriminantExpert({ features, unpenalised, labels, classes, kept }, linalg, onBlock),
  };
}
