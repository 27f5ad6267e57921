import { BugError } from '../base/errors';
import type { JobContext } from '../base/jobContext';
import type { AuditSession, AuditSessionInput } from './sessionTypes';

/** Rebuilds the factor of H at θ̂ (one Hessian, one Cholesky) and answers questions from it. */
export function openAuditSession(_input: AuditSessionInput, _context: JobContext): AuditSession {
  throw new BugError('openAuditSession is being written.');
}
