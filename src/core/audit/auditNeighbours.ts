import { createRandom } from '../base/random';
import { rowsOfWeight } from '../base/weights';
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

/** Of what an approximate search draws: the same rows have the same neighbours, whatever the audit draws. */
const neighbourSeed = 0;

/**
 * The nearest labelled rows of every row: so many of them, by default what the experts for classes need. Needs nothing
 * of the head, so it begins before the fit where the search can go on beside it.
 */
export function beginNeighbours(
  input: Pick<AuditInput, 'features' | 'neighbours'>,
  roles: Pick<RowRoles, 'labelled'>,
  context: JobContext,
  sought = Math.max(...Object.values(neighbourCounts)),
): AuditNeighbours {
  const n = input.features.rows;
  const references = rowsOfWeight(roles.labelled);
  const queries = Int32Array.from({ length: n }, (_, i) => i);
  const k = Math.min(sought, references.length);
  const request = { features: input.features, references, queries, k };
  const pending = input.neighbours.begin?.(request, neighbourSeed, context) ?? null;
  return {
    find() {
      const report = (done: number, total: number): void => {
        context.signal.throwIfCancelled();
        context.progress({ stage: 'neighbours', done, total });
      };
      report(0, n);
      const found =
        pending?.finish(report) ??
        input.neighbours.search(request, { ...context, random: createRandom(neighbourSeed) }, report);
      report(n, n);
      return found;
    },
    stop: () => pending?.stop(),
  };
}
