import { createRandom } from '../base/random';
import type { JobContext } from '../job/jobContext';
import type { Neighbours } from '../ranking/neighbours/neighbours';
import { neighbourCounts } from '../ranking/suspicion/experts';
import type { AuditInput } from './auditTypes';
import type { RowRoles } from './checkInput';

/** The neighbours that an audit needs, on their way. */
export interface AuditNeighbours {
  /** The stage 'neighbours': waits for them or looks for them. */
  find(): Neighbours;
  /** To be called when the audit ends, however it does. */
  stop(): void;
}

/**
 * The nearest of the rows that train, for every row: so many of them, by default what the experts for classes need.
 * Needs nothing of the head, so it begins before the fit where the search can go on beside it.
 */
export function beginNeighbours(
  input: Pick<AuditInput, 'features' | 'neighbours'>,
  roles: Pick<RowRoles, 'train' | 'trainRows'>,
  context: JobContext,
  sought = Math.max(...Object.values(neighbourCounts)),
): AuditNeighbours {
  const n = input.features.rows;
  const references = new Int32Array(roles.trainRows);
  let at = 0;
  for (let i = 0; i < n; i++) if (roles.train[i] !== 0) references[at++] = i;
  const queries = Int32Array.from({ length: n }, (_, i) => i);
  const k = Math.min(sought, references.length);
  const request = { features: input.features, references, queries, k };
  // Of its own: what is drawn must not depend on when it runs.
  const seed = context.random.integer(2 ** 31);
  const pending = input.neighbours.begin?.(request, seed, context) ?? null;
  return {
    find() {
      const report = (done: number, total: number): void => {
        context.signal.throwIfCancelled();
        context.progress({ stage: 'neighbours', done, total });
      };
      report(0, n);
      const found =
        pending?.finish(report) ?? input.neighbours.search(request, { ...context, random: createRandom(seed) }, report);
      report(n, n);
      return found;
    },
    stop: () => pending?.stop(),
  };
}
